/** Watches the rows that come in: missing values, values that training did not have, and drift. */
import type { TrainingDistribution } from '../../../lib/model/package/training';
import type { Signature } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { ColumnMonitor } from './column-monitor';

/** Rows of a run that are looked at, evenly spread over it: watching must cost little of what predicting does. */
const ROWS_OF_A_RUN = 8;

/** A drift is that of the last hour, forgotten by ten minutes. */
const PERIODS = 6;
const PERIOD_MS = 10 * 60 * 1000;

/** With 11 bins and so many rows chance alone gives an index of about 0.02. */
const LEAST_ROWS = 500;

interface Watched {
  readonly input: string;
  readonly position: number;
  readonly monitor: ColumnMonitor;
}

export class DataQuality {
  /** Rows that were looked at. */
  rows = 0;
  /** Whether it knows the rows of training. */
  readonly knowsTraining: boolean;
  private readonly watched: readonly Watched[];
  private periodEnds: number;

  /** @param now in milliseconds, of any origin */
  constructor(
    { columns, inputs }: Signature,
    training: TrainingDistribution | undefined,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.watched = inputs.flatMap((input) =>
      input.columns.map((column, position) => ({
        input: input.name,
        position,
        monitor: new ColumnMonitor(columns[column]!, training?.columns[column], training?.rows ?? 0, PERIODS),
      })),
    );
    this.periodEnds = now() + PERIOD_MS;
    this.knowsTraining = training !== undefined;
  }

  get monitors(): ColumnMonitor[] {
    return this.watched.map(({ monitor }) => monitor);
  }

  /** @param inputs tensors that fit the signature, one row or more */
  observe(inputs: Tensors): void {
    this.turn();
    const [first] = this.watched;
    const rows = inputs[first!.input]!.shape[0]!;
    const looked = Math.min(rows, ROWS_OF_A_RUN);
    this.rows += looked;
    for (const { input, position, monitor } of this.watched) {
      const tensor = inputs[input]!;
      const width = tensor.shape[1]!;
      for (let i = 0; i < looked; i++) monitor.observe(tensor, Math.floor((i * rows) / looked) * width + position);
    }
  }

  /** Index by column, largest first; of those columns alone that have one. */
  drifts(): { readonly monitor: ColumnMonitor; readonly drift: number }[] {
    this.turn();
    return this.monitors
      .flatMap((monitor) => {
        const drift = monitor.drift(LEAST_ROWS);
        return drift === undefined ? [] : [{ monitor, drift }];
      })
      .sort((a, b) => b.drift - a.drift);
  }

  private turn(): void {
    for (let turns = 0; this.now() >= this.periodEnds && turns < PERIODS; turns++) {
      for (const { monitor } of this.watched) monitor.turn();
      this.periodEnds += PERIOD_MS;
    }
    // after a long silence everything is forgotten already
    if (this.now() >= this.periodEnds) this.periodEnds = this.now() + PERIOD_MS;
  }
}
