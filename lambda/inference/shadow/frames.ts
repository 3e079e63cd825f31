/** How rows go to a shadow that stands elsewhere: a length of four bytes, and as many of V8's own form of a message. */
import { deserialize, serialize } from 'node:v8';
import { MIB } from '../../../lib/model/units';
import type { ToShadow } from './messages';
import { SHADOW_QUEUE } from './queue-bounds';

const LENGTH_BYTES = 4;

/** No message has more than may wait in a worker; the rest is for names, and for the signature of a wide model. */
const MOST_BYTES = SHADOW_QUEUE.bytes + 6 * MIB;

export function frameOf(message: ToShadow): Buffer {
  const body = serialize(message);
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  frame.writeUInt32LE(body.length);
  body.copy(frame, LENGTH_BYTES);
  return frame;
}

/** @throws Error for what is no message, or a longer one than there can be */
export async function* messagesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<ToShadow> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let wanted = LENGTH_BYTES;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < wanted) continue;
    let rest = waiting.length === 1 ? chunk : Buffer.concat(waiting);
    for (;;) {
      wanted = LENGTH_BYTES;
      if (rest.length < wanted) break;
      const length = rest.readUInt32LE();
      if (length === 0 || length > MOST_BYTES) throw new Error(`a message of ${length} bytes`);
      wanted += length;
      if (rest.length < wanted) break;
      yield deserialize(rest.subarray(LENGTH_BYTES, wanted)) as ToShadow;
      rest = rest.subarray(wanted);
    }
    waiting = [rest];
    bytes = rest.length;
  }
}
