/**
 * A model that is run beside the one that is served, on some of its rows, to see how their answers differ.
 *
 * It has a process of its own with the lowest priority, or stands on other instances: a model that crashes, hangs or takes all
 * memory takes nothing along, and the processor is the served model's first. Nobody waits for it. Rows that find its queue full are dropped and counted.
 */
import type { HandlerShadow } from '../../../lib/model/instance/handler-settings';
import { addCounts, NO_COUNTS, SHADOW_EVENT, type ShadowCounts } from '../../../lib/model/instance/shadow-counts';
import type { ModelPackage } from '../../../lib/model/package/model-package';
import { comparedOutputs } from '../../../lib/model/package/shadow-fit';
import type { Tensor, Tensors } from '../../../lib/model/rows/tensor';
import { bytesOf, sliceRows } from '../json/tensors';
import type { Log } from '../log/log';
import { type ServedModel, VERSION_DIGITS } from '../serving/served-model';
import type { FromShadow, ShadowRows, ShadowTask, ToShadow } from './messages';
import { SHADOW_QUEUE } from './queue-bounds';

/** Bytes of one message: what a turn of the event loop writes for it takes well under a millisecond. */
const MESSAGE_BYTES = 32 * 1024;

/** A shadow that has rows and says nothing for so long hangs, or is so slow that it is of no use. */
const SILENCE_MS = 60_000;

/** Wait before it is started again: doubled each time, unless it has worked for a while. */
const BACK_OFF_MS = { first: 1000, longest: 300_000 };
const WORKED_MS = 60_000;

const LOOK_MS = 1000;

/** Lines of the log: one a minute in which rows came. */
const LINE_MS = 60_000;

/** The process of a shadow, or the way to one elsewhere, as this one sees it. */
export interface ShadowProcess {
  readonly pid: number | undefined;
  send(message: ToShadow): void;
  kill(): void;
}

/** Starts the process. @param ended called once, with how it ended */
export type StartShadow = (hear: (message: FromShadow) => void, ended: (how: string) => void) => ShadowProcess;

export interface ShadowOptions {
  readonly settings: HandlerShadow;
  readonly package_: Pick<ModelPackage, 'manifest' | 'digest'>;
  readonly served: ServedModel;
  readonly engine?: ShadowTask['engine'];
  readonly start: StartShadow;
  readonly log: Log;
  /** Further fields of the line of a minute: its metrics for CloudWatch. @default - none */
  readonly fields?: (counts: ShadowCounts) => Readonly<Record<string, unknown>>;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}

interface Waiting {
  readonly requestId: string;
  readonly rows: number;
  /** Rows of one message. */
  readonly step: number;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  sent: number;
}

interface Sent {
  readonly rows: number;
  readonly bytes: number;
  readonly at: number;
}

export class Shadow {
  ready = false;
  readonly name: string;
  readonly version: string;
  /** What its process has told since the start of this one, and since the last line of the log. */
  private told: ShadowCounts = NO_COUNTS;
  private toldOfMinute: ShadowCounts = NO_COUNTS;
  private readonly own = { requests: 0, droppedRows: 0, restarts: 0 };
  private ownBefore = { ...this.own };
  private timers?: readonly NodeJS.Timeout[];
  private readonly methods: ReadonlySet<string>;
  private readonly queue: Waiting[] = [];
  private readonly sent = new Map<number, Sent>();
  private rows = 0;
  private bytes = 0;
  private lastId = 0;
  private flushing = false;
  private process?: ShadowProcess;
  private startedAt = 0;
  private backOffMs = BACK_OFF_MS.first;
  private closed = false;
  private readonly random: () => number;

  constructor(private readonly options: ShadowOptions) {
    const { package_, served, random = Math.random } = options;
    this.name = package_.manifest.name;
    this.version = package_.digest.slice(0, VERSION_DIGITS);
    this.random = random;
    const compared = comparedOutputs(served.signature, package_.manifest.signature);
    this.methods = new Set(compared.map(({ method }) => method));
  }

  get served(): ServedModel {
    return this.options.served;
  }

  /** Rows that wait, or are being evaluated. */
  get queuedRows(): number {
    return this.rows;
  }

  /** Begin; the model that is served should be ready by then, since loading takes processor time. */
  start(): void {
    const { start, settings, served, engine, log } = this.options;
    this.startedAt = performance.now();
    const process_ = start(
      (message) => this.hear(message),
      (how) => this.ended(how),
    );
    this.process = process_;
    const { model, tolerance, rowValues = false } = settings;
    const { version } = this;
    process_.send({ task: { model, version, served: served.signature, tolerance, rowValues, engine } });
    this.timers ??= [
      setInterval(() => this.look(), LOOK_MS).unref(),
      setInterval(() => this.writeLine(), LINE_MS).unref(),
    ];
    log('info', 'shadow starts', { model: this.name, version, served: served.version });
  }

  /** Since the start of this process. */
  get total(): ShadowCounts {
    return addCounts(this.told, { ...NO_COUNTS, ...this.own });
  }

