/** What every protocol does to predict: the body, whether there is room, the rows, the run. */
import { encodeRows, InputError } from '../../lib/model/row';
import type { Method } from '../../lib/model/signature';
import type { Tensors } from '../../lib/model/tensor';
import { type BodyReader, parseJson } from './body';
import { HttpError, inputRefused, unavailable } from './http-answer';
import type { Exchange } from './router';
import { QueueFullError, type Scheduler } from './scheduler';
import type { ServedModel } from './served-model';

export interface PredictionLimits {
  readonly bodies: BodyReader;
  /** Rows that may ever wait. */
  readonly queueRows: number;
}

/** Read the JSON body of a request for predictions, unless the model cannot predict yet. */
export async function readDocument(model: ServedModel, exchange: Exchange, limits: PredictionLimits): Promise<unknown> {
  if (!model.ready) throw unavailable('not_ready', `the model is not ready: ${model.stage}`);
  return parseJson(await limits.bodies.read(exchange.request, exchange.response));
}

/**
 * Predict rows.
 *
 * Rows are refused for want of room before they are encoded, and encoded before they are queued,
 * so that neither load nor a wrong row harms other requests.
 *
 * @param pointer JSON pointer of `rows` in the body
 * @throws HttpError 413 for more rows than may ever wait, 503 for more than may wait now
 * @throws InputError naming the fields that do not fit
 */
export async function predictRows(
  model: ServedModel,
  exchange: Exchange,
  limits: PredictionLimits,
  rows: readonly unknown[],
  pointer: string,
  methods: readonly Method[],
): Promise<Tensors> {
  if (rows.length > limits.queueRows) {
    throw new HttpError(413, 'too_large', `${rows.length} rows in one request; at most ${limits.queueRows} are taken`);
  }
  const scheduler = model.scheduler as Scheduler; // there is one, since the model is ready
  if (!scheduler.admits(rows.length)) throw queueFull();
  const inputs = encodeRows(model.signature, rows, pointer);
  try {
    return await scheduler.submit(inputs, rows.length, methods, () => exchange.response.destroyed);
  } catch (error) {
    throw error instanceof QueueFullError ? queueFull() : error;
  }
}

function queueFull(): HttpError {
  return unavailable('queue_full', 'too many rows are waiting; try again in a second');
}

/** Errors that the client is to blame for, in the one class that the server answers. */
export function asHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof InputError) return inputRefused(error);
  return undefined;
}
