/**
 * The binary tensor extension: a body is JSON, then at once the bytes of its tensors in their order
 * (Triton's extension_binary_data.md). The header says where the JSON ends.
 */
import { HttpError } from '../../http/http-answer';
import type { RequestHead } from '../../http/request';

/** Of JSON with tensors as bytes behind it. */
export const BINARY_TYPE = 'application/octet-stream';

export const LENGTH_HEADER = 'inference-header-content-length';

export interface BinaryBody {
  readonly json: Buffer;
  readonly tensors: TensorBytes;
}

/** Bytes of the JSON of a request with binary tensors; undefined for one that is JSON alone. */
export function jsonLength(request: RequestHead): number | undefined {
  const header = request.headers[LENGTH_HEADER];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^\d{1,9}$/.test(header)) return Number(header);
  throw new HttpError(
    400,
    'body',
    `${LENGTH_HEADER} must be a whole number of bytes, got ${JSON.stringify(String(header).slice(0, 40))}`,
  );
}

/** @throws HttpError 400 */
export function splitBody(body: Buffer, length: number): BinaryBody {
  if (length > body.length) {
    throw new HttpError(400, 'body', `${LENGTH_HEADER} is ${length}, but the body has ${body.length} bytes`);
  }
  return { json: body.subarray(0, length), tensors: new TensorBytes(body.subarray(length)) };
}

/** The bytes after the JSON, taken tensor by tensor. */
export class TensorBytes {
  constructor(private rest: Buffer) {}

  /** @returns undefined when there are not so many left */
  take(bytes: number): Buffer | undefined {
    if (bytes > this.rest.length) return undefined;
    const taken = this.rest.subarray(0, bytes);
    this.rest = this.rest.subarray(bytes);
    return taken;
  }

  /** Bytes that no tensor has taken. */
  get left(): number {
    return this.rest.length;
  }
}
