/** Errors that the client is to blame for, in the one class that the server answers. */
import { InputError } from '../../../lib/model/rows/row';
import { HttpError } from '../http/http-answer';
import { UnknownModelError } from '../serving/served-models';

/** @returns undefined for any other error */
export function asHttpError(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error;
  if (error instanceof InputError) return new HttpError(422, 'input', error.message, { errors: error.fields });
  if (error instanceof UnknownModelError) return new HttpError(404, 'route', error.message);
  return undefined;
}
