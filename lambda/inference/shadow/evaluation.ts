/** A shadow as it runs: the model is run on rows that were served, and how the answers differ is counted. */
import { writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { SlipwayError } from '../../../lib/model/error';
import { addCounts, NO_COUNTS, type ShadowCounts } from '../../../lib/model/instance/shadow-counts';
import { Agreement } from '../../../lib/model/package/agreement';
import { type ModelPackage, readModelPackage } from '../../../lib/model/package/model-package';
import { type ComparedOutput, comparedOutputs } from '../../../lib/model/package/shadow-fit';
import { decodeRows } from '../../../lib/model/rows/decode';
import { encodeRows, InputError } from '../../../lib/model/rows/row';
import type { Label, Method } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { rowRefusal } from '../../../lib/model/rows/undecided-row';
import { joinRows, sliceRows } from '../json/tensors';
import { ServedModel, type ServedModelOptions } from '../serving/served-model';
import type { FromShadow, ShadowRows, ShadowTask, ToShadow } from './messages';

/** How often it says what it has counted. */
const TELL_MS = 1000;

type Row = Readonly<Record<string, Label | null>>;

/** What a process has taken, since it was asked last: of those that ask of one process, each gets a part of it. */
export class Meter {
  private usage = process.cpuUsage();
  private milliseconds = 0;

  ran(seconds: number): void {
    this.milliseconds += seconds * 1000;
  }

  take(): Pick<ShadowCounts, 'cpuMs' | 'runMs'> {
    const { user, system } = process.cpuUsage(this.usage);
    this.usage = process.cpuUsage();
    const runMs = this.milliseconds;
    this.milliseconds = 0;
    return { cpuMs: (user + system) / 1000, runMs };
  }
}

export interface EvaluationOptions {
  readonly task: Pick<ShadowTask, 'served' | 'tolerance' | 'rowValues'>;
  /** It is ready. */
  readonly model: ServedModel;
  readonly meter: Meter;
  readonly tell: (message: FromShadow) => void;
}

/** How a model is loaded here; the scheduler's observer is this room's. */
export type ShadowLoading = Omit<ServedModelOptions, 'observer' | 'queue' | 'log'>;

/**
 * Give way to whoever serves: with the lowest priority this process runs on what is left of the processors, and where
 * memory is short it is the one that goes.
 */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {} // not every system has it, or allows it
}

/** Serve the worker that has started this process, until it goes. */
export function serveShadow(loadingOf: (task: ShadowTask) => ShadowLoading): void {
  giveWay();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {}); // it ends with its worker
  process.once('disconnect', () => process.exit(0));
  const tell = (message: FromShadow) => process.send?.(message);
  process.once('message', (message: ToShadow) => {
    if (!('task' in message)) return;
    const { task } = message;
    Evaluation.load(task, readModelPackage(task.model), loadingOf(task), tell).then(
      (evaluation) => process.on('message', (rows: ShadowRows) => evaluation.take(rows)),
      (error: Error) => tell({ unfit: SlipwayError.is(error) ? error.message : (error.stack ?? error.message) }),
    );
  });
}

export class Evaluation {
  private readonly compared: readonly ComparedOutput[];
  private readonly agreement: Agreement;
  private counts: ShadowCounts = NO_COUNTS;
  private toldAt = 0;
  private timer?: NodeJS.Timeout;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly options: EvaluationOptions) {
    const { task, model } = options;
    this.compared = comparedOutputs(task.served, model.signature);
    this.agreement = new Agreement(this.compared, task.tolerance);
  }

  /**
   * One in a process of its own.
   *
   * @throws SlipwayError E_PACKAGE, E_PLATFORM, E_PARITY when its own golden rows do not hold
   */
  static async load(
    task: ShadowTask,
    package_: ModelPackage,
    loading: ShadowLoading,
    tell: (message: FromShadow) => void,
  ): Promise<Evaluation> {
    const meter = new Meter();
    const observer = { waited: () => {}, ran: (_rows: number, seconds: number) => meter.ran(seconds) };
    const most = Number.MAX_SAFE_INTEGER; // bounded by who sends
    const queue = { rows: most, bytes: most, deadlineMs: most };
    const model = new ServedModel(package_, { ...loading, observer, queue, log: () => {} });
    await model.load();
    if (!model.ready) {
      throw new SlipwayError(
        'E_PARITY',
        `${task.model}: ${model.differences.length} of its golden rows do not hold here`,
      );
    }
    tell({ ready: { engine: model.engineName! } });
    meter.take(); // loading is none of its work
    return new Evaluation({ task, model, meter, tell });
  }

  /** Evaluate rows after those that came before. */
  take(rows: ShadowRows): Promise<void> {
    this.last = this.last.then(async () => {
      await this.evaluate(rows);
      this.options.tell({ done: rows.id });
      this.tellSoon();
    });
    return this.last;
  }

  private async evaluate({ requestId, first, rows, inputs, outputs }: ShadowRows): Promise<void> {
    const methods = this.compared.map(({ method }) => method).filter((method) => outputs[method] !== undefined);
    const values = decodeRows(this.options.task.served, inputs, 0, rows);
    try {
      this.compare(requestId, [...values.keys()], first, outputs, await this.run(values, methods), values);
    } catch (error) {
      if (rows === 1) this.unanswered(error);
      else await this.oneByOne(requestId, first, values, outputs, methods);
    }
  }

  /** Some row is refused, or makes its run fail: which one shows when each is run by itself. */
  private async oneByOne(
    requestId: string,
    first: number,
    values: readonly Row[],
    outputs: Tensors,
    methods: readonly Method[],
  ): Promise<void> {
    const answered: number[] = [];
    const parts: Tensors[] = [];
    for (const [i, row] of values.entries()) {
      try {
        parts.push(await this.run([row], methods));
        answered.push(i);
      } catch (error) {
        this.unanswered(error);
      }
    }
    if (answered.length > 0) this.compare(requestId, answered, first, outputs, joinRows(parts), values);
  }

  private compare(
    requestId: string,
    answered: readonly number[],
    first: number,
    outputs: Tensors,
    shadow: Tensors,
    values: readonly Row[],
  ): void {
    const all = answered.length === values.length;
    this.agreement.add({
      requestId,
      places: answered.map((i) => first + i),
      served: all ? outputs : joinRows(answered.map((i) => sliceRows(outputs, i, i + 1))),
      shadow,
      ...(this.options.task.rowValues && { values: answered.map((i) => values[i]!) }),
    });
  }

  /** @throws InputError as the endpoint of this model would refuse a row */
  private run(values: readonly Row[], methods: readonly Method[]): Promise<Tensors> {
    const { signature, scheduler } = this.options.model;
    const rows = values.map((row) => signature.columns.map(({ name, unused }) => (unused ? null : row[name])));
    return scheduler!.submit(encodeRows(signature, rows), rows.length, methods);
  }

  private unanswered(error: unknown): void {
    const refused = error instanceof InputError || rowRefusal(error) !== undefined;
    const one = { ...NO_COUNTS, ...(refused ? { refusedRows: 1 } : { failedRows: 1 }) };
    this.counts = addCounts(this.counts, one);
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => this.tellCounts(), Math.max(0, this.toldAt + TELL_MS - performance.now()));
  }

  private tellCounts(): void {
    delete this.timer;
    this.toldAt = performance.now();
    const counts = addCounts(this.counts, this.agreement.take());
    this.counts = NO_COUNTS;
    this.options.tell({ counts: { ...counts, ...this.options.meter.take() } });
  }
}