  /**
   * Rows that were answered; some of them are given to the shadow, later.
   *
   * @param requestId by which the request is found again; asked for those that are picked alone
   */
  offer(inputs: Tensors, outputs: Tensors, rows: number, requestId: () => string): void {
    if (this.random() >= this.options.settings.share) return;
    if (!Object.keys(outputs).some((method) => this.methods.has(method))) return;
    const bytes = bytesOf(inputs) + bytesOf(outputs);
    this.own.requests++;
    if (!this.ready || this.rows + rows > SHADOW_QUEUE.rows || this.bytes + bytes > SHADOW_QUEUE.bytes) {
      this.own.droppedRows += rows;
      return;
    }
    this.rows += rows;
    this.bytes += bytes;
    const step = Math.max(1, Math.min(rows, Math.floor((MESSAGE_BYTES * rows) / bytes)));
    this.queue.push({ requestId: requestId(), rows, step, inputs: copied(inputs), outputs: copied(outputs), sent: 0 });
    this.flushSoon();
  }

  /** Say what was counted, and end the process. */
  close(): void {
    this.closed = true;
    for (const timer of this.timers ?? []) clearInterval(timer);
    this.writeLine();
    this.process?.kill();
  }

  private readonly flush = (): void => {
    this.flushing = false;
    const [waiting] = this.queue;
    if (waiting === undefined || this.process === undefined) return;
    const { requestId, rows, step, inputs, outputs, sent: first } = waiting;
    const end = Math.min(rows, first + step);
    const part = (tensors: Tensors) => (end - first === rows ? tensors : sliceRows(tensors, first, end));
    const message: ShadowRows = {
      id: ++this.lastId,
      requestId,
      first,
      rows: end - first,
      inputs: part(inputs),
      outputs: part(outputs),
    };
    this.sent.set(message.id, {
      rows: message.rows,
      bytes: bytesOf(message.inputs) + bytesOf(message.outputs),
      at: performance.now(),
    });
    waiting.sent = end;
    if (end === rows) this.queue.shift();
    this.process.send(message);
    if (this.queue.length > 0) this.flushSoon();
  };

  /** In a turn of its own: the answer goes out first. */
  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    setImmediate(this.flush);
  }

  private hear(message: FromShadow): void {
    if ('done' in message) {
      const sent = this.sent.get(message.done);
      if (sent === undefined) return;
      this.sent.delete(message.done);
      this.rows -= sent.rows;
      this.bytes -= sent.bytes;
    } else if ('counts' in message) {
      this.told = addCounts(this.told, message.counts);
      this.toldOfMinute = addCounts(this.toldOfMinute, message.counts);
    } else if ('ready' in message) {
      this.ready = true;
      const { engine } = message.ready;
      const compared = [...this.methods];
      const { log, settings } = this.options;
      const { name: model, version } = this;
      const process_ = this.process?.pid;
      log('info', 'shadow ready', { model, version, engine, share: settings.share, compared, process: process_ });
    } else if ('unfit' in message) {
      this.closed = true; // no restart can help
      this.options.log('error', 'shadow unfit', { model: this.name, version: this.version, reason: message.unfit });
      this.process?.kill();
    }
  }

  private ended(how: string): void {
    this.ready = false;
    this.own.droppedRows += this.rows;
    this.queue.length = 0;
    this.sent.clear();
    this.rows = 0;
    this.bytes = 0;
    delete this.process;
    if (this.closed) return;
    if (performance.now() - this.startedAt > WORKED_MS) this.backOffMs = BACK_OFF_MS.first;
    this.own.restarts++;
    const { log } = this.options;
    log('warn', 'shadow ended', { model: this.name, version: this.version, how, restartsInMs: this.backOffMs });
    setTimeout(() => {
      if (!this.closed) this.start();
    }, this.backOffMs).unref();
    this.backOffMs = Math.min(2 * this.backOffMs, BACK_OFF_MS.longest);
  }

  /** Of rows that were sent the first is the oldest: they are evaluated in order. */
  private look(): void {
    const [oldest] = this.sent.values();
    if (oldest !== undefined && performance.now() - oldest.at > SILENCE_MS) this.process?.kill();
  }

  private writeLine(): void {
    const { own, ownBefore } = this;
    const ofMinute = {
      requests: own.requests - ownBefore.requests,
      droppedRows: own.droppedRows - ownBefore.droppedRows,
      restarts: own.restarts - ownBefore.restarts,
    };
    const counts = addCounts(this.toldOfMinute, { ...NO_COUNTS, ...ofMinute });
    if (counts.requests === 0 && counts.rows === 0) return;
    this.toldOfMinute = NO_COUNTS;
    this.ownBefore = { ...own };
    const { log, fields, served } = this.options;
    const { name: model, version } = this;
    log('info', SHADOW_EVENT, { model, version, served: served.version, ...counts, ...fields?.(counts) });
  }
}

/** A copy for later: what the engine and the reader of bodies have given may be a part of what they use again. */
function copied(tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [
      name,
      tensor.type === 'string' ? tensor : ({ ...tensor, data: tensor.data.slice() } as Tensor),
    ]),
  );
}
