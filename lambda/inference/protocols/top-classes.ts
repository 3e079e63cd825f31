/** The most probable classes of each row, in their order: `?top=3`, and the same in the Open Inference Protocol. */
import { type ElementType, type Label, outputOf, type Signature } from '../../../lib/model/rows/signature';
import { allocate, type Tensor } from '../../../lib/model/rows/tensor';
import { HttpError } from '../http/http-answer';
import { Turn } from '../json/turns';
import { arrayOf, objectOf, type Schema } from '../openapi/schema';
import { csvField } from './csv';
import { greatest } from './greatest';

/** What a request of the Open Inference Protocol gets with the parameter `top`. */
export const TOP_OUTPUTS = ['labels', 'probabilities'] as const;

export type TopOutput = (typeof TOP_OUTPUTS)[number];

/** How many classes are wanted. */
interface Wanted {
  /** What the request calls it. */
  readonly name: string;
  readonly count: unknown;
  /** The count as it was sent. */
  readonly got: string;
}

/** @throws HttpError 400 where there are not so many, or none */
export function wantedClasses({ name, count, got }: Wanted, classes: readonly Label[] | undefined): number {
  if (classes === undefined) {
    throw new HttpError(
      400,
      'input',
      `${name} is for models that give probabilities of classes, and this one does not`,
    );
  }
  const fits = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= classes.length;
  if (fits) return count;
  const allowed = `a whole number from 1 to ${classes.length}, the number of classes`;
  throw new HttpError(400, 'input', `${name} must be ${allowed}, got ${got}`);
}

/** Says for each row which classes come first, and at which place its values begin. */
async function rank(tensor: Tensor, count: number, take: (places: readonly number[], from: number) => void) {
  const values = tensor.data as Float64Array | Float32Array;
  const [rows = 0, width = 1] = tensor.shape;
  const turn = new Turn();
  for (let i = 0; i < rows; i++) {
    take(greatest(values, i * width, width, count), i * width);
    if (turn.over) await turn.next();
  }
}

/** The element type of labels: that of `predict`, where the model has it. */
function labelType(signature: Signature, classes: readonly Label[]): ElementType {
  const predict = outputOf(signature, 'predict');
  if (predict) return predict.type;
  const [first] = classes;
  if (typeof first === 'string') return 'string';
  if (typeof first === 'boolean') return 'bool';
  return classes.every(Number.isInteger) ? 'int64' : 'float64';
}

/** Two tensors of shape `[rows, count]`: the labels, and their probabilities in the same places. */
export async function topTensors(
  tensor: Tensor,
  signature: Signature,
  count: number,
): Promise<Readonly<Record<TopOutput, Tensor>>> {
  const { classes = [] } = signature;
  const shape = [tensor.shape[0]!, count];
  const labels = { type: labelType(signature, classes), shape };
  const names = allocate(labels.type, shape[0]! * count) as Label[];
  const probabilities = { type: tensor.type, shape, data: allocate(tensor.type, shape[0]! * count) } as Tensor;
  let at = 0;
  await rank(tensor, count, (places, from) => {
    for (const place of places) {
      names[at] = labels.type === 'int64' ? (BigInt(classes[place] as number) as never) : classes[place]!;
      probabilities.data[at] = tensor.data[from + place]!;
      at++;
    }
  });
  return { labels: { ...labels, data: names } as unknown as Tensor, probabilities };
}

/** As Triton's classification extension has it: texts `value:index:label`, of shape `[rows, count]`. */
export async function classified(tensor: Tensor, { classes = [] }: Signature, count: number): Promise<Tensor> {
  const data: string[] = [];
  await rank(tensor, count, (places, from) => {
    for (const place of places) data.push(`${tensor.data[from + place]}:${place}:${classes[place]}`);
  });
  return { type: 'string', shape: [tensor.shape[0]!, count], data };
}

type Row = (labels: readonly Label[], probabilities: readonly number[]) => string;

const asJson: Row = (labels, probabilities) => JSON.stringify({ labels, probabilities });
const asCsv: Row = (labels, probabilities) =>
  labels.map((label, i) => `${csvField(label)},${probabilities[i]}`).join(',');

async function rowsOf(tensor: Tensor, classes: readonly Label[], count: number, row: Row): Promise<string[]> {
  const values = tensor.data as Float64Array | Float32Array;
  const written: string[] = [];
  await rank(tensor, count, (places, from) => {
    const labels = places.map((place) => classes[place]!);
    const probabilities = places.map((place) => values[from + place]!);
    written.push(row(labels, probabilities));
  });
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
