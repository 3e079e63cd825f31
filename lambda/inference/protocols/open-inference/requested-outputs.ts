/** The outputs that a request of the Open Inference Protocol wants, and in which form. */
import { isRecord } from '../../../../lib/model/formats/json';
import { describeValue } from '../../../../lib/model/rows/row';
import { type Method, rankedClasses, type Signature } from '../../../../lib/model/rows/signature';
import { TOP_OUTPUTS, type TopOutput, wantedClasses } from '../top-classes';
import { refuse } from './input-tensor';

export interface RequestedOutput {
  readonly name: Method | TopOutput;
  /** As bytes behind the JSON of the answer. */
  readonly binary: boolean;
  /** So many of its greatest values, as texts of Triton's classification extension. @default - all values */
  readonly classification?: number;
}

export function flag(parameters: unknown, name: string, where: string): boolean | undefined {
  if (parameters === undefined || parameters === null) return undefined;
  if (!isRecord(parameters)) throw refuse(`${where}: parameters must be an object, got ${describeValue(parameters)}`);
  const value = parameters[name];
  if (value === undefined || typeof value === 'boolean') return value;
  throw refuse(`${where}: ${name} must be true or false, got ${describeValue(value)}`);
}

/** One may be named several times, though nobody needs to. */
const MOST_OUTPUTS = 100;

/** The methods whose answers the outputs are made of. */
export function methodsOf(outputs: readonly RequestedOutput[]): readonly Method[] {
  return [...new Set(outputs.map(({ name }) => (isTopOutput(name) ? 'predict_proba' : name)))];
}

function isTopOutput(name: unknown): name is TopOutput {
  return TOP_OUTPUTS.some((output) => output === name);
}

/** The parameter `top` of a request. */
export function topOf(parameters: unknown, signature: Signature): number | undefined {
  const count = isRecord(parameters) ? (parameters.top ?? undefined) : undefined;
  if (count === undefined) return undefined;
  return wantedClasses({ name: 'the parameter top', count, got: describeValue(count) }, rankedClasses(signature));
}

/** How many of its greatest values an output is asked for, in Triton's way. */
function classificationOf(name: Method | TopOutput, count: unknown, signature: Signature): number {
  const classes = isTopOutput(name) ? undefined : rankedClasses(signature, name);
  const where = `output "${name}"`;
  if (classes === undefined) throw refuse(`${where}: classification is for outputs that have a value for each class`);
  return wantedClasses({ name: `${where}: classification`, count, got: describeValue(count) }, classes);
}

/** What the outputs are chosen from. */
interface OutputChoice {
  readonly signature: Signature;
  /** Whether the request wants bytes where an output says nothing else. */
  readonly allBinary: boolean;
  readonly top?: number | undefined;
}

export function requestedOutputs(outputs: unknown, { signature, allBinary, top }: OutputChoice): RequestedOutput[] {
  const own = signature.outputs.map((output) => output.name);
  const all = (top === undefined ? own : TOP_OUTPUTS).map((name) => ({ name, binary: allBinary }));
  if (outputs === undefined || outputs === null) return all;
  if (!Array.isArray(outputs)) throw refuse(`outputs: expected an array, got ${describeValue(outputs)}`);
  if (outputs.length > MOST_OUTPUTS) throw refuse(`outputs: at most ${MOST_OUTPUTS} are taken, got ${outputs.length}`);
  const known: readonly (Method | TopOutput)[] = top === undefined ? own : [...TOP_OUTPUTS, ...own];
  const requested = new Map<string, RequestedOutput>();
  outputs.forEach((output, i) => {
    const { name: asked, parameters } = isRecord(output) ? output : {};
    const name = known.find((candidate) => candidate === asked);
    if (!name) {
      const hint = isTopOutput(asked) ? `; "${asked}" goes with "parameters": {"top": 3}` : '';
      throw refuse(`outputs[${i}].name: expected one of ${known.join(', ')}, got ${describeValue(asked)}${hint}`);
    }
    requested.set(name, { name, ...outputForm(name, parameters, { signature, allBinary }) });
  });
  if (requested.size === 0) return all;
  if (top !== undefined && !TOP_OUTPUTS.some((name) => requested.has(name))) {
    throw refuse('the parameter top is for the outputs labels and probabilities; name one of them, or no outputs');
  }
  return [...requested.values()];
}

function outputForm(
  name: Method | TopOutput,
  parameters: unknown,
  { signature, allBinary }: OutputChoice,
): Omit<RequestedOutput, 'name'> {
  const where = `output "${name}"`;
  const binary = flag(parameters, 'binary_data', where) ?? allBinary;
  if (!isRecord(parameters)) return { binary };
  // it would change where the answer is; other parameters are for other servers, as the protocol has it
  if ('shared_memory_region' in parameters)
    throw refuse(`${where}: the parameter shared_memory_region is not known here`);
  const { classification } = parameters;
  if (classification === undefined || classification === null) return { binary };
  return { binary, classification: classificationOf(name, classification, signature) };
}
