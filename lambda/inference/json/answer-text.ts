/** Output tensors as the JSON text that a client reads: what JSON.stringify would write, in pieces where it is long. */
import type { Tensor } from '../../../lib/model/rows/tensor';
import { Turn } from './turns';

/** Values that are written between two glances at the clock; fewer are written at once. */
const PIECE = 2048;

/** Text of one element. NaN and infinities are null, as JSON.stringify writes them; class labels are safe integers. */
function textOf({ type, data }: Tensor): (index: number) => string {
  switch (type) {
    case 'string':
      return (index) => JSON.stringify(data[index]);
    case 'bool':
      return (index) => (data[index] === 0 ? 'false' : 'true');
    case 'int64':
      return (index) => String(data[index]);
    default:
      return (index) => {
        const value = data[index]!;
        return value - value === 0 ? `${value}` : 'null';
      };
  }
}

/** Elements `from` to `to`, parted by commas, with brackets around each `width` of them unless that is 0. */
function writeElements(text: (index: number) => string, from: number, to: number, width: number): string {
  let written = '';
  for (let i = from; i < to; i++) {
    if (i > from) written += ',';
    if (width > 0 && i % width === 0) written += '[';
    written += text(i);
    if (width > 0 && i % width === width - 1) written += ']';
  }
  return written;
}

/**
 * An array of one value a row for a tensor of shape `[rows]`, of one array a row for `[rows, width]`.
 *
 * @param flat whether the values of all rows go into one array
 */
export function answerText(tensor: Tensor, flat = false): string | Promise<string> {
  const [rows = 0, width] = tensor.shape;
  const text = textOf(tensor);
  const nested = flat || width === undefined ? 0 : width;
  const { length } = tensor.data;
  if (width === 0 && !flat) return `[${Array<string>(rows).fill('[]').join(',')}]`;
  return length <= PIECE ? `[${writeElements(text, 0, length, nested)}]` : inTurns(text, length, nested);
}

async function inTurns(text: (index: number) => string, length: number, width: number): Promise<string> {
  const pieces: string[] = [];
  const turn = new Turn();
  const step = width === 0 ? PIECE : Math.max(1, Math.floor(PIECE / width)) * width;
  for (let from = 0; from < length; from += step) {
    pieces.push(writeElements(text, from, Math.min(from + step, length), width));
    if (turn.over) await turn.next();
  }
  return `[${pieces.join(',')}]`;
}
