/** What each step of the model gave where it was trained, which golden rows may carry: where a difference starts shows by it. */

import { SlipwayError } from '../../model/error';
import { isRecord } from '../../model/formats/json';
import { describeValue } from '../../model/rows/row';

/** `null` is a missing value. */
export type StepValue = number | string | boolean | null;

/** By the path of a step, as in `prep > dates`, its output: a row for each golden row, all of one width. */
export type RecordedSteps = ReadonlyMap<string, readonly (readonly StepValue[])[]>;

/** Problems that a message lists. */
const LISTED = 10;

/**
 * @param steps JSON, `{"prep > dates": [[...], ...], ...}`
 * @param rows number of golden rows
 * @throws SlipwayError E_GOLDEN listing what is wrong with their form
 */
export function checkSteps(steps: unknown, rows: number, source: string): RecordedSteps {
  const problems: string[] = [];
  const isObject = isRecord(steps);
  if (!isObject) problems.push(`"steps" must be an object {"step": [[...], ...]}, got ${describeValue(steps)}`);
  for (const [path, output] of isObject ? Object.entries(steps) : []) {
    const problem = wrongOutput(output, rows);
    if (problem !== undefined) problems.push(`"steps", "${path}": ${problem}`);
  }
  if (problems.length > 0) {
    throw new SlipwayError('E_GOLDEN', `${source}: the golden rows are not usable`, {
      problems: problems.slice(0, LISTED),
    });
  }
  return new Map(Object.entries(steps as Record<string, StepValue[][]>));
}

function wrongOutput(output: unknown, rows: number): string | undefined {
  if (!Array.isArray(output)) return `must be an array with a row for each input, got ${describeValue(output)}`;
  if (output.length !== rows) return `has ${output.length} rows for ${rows} inputs`;
  const [first] = output as unknown[];
  for (const [row, values] of output.entries()) {
    if (!Array.isArray(values)) return `row ${row} must be an array of values, got ${describeValue(values)}`;
    if (values.length !== (first as unknown[]).length) {
      return `row ${row} has ${values.length} values, and row 0 has ${(first as unknown[]).length}`;
    }
    const wrong = values.find((value) => value !== null && !['number', 'string', 'boolean'].includes(typeof value));
    if (wrong !== undefined) return `row ${row} must have numbers, text and null, got ${describeValue(wrong)}`;
  }
  return undefined;
}

/** @throws SlipwayError E_GOLDEN for steps that the model does not have */
export function checkStepPaths(recorded: RecordedSteps, known: readonly string[], source: string): void {
  const problems = [...recorded.keys()].filter((path) => !known.includes(path)).map((path) => `"${path}" is no step`);
  if (problems.length === 0) return;
  const listed = known.slice(0, LISTED).map((path) => `"${path}"`);
  const there =
    known.length === 0
      ? 'the model has no steps whose output could be recorded'
      : `the model's steps are ${listed.join(', ')}${known.length > LISTED ? ', ...' : ''}`;
  throw new SlipwayError('E_GOLDEN', `${source}: the golden rows have outputs of steps that are not there; ${there}`, {
    problems: problems.slice(0, LISTED),
  });
}
