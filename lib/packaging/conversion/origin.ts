/** Where a difference starts: the first step, along the way of the data, that gives something else than was recorded. */
import type { LoadBound } from '../../../lambda/inference/engine';
import type { GoldenRows, Tolerance } from '../../model/package/golden-file';
import { goldenInputs } from '../../model/package/golden-replay';
import { MISSING_TEXT, type Signature } from '../../model/rows/signature';
import type { Tensors } from '../../model/rows/tensor';
import type { StepOutput } from '../converters';
import type { ConvertedModel } from '../estimator/assemble';
import type { RecordedSteps, StepValue } from '../golden/recorded-steps';
import { toleranceOf, withEngine } from './check';

/** Paths that a message lists. */
const LISTED = 10;

/** Converts the model once more, to a graph that also gives what these steps make of X. */
export type ConvertWithSteps = (paths: readonly string[]) => {
  readonly model: ConvertedModel;
  readonly outputs: readonly StepOutput[];
};

interface StepDifference {
  readonly row: number;
  readonly column: number;
  readonly expected: StepValue;
  readonly got: StepValue;
}

/** Golden rows that do not hold, and the model to look into. */
interface Astray {
  readonly golden: GoldenRows;
  /** What the steps gave where the model was trained; undefined when the golden rows do not say. */
  readonly recorded: RecordedSteps | undefined;
  /** Paths of all steps, in the order of the data. */
  readonly known: readonly string[];
  readonly signature: Signature;
  readonly convert: ConvertWithSteps;
  /** Of what the engine may take. */
  readonly bound: LoadBound | undefined;
}

/**
 * Where the answers go astray, to be shown to whoever recorded them.
 *
 * @returns undefined for a model without steps
 */
export async function describeOrigin(astray: Astray): Promise<string | undefined> {
  const { recorded, known } = astray;
  if (known.length === 0) return undefined;
  if (!recorded || recorded.size === 0) {
    return `the step at which it starts shows when golden rows in JSON say what each step gives, under "steps" (docs/guide/training.md); the steps are ${listed(known)}`;
  }
  const differences = await compareSteps(astray, recorded);
  const first = known.find((path) => differences.has(path));
  const before = first === undefined ? known : known.slice(0, known.indexOf(first));
  const unrecorded = before.filter((path) => !recorded.has(path));
  const unsure = unrecorded.length > 0 ? `; of ${listed(unrecorded)} nothing was recorded` : '';
  if (first === undefined) {
    return `${listed([...recorded.keys()])} give what was recorded, so the difference starts behind ${recorded.size > 1 ? 'them' : 'it'}${unsure}`;
  }
  return `the difference starts at step ${quoted(first)}: ${differences.get(first)}${unsure}`;
}

/** By the paths of the steps that differ, how. */
async function compareSteps(
  { golden, signature, convert, bound }: Astray,
  recorded: RecordedSteps,
): Promise<Map<string, string>> {
  const { model, outputs } = convert([...recorded.keys()]);
  const differences = new Map<string, string>();
  for (const { path, columns } of outputs) {
    const width = recorded.get(path)![0]!.length;
    if (width !== columns.length)
      differences.set(path, `it gives ${columns.length} columns, and ${width} were recorded`);
  }
  const names = outputs.flatMap(({ numbers, texts }) => [numbers, texts].filter((name) => name !== undefined));
  await withEngine(
    model.onnx,
    async (engine) => {
      for (const { start, inputs } of goldenInputs(golden, signature)) {
        const tensors = await engine.run(inputs, names);
        for (const output of outputs) {
          if (differences.has(output.path)) continue;
          const found = firstDifference(output, recorded.get(output.path)!, { tensors, start }, toleranceOf(model));
          if (found) differences.set(output.path, describeDifference(found));
        }
      }
    },
    bound,
  );
  return differences;
}

/** In one batch of rows. @param batch what came out, and the index of its first row */
function firstDifference(
  { columns, numbers, texts }: StepOutput,
  recorded: readonly (readonly StepValue[])[],
  { tensors, start }: { readonly tensors: Tensors; readonly start: number },
  { relative }: Tolerance,
): StepDifference | undefined {
  const place = { float64: 0, string: 0, tokens: 0, any: 0 };
  const places = columns.map((type) => place[type]++);
  const [numeric, textual] = [numbers, texts].map((name) => (name === undefined ? undefined : tensors[name]!.data));
  const rows = (numeric?.length ?? 0) / (place.float64 || 1) || (textual?.length ?? 0) / (place.string || 1);
  // a number near 0 may be what is left of large ones: its column tells how exact it can be
  const sizes = columns.map((_, column) => recorded.reduce((most, row) => Math.max(most, size(row[column]!)), 0));
  for (let row = 0; row < rows; row++) {
    for (const [column, type] of columns.entries()) {
      if (type === 'any' || type === 'tokens') continue; // a text as it is in the request
      const data = type === 'string' ? textual! : numeric!;
      const value = data[row * place[type] + places[column]!] as number | string;
      const got = value === MISSING_TEXT || Number.isNaN(value) ? null : value;
      const given = recorded[start + row]![column]!;
      const expected = typeof given === 'boolean' && type === 'float64' ? Number(given) : given;
      const near =
        typeof expected === 'number' && typeof got === 'number'
          ? Math.abs(got - expected) <= relative * sizes[column]!
          : got === expected;
      if (!near) return { row: start + row, column, expected, got };
    }
  }
  return undefined;
}

function size(value: StepValue): number {
  return typeof value === 'number' ? Math.abs(value) : typeof value === 'boolean' ? 1 : 0;
}

function describeDifference({ row, column, expected, got }: StepDifference): string {
  const by =
    typeof expected === 'number' && typeof got === 'number'
      ? `, off by ${Math.abs(got - expected).toExponential(1)}`
      : '';
  return `row ${row}, column ${column} of its output: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}${by}`;
}

function listed(paths: readonly string[]): string {
  return `${paths.slice(0, LISTED).map(quoted).join(', ')}${paths.length > LISTED ? ', ...' : ''}`;
}

/** As messages name a step. */
function quoted(path: string): string {
  return path
    .split(' > ')
    .map((name) => `'${name}'`)
    .join(' > ');
}
