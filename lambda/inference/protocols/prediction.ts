/** What every protocol does to predict: the body, whether there is room, the rows, the run. */
import { DEADLINE_HEADER } from '../../../lib/model/instance/handler-settings';
import { InputError, type Locate } from '../../../lib/model/rows/row';
import type { Method } from '../../../lib/model/rows/signature';
import type { Tensors } from '../../../lib/model/rows/tensor';
import { rowRefusal } from '../../../lib/model/rows/undecided-row';
import { HttpError, inputRefused, unavailable } from '../http/http-answer';
import type { Exchange } from '../http/router';
import { encodeInTurns, type RowSource } from '../json/encoding';
import { DeadlineError, QueueFullError, type Scheduler } from '../serving/scheduler';
import type { ServedModel } from '../serving/served-model';

export interface PredictionLimits {
  /** Rows that may ever wait. */
  readonly queueRows: number;
  /** Milliseconds that a request may take which asks for no less. */
  readonly deadlineMs: number;
}

/** Whole milliseconds that the client gives the request, or those of the settings. */
function timeLimitMs(exchange: Exchange, limits: PredictionLimits): number {
  const asked = exchange.request.headers[DEADLINE_HEADER];
  if (asked === undefined) return limits.deadlineMs;
  const milliseconds = /^\d{1,9}$/.test(asked as string) ? Number(asked) : 0;
  if (milliseconds > 0) return Math.min(milliseconds, limits.deadlineMs);
  const got = JSON.stringify(String(asked).slice(0, 40));
  throw new HttpError(400, 'input', `${DEADLINE_HEADER} must be a whole number of milliseconds from 1, got ${got}`);
}

/** Refuses what would not be answered in time, while it costs nothing yet. */
function checkRoom(scheduler: Scheduler, exchange: Exchange, limits: PredictionLimits, rows: number): void {
  const expectedMs = scheduler.expectedMs(rows);
  if (!scheduler.admits(rows)) throw queueFull(expectedMs);
  const leftMs = exchange.startedAt + timeLimitMs(exchange, limits) - performance.now();
  if (expectedMs <= leftMs) return;
  const wait = `the rows that wait would take ${Math.ceil(expectedMs)} ms`;
  throw unavailable('deadline', `${wait}, longer than the request may: try again later`, expectedMs - leftMs);
}

function queueFull(waitMs: number): HttpError {
  return unavailable('queue_full', 'too many rows are waiting; try again later', waitMs);
}

/**
 * Read the body of a request for predictions, unless the model cannot predict yet, or not soon enough.
 *
 * @throws HttpError 503 when it cannot, and as `BodyReader.read`
 */
export function readBody(model: ServedModel, exchange: Exchange, limits: PredictionLimits): Buffer | Promise<Buffer> {
  if (!model.ready) throw unavailable('not_ready', `the model is not ready: ${model.stage}`);
  checkRoom(model.scheduler!, exchange, limits, 1); // how many there are is known when they are read
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
export async function predictRows(
  model: ServedModel,
  exchange: Exchange,
  limits: PredictionLimits,
  rows: RowSource,
  where: Locate | string,
  methods: readonly Method[],
): Promise<Tensors> {
  if (rows.length > limits.queueRows) {
    throw new HttpError(413, 'too_large', `${rows.length} rows in one request; at most ${limits.queueRows} are taken`);
  }
  checkRoom(model.scheduler!, exchange, limits, rows.length);
  return predictTensors(
    model,
    exchange,
    limits,
    await encodeInTurns(model.signature, rows, where),
    rows.length,
    methods,
  );
}

/**
 * Predict rows that are tensors already.
 *
 * @throws HttpError 503 for more rows than may wait now, 504 past the deadline
 */
export async function predictTensors(
  model: ServedModel,
  exchange: Exchange,
  limits: PredictionLimits,
  inputs: Tensors,
  rows: number,
  methods: readonly Method[],
): Promise<Tensors> {
  const scheduler = model.scheduler as Scheduler; // there is one, since the model is ready
  checkRoom(scheduler, exchange, limits, rows);
  const limitMs = timeLimitMs(exchange, limits);
  try {
    const { stages } = exchange;
    if (stages) stages.submittedAt = performance.now();
    const outputs = await scheduler.submit(inputs, rows, methods, {
      abandoned: () => exchange.request.gone,
      deadline: exchange.startedAt + limitMs,
    });
    if (stages) stages.computedAt = performance.now();
    return outputs;
  } catch (error) {
    if (error instanceof QueueFullError) throw queueFull(scheduler.expectedMs(rows));
    if (!(error instanceof DeadlineError)) throw rowRefusal(error) ?? error;
    throw new HttpError(504, 'deadline', `the request waited for the ${limitMs} ms that it may take; send fewer rows`);
  }
}

/** Errors that the client is to blame for, in the one class that the server answers. */
export function asHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof InputError) return inputRefused(error);
  return undefined;
}
