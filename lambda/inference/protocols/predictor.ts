/** What every protocol does to predict: the body, whether there is room, the rows, the run. */
import { DEADLINE_HEADER } from '../../../lib/model/instance/handler-settings';
import type { Locate } from '../../../lib/model/rows/row';
import type { Method, Signature } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { rowRefusal } from '../../../lib/model/rows/undecided-row';
import { HttpError, unavailable } from '../http/http-answer';
import { foreignId } from '../http/request-log';
import type { Exchange } from '../http/router';
import { encodeInTurns, type RowSource } from '../json/encoding';
import { PlainRowReader } from '../json/plain-rows';
import { DeadlineError, QueueFullError, type Scheduler } from '../serving/scheduler';
import type { ServedModel } from '../serving/served-model';
import type { Shadow } from '../shadow/shadow';

export interface PredictionLimits {
  /** Rows that may ever wait. */
  readonly queueRows: number;
  /** Milliseconds that a request may take which asks for no less. */
  readonly deadlineMs: number;
}

/** The predictors of the models of this process. */
export class Predictors {
  private readonly made = new Map<ServedModel, Predictor>();

  /** @param shadow is given rows of the model beside which it runs. @default - none */
  constructor(
    private readonly limits: PredictionLimits,
    private readonly shadow?: Shadow,
  ) {}

  /**
   * That of a model, made once it is ready.
   *
   * @throws HttpError 503 before
   */
  of(model: ServedModel): Predictor {
    const made = this.made.get(model);
    if (made !== undefined) return made;
    const { ready, scheduler, signature, stage } = model;
    if (!ready || scheduler === undefined) throw unavailable('not_ready', `the model is not ready: ${stage}`);
    const shadow = this.shadow?.served === model ? this.shadow : undefined;
    const predictor = new Predictor(signature, scheduler, this.limits, shadow);
    this.made.set(model, predictor);
    return predictor;
  }
}

/** Predicts with one model, which is ready. */
export class Predictor {
  /** Reads rows of plain numbers straight into a tensor; absent where the model takes others. */
  readonly plainRows?: PlainRowReader | undefined;

  constructor(
    private readonly signature: Signature,
    private readonly scheduler: Scheduler,
    private readonly limits: PredictionLimits,
    private readonly shadow?: Shadow,
  ) {
    this.plainRows = PlainRowReader.for(signature);
  }

  /** Rows that one request may have. */
  get mostRows(): number {
    return this.limits.queueRows;
  }

  /**
   * The body of a request for predictions, unless it could not be answered in time.
   *
   * @throws HttpError 503, and as `InferenceRequest.body`
   */
  body(exchange: Exchange): Buffer | Promise<Buffer> {
    this.checkRoom(exchange, 1); // how many there are is known when they are read
    const { request, stages } = exchange;
    const body = request.body();
    if (stages === undefined) return body;
    if (body instanceof Promise) {
      return body.then((bytes) => {
        stages.readAt = performance.now();
        return bytes;
      });
    }
    stages.readAt = exchange.startedAt; // it came with the head
    return body;
  }

  /**
   * Predict rows.
   *
   * Rows are refused for want of room or time before they are encoded, and encoded before they are queued,
   * so that neither load nor a wrong row harms other requests.
   *
   * @param where says where a field stands in the body
   * @throws HttpError 413 for more rows than may ever wait, 503 for more than may wait now, 504 past the deadline
   * @throws InputError naming the fields that do not fit
   */
  async rows(
    exchange: Exchange,
    rows: RowSource,
    where: Locate | string,
    methods: readonly Method[],
  ): Promise<Tensors> {
    const { length } = rows;
    if (length > this.mostRows) {
      throw new HttpError(413, 'too_large', `${length} rows in one request; at most ${this.mostRows} are taken`);
    }
    this.checkRoom(exchange, length);
    return this.tensors(exchange, await encodeInTurns(this.signature, rows, where), length, methods);
  }

  /**
   * Predict rows that are tensors already.
   *
   * @throws HttpError 503 for more rows than may wait now, 504 past the deadline
   */
  async tensors(exchange: Exchange, inputs: Tensors, rows: number, methods: readonly Method[]): Promise<Tensors> {
    this.checkRoom(exchange, rows);
    const limitMs = this.timeLimitMs(exchange);
    try {
      const { stages } = exchange;
      if (stages) stages.submittedAt = performance.now();
      const outputs = await this.scheduler.submit(inputs, rows, methods, {
        abandoned: () => exchange.request.gone,
        deadline: exchange.startedAt + limitMs,
        cameAt: exchange.cameAt,
      });
      if (stages) stages.computedAt = performance.now();
      this.shadow?.offer(inputs, outputs, rows, () => exchange.id ?? foreignId(exchange.request.headers));
      return outputs;
    } catch (error) {
      if (error instanceof QueueFullError) throw queueFull(this.scheduler.leastMs(rows));
      if (!(error instanceof DeadlineError)) throw rowRefusal(error) ?? error;
      throw new HttpError(
        504,
        'deadline',
        `the request waited for the ${limitMs} ms that it may take; send fewer rows`,
      );
    }
  }

  /** Refuses what would not be answered in time, while it costs nothing yet. */
  private checkRoom(exchange: Exchange, rows: number): void {
    const leastMs = this.scheduler.leastMs(rows);
    if (!this.scheduler.admits(rows)) throw queueFull(leastMs);
    const leftMs = exchange.startedAt + this.timeLimitMs(exchange) - performance.now();
    if (leastMs <= leftMs) return;
    const wait = `the rows that wait would take ${Math.ceil(leastMs)} ms`;
    throw unavailable('deadline', `${wait}, longer than the request may: try again later`, leastMs - leftMs);
  }

  /** Whole milliseconds that the client gives the request, or those of the settings. */
  private timeLimitMs({ request }: Exchange): number {
    const { deadlineMs } = this.limits;
    const asked = request.headers[DEADLINE_HEADER];
    if (asked === undefined) return deadlineMs;
    const milliseconds = /^\d{1,9}$/.test(asked as string) ? Number(asked) : 0;
    if (milliseconds > 0) return Math.min(milliseconds, deadlineMs);
    const got = JSON.stringify(String(asked).slice(0, 40));
    throw new HttpError(400, 'input', `${DEADLINE_HEADER} must be a whole number of milliseconds from 1, got ${got}`);
  }
}

function queueFull(waitMs: number): HttpError {
  return unavailable('queue_full', 'too many rows are waiting; try again later', waitMs);
}
