/** Watches what a version of a model answers, so that versions can be held against each other. */
import type { Label, Signature } from '../../../lib/model/rows/signature';
import type { Tensor, Tensors } from '../../../lib/model/rows/tensor';
import type { Engine } from '../engine';

/** Rows of a run that are looked at, evenly spread over it. */
const ROWS_OF_A_RUN = 8;

export class AnswerWatch {
  /** Answers that were looked at, and their sum. */
  rows = 0;
  sum = 0;
  private readonly last: Label | undefined;

  constructor({ classes }: Signature) {
    this.last = classes?.at(-1);
  }

  /** Of probabilities those of the last class; of labels 1 for it and 0 for others; of numbers themselves. Scores tell nothing here. */
  observe({ predict_proba: probabilities, predict }: Tensors): void {
    const answers = this.last !== undefined && probabilities ? probabilities : predict;
    if (answers === undefined) return;
    const [rows = 0, width = 1] = answers.shape;
    const looked = Math.min(rows, ROWS_OF_A_RUN);
    for (let i = 0; i < looked; i++) {
      const value = this.valueOf(answers, Math.floor((i * rows) / looked) * width + width - 1);
      if (!Number.isFinite(value)) continue;
      this.rows++;
      this.sum += value;
    }
  }

  private valueOf(answers: Tensor, at: number): number {
    const value = answers.data[at]!;
    if (this.last === undefined || (answers.shape.length > 1 && answers.type !== 'string')) return Number(value);
    if (answers.type === 'bool') return Boolean(value) === this.last ? 1 : 0;
    return (answers.type === 'string' ? value : Number(value)) === this.last ? 1 : 0;
  }
}

/** The engine for the rows of clients: what it answers is looked at. */
export function answersWatched(engine: Engine, watch: AnswerWatch): Engine {
  return {
    name: engine.name,
    async run(inputs, methods) {
      const outputs = await engine.run(inputs, methods);
      watch.observe(outputs);
      return outputs;
    },
    close: () => engine.close(),
  };
}
