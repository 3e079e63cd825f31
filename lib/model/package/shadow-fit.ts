/** Whether a model can shadow another: run beside it on the rows that the other is asked. */

import type { Column, ElementType, Label, Method, OutputTensor, Signature } from '../rows/signature';
import { outputOf } from '../rows/signature';
import { quoted } from '../text/quote';
import type { Manifest } from './manifest';

/** Types that a value may be turned into without becoming another than a client would have sent. */
const TAKEN_FROM: Readonly<Record<ElementType, readonly ElementType[]>> = {
  float64: ['float64', 'int64'],
  float32: ['float32', 'float64', 'int64'], // what a client sends is rounded to it just so
  int64: ['int64'],
  bool: ['bool'],
  string: ['string'],
};

type Described = Pick<Manifest, 'signature' | 'batch'>;

/**
 * What keeps a model from being run on the rows of another, each as a phrase about it.
 *
 * @param served the one that answers
 * @param shadow the one that is to run beside it
 */
export function shadowProblems(served: Described, shadow: Described): string[] {
  const problems: string[] = [];
  for (const { batch } of [served, shadow]) {
    if (batch !== 'whole') continue;
    problems.push('rows of a request depend on each other (batch: whole), and a shadow sees them by parts');
    break;
  }
  const columns = new Map(served.signature.columns.map((column) => [column.name, column]));
  for (const column of shadow.signature.columns) {
    const problem = column.unused ? undefined : columnProblem(column, columns.get(column.name));
    if (problem !== undefined) problems.push(problem);
  }
  if (comparedOutputs(served.signature, shadow.signature).length === 0) {
    problems.push(
      `no output can be compared: the served model has ${outputsText(served.signature)}, this one ${outputsText(shadow.signature)}`,
    );
  }
  return problems;
}

function columnProblem({ name, type, tokens }: Column, served: Column | undefined): string | undefined {
  const column = `column ${quoted(name)}`;
  if (served === undefined) return `${column}: the served model does not have it, so no request brings it`;
  if (served.unused) return `${column}: the served model does not look at it, so its values are not kept`;
  if (!TAKEN_FROM[type].includes(served.type))
    return `${column}: is ${type} here and ${served.type} in the served model`;
  if (served.tokens !== undefined && JSON.stringify(served.tokens) !== JSON.stringify(tokens)) {
    return `${column}: its text is cut into other words than in the served model, which keeps its own words alone`;
  }
  return undefined;
}

function outputsText({ outputs, classes }: Signature): string {
  const names = outputs.map(({ name, width }) => (width === 1 ? name : `${name} (${width} values)`)).join(', ');
  return classes === undefined ? names : `${names}, classes ${classes.slice(0, 5).map(String).join(', ')}`;
}

/** How the answers of two models are held against each other. */
export interface ComparedOutput {
  readonly method: Method;
  /** `labels` are equal or not; `numbers` differ by an amount, `probabilities` too. */
  readonly kind: 'labels' | 'numbers' | 'probabilities';
  /** For each value of a row of the served model, where the shadow has it. */
  readonly places: readonly number[];
}

const FLOATS: readonly ElementType[] = ['float64', 'float32'];

/** The outputs that both have and that mean the same in both. */
export function comparedOutputs(served: Signature, shadow: Signature): ComparedOutput[] {
  return served.outputs.flatMap((output): ComparedOutput[] => {
    const other = outputOf(shadow, output.name);
    if (other === undefined || isLabels(served, output) !== isLabels(shadow, other)) return [];
    const { name: method, width } = output;
    if (other.width !== width) return [];
    const straight = Array.from({ length: width }, (_, place) => place);
    if (method === 'predict')
      return [{ method, kind: isLabels(served, output) ? 'labels' : 'numbers', places: straight }];
    if (served.classes === undefined && shadow.classes === undefined)
      return [{ method, kind: 'numbers', places: straight }];
    const places = classPlaces(served.classes ?? [], shadow.classes ?? []);
    if (places === undefined) return [];
    if (width === places.length)
      return [{ method, kind: method === 'predict_proba' ? 'probabilities' : 'numbers', places }];
    // one score for two classes, that of the second
    return places.every((place, i) => place === i) ? [{ method, kind: 'numbers', places: straight }] : [];
  });
}

function isLabels({ classes }: Signature, { name, type }: OutputTensor): boolean {
  return name === 'predict' && (classes !== undefined || !FLOATS.includes(type));
}

/** Where the classes of one model stand among those of another that has the same ones. */
function classPlaces(served: readonly Label[], shadow: readonly Label[]): readonly number[] | undefined {
  if (served.length !== shadow.length) return undefined;
  const places = served.map((label) => shadow.indexOf(label));
  return places.includes(-1) ? undefined : places;
}
