/** The most probable classes of each row, in their order: `?top=3`. */
import { type Label, outputOf, type Signature } from '../../../lib/model/rows/signature';
import type { Tensor } from '../../../lib/model/rows/tensor';
import { HttpError } from '../http/http-answer';
import { Turn } from '../json/turns';
import { arrayOf, objectOf, type Schema } from '../openapi/schema';
import { csvField } from './csv';

/** The classes whose probabilities a model gives, where it does. */
export function rankedClasses(signature: Signature): readonly Label[] | undefined {
  const { classes } = signature;
  return classes && outputOf(signature, 'predict_proba')?.width === classes.length ? classes : undefined;
}

/** @throws HttpError 400 where there are not so many, or none */
export function wantedClasses(text: string, signature: Signature): number {
  const classes = rankedClasses(signature);
  if (classes === undefined) {
    throw new HttpError(400, 'input', 'top is for models that give probabilities of classes, and this one does not');
  }
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= classes.length) return count;
  throw new HttpError(
    400,
    'input',
    `top must be a whole number from 1 to ${classes.length}, the number of classes, got "${text.slice(0, 60)}"`,
  );
}

/**
 * Places of the greatest values of a row, in the order of numpy's `argsort(-values, kind="stable")`: of equal ones the first class
 * comes first, and NaN comes last.
 */
export function greatest(values: ArrayLike<number>, from: number, width: number, count: number): number[] {
  const found: number[] = [];
  for (let place = 0; place < width; place++) {
    const value = values[from + place]!;
    let at = found.length;
    while (at > 0 && comesBefore(value, values[from + found[at - 1]!]!)) at--;
    if (at >= count) continue;
    found.splice(at, 0, place);
    if (found.length > count) found.pop();
  }
  return found;
}

const comesBefore = (value: number, other: number) => value > other || (Number.isNaN(other) && !Number.isNaN(value));

type Row = (labels: readonly Label[], probabilities: readonly number[]) => string;

const asJson: Row = (labels, probabilities) => JSON.stringify({ labels, probabilities });
const asCsv: Row = (labels, probabilities) =>
  labels.map((label, i) => `${csvField(label)},${probabilities[i]}`).join(',');

async function rowsOf(tensor: Tensor, classes: readonly Label[], count: number, row: Row): Promise<string[]> {
  const values = tensor.data as Float64Array | Float32Array;
  const [rows = 0, width = 1] = tensor.shape;
  const written: string[] = [];
  const turn = new Turn();
  for (let i = 0; i < rows; i++) {
    const places = greatest(values, i * width, width, count);
    written.push(
      row(
        places.map((place) => classes[place]!),
        places.map((place) => values[i * width + place]!),
      ),
    );
    if (turn.over) await turn.next();
  }
  return written;
}

/** One object a row, with labels and probabilities in the same order. */
export async function topText(tensor: Tensor, { classes = [] }: Signature, count: number): Promise<string> {
  return `[${(await rowsOf(tensor, classes, count, asJson)).join(',')}]`;
}

/** One line a row: a label and its probability, the next label and its probability, and so on. */
export async function topCsv(tensor: Tensor, { classes = [] }: Signature, count: number): Promise<string> {
  return (await rowsOf(tensor, classes, count, asCsv)).map((line) => `${line}\n`).join('');
}

/** The answer as OpenAPI describes it. */
export function topSchema(classes: readonly Label[], member: string): Schema {
  const most = { minItems: 1, maxItems: classes.length };
  const labels = arrayOf({ enum: [...classes] }, most);
  const probabilities = arrayOf({ type: ['number', 'null'] }, most);
  return objectOf({ [member]: arrayOf(objectOf({ labels, probabilities })) });
}
