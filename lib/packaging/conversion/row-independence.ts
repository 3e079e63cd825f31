/**
 * Whether the answer to a row is the same whatever rows are beside it.
 *
 * The handler puts the rows of several requests into one run. A graph that looks across rows (a sum, a sort or a
 * softmax over the first axis) would then give a caller numbers that depend on other callers' values. No list of
 * operators tells such a graph from others, so it is run: the same rows at the same places of a run with one company and
 * with another, in several sizes and orders. What a row's company does to its answer is then seen to the bit, since
 * nothing else differs; that sizes and places matter less than rounding is compared with the row alone.
 */
import type { Engine } from '../../../lambda/inference/engine';
import { SlipwayError } from '../../model/error';
import type { Batch } from '../../model/package/batch';
import type { Tolerance } from '../../model/package/golden-file';
import type { Method, OutputTensor, Signature } from '../../model/rows/signature';
import type { Tensor, Tensors } from '../../model/rows/tensor';
import { companyOf, joined, placed, rowCount } from './probe-rows';

type Run = Engine['run'];

/** Rows whose answers are compared, and as many again that are only there to be beside them. */
const MOST_ROWS = 16;
const LEAST_ROWS = 3;
/** Sizes of the runs, rows. */
const SIZES = [2, 3, 7, 2 * MOST_ROWS] as const;
/** Orders and companies tried in each size. */
const TRIES = 3;
/** Rows that are evaluated for each that is compared, about. */
const RUNS_PER_ROW = 12;
/** What trying may take; a slower model is tried with fewer rows. */
const BUDGET_MS = 4000;

/**
 * How much more than golden rows may be off an answer may change with the number of rows in a run: engines add in
 * another order for one row than for many, and what is left of large terms shows it.
 */
const ROUNDING = 1e3;

interface RowCheck {
  readonly signature: Signature;
  /** Rows that the model accepts. */
  readonly inputs: Tensors;
  /** How far the golden answers may be off. */
  readonly tolerance: Tolerance;
  readonly batch: Batch;
  /** Whether somebody else made the graph: then places and sizes are compared too, which rounding moves. */
  readonly foreign: boolean;
  /** Name of the model file, for messages. */
  readonly file: string;
  /** Operators of the graph, for messages. */
  readonly operators: readonly string[];
}

/**
 * Run a model in several batches.
 *
 * @throws SlipwayError E_UNSUPPORTED when an answer is not one a row, is another the second time, or depends on other
 *   rows while `batch` is `rows`
 */
export async function checkRows(check: RowCheck, run: Run): Promise<void> {
  const methods = check.signature.outputs.map((output) => output.name);
  const evaluate: Evaluate = async (inputs) => {
    const outputs = await run(inputs, methods);
    for (const output of check.signature.outputs) checkShape(check, output, outputs[output.name]!, rowCount(inputs));
    return outputs;
  };
  const startedAt = performance.now();
  const {
    rows: [first],
    refusal,
  } = await acceptedRows(check.inputs, 1, evaluate);
  if (!first) throw refusal;
  const rowMs = performance.now() - startedAt;
  const repeated = firstDifference(check, lone(first.alone), lone(await evaluate(first.row)), EXACT);
  if (repeated) throw random(check, repeated);

  const most = Math.floor(BUDGET_MS / RUNS_PER_ROW / Math.max(rowMs, 0.001));
  const rows = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, most));
  if (check.batch === 'rows') await compareCompanies(check, rows, evaluate);
  else await askTwice(check, rows, evaluate);
}

type Evaluate = (inputs: Tensors) => Promise<Tensors>;

interface LoneRow {
  readonly row: Tensors;
  readonly alone: Tensors;
}

/** The rows that the model accepts one by one, with their answers, and what it said of the first that it refused. */
async function acceptedRows(
  inputs: Tensors,
  most: number,
  evaluate: Evaluate,
): Promise<{ readonly rows: readonly LoneRow[]; readonly refusal?: unknown }> {
  const rows: LoneRow[] = [];
  let refusal: unknown;
  for (let i = 0; i < rowCount(inputs) && rows.length < most; i++) {
    const row = placed([inputs], [[0, i]]);
    try {
      rows.push({ row, alone: await evaluate(row) });
    } catch (error) {
      if (isVerdict(error)) throw error;
      refusal ??= error;
    }
  }
  return { rows, refusal };
}

/** Whether it is ours and of the graph, not of a row that it refuses. */
function isVerdict(error: unknown): boolean {
  return SlipwayError.is(error) && error.code === 'E_UNSUPPORTED';
}

async function askTwice(check: RowCheck, rows: number, evaluate: Evaluate): Promise<void> {
  const places = Array.from({ length: rows }, (_, i) => i);
  const all = placed(
    [check.inputs],
    places.map((i) => [0, i % rowCount(check.inputs)] as const),
  );
  const once = { tensors: await evaluate(all), places };
  const again = { tensors: await evaluate(all), places };
  const difference = firstDifference(check, once, again, EXACT);
  if (difference) throw random(check, difference);
}

async function compareCompanies(check: RowCheck, rows: number, evaluate: Evaluate): Promise<void> {
  const { rows: own } = await acceptedRows(check.inputs, rows, evaluate);
  const { rows: near } = await acceptedRows(companyOf(check.inputs, rows, 'near'), rows, evaluate);
  const { rows: far } = await acceptedRows(companyOf(check.inputs, rows, 'far'), rows, evaluate);
  // a model may refuse what nobody has recorded: then its own rows keep each other company
  const companies = [[...near, ...own], far.length > 0 ? far : [...own].reverse()] as const;
  const scales = check.signature.outputs.map((output) => scaleOf(own.map(({ alone }) => alone[output.name]!)));
  const rounding: Nearness = { tolerance: check.tolerance, scales };
  for (const size of SIZES.filter((rowsOfRun) => rowsOfRun <= 2 * rows)) {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      // rows to compare and company take turns, and every attempt has them at other places
      const isCompany = (place: number) => (place + attempt) % 2 === 0;
      const compared = Array.from({ length: size }, (_, place) => place).filter((place) => !isCompany(place));
      const ownAt = (place: number) => (place + attempt * 5) % own.length;
      const run = (company: readonly LoneRow[]) => {
        const rowsOfRun = Array.from({ length: size }, (_, place) =>
          isCompany(place) ? company[(place + attempt) % company.length]! : own[ownAt(place)]!,
        );
        return together(check, joined(rowsOfRun.map(({ row }) => row)), evaluate);
      };
      const some = { tensors: await run(companies[0]), places: compared };
      const others = { tensors: await run(companies[1]), places: compared };
      const difference = firstDifference(check, some, others, EXACT);
      if (difference) throw dependent(check, difference, size);
      if (!check.foreign) continue;
      for (const place of compared) {
        const moved = firstDifference(check, lone(own[ownAt(place)]!.alone), { ...some, places: [place] }, rounding);
        if (moved) throw dependent(check, moved, size);
      }
    }
  }
}

/** Rows that the model accepts one by one, in one run. */
async function together({ file }: RowCheck, inputs: Tensors, evaluate: Evaluate): Promise<Tensors> {
  try {
    return await evaluate(inputs);
  } catch (error) {
    if (isVerdict(error)) throw error;
    const reason = (error as Error).message.slice(0, 200);
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: answers rows one by one, and fails on ${rowCount(inputs)} of them together (${reason}); export the model with a first axis that is not fixed`,
      { cause: error },
    );
  }
}

interface Difference {
  readonly method: Method;
  readonly one: unknown;
  readonly other: unknown;
}

/** How near two numbers must be: the same, or within rounding, by the usual size of each output. */
type Nearness = 'exact' | { readonly tolerance: Tolerance; readonly scales: readonly number[] };
const EXACT: Nearness = 'exact';

/** Rows of a run, by their places in it. */
interface Answers {
  readonly tensors: Tensors;
  readonly places: readonly number[];
}

/** The answer of a run of one row. */
const lone = (tensors: Tensors): Answers => ({ tensors, places: [0] });

/** Compares the rows of two runs, the first with the first and so on. */
function firstDifference({ signature }: RowCheck, a: Answers, b: Answers, nearness: Nearness): Difference | undefined {
  for (const [i, { name, width, type }] of signature.outputs.entries()) {
    const [one, other] = [a.tensors[name]!.data, b.tensors[name]!.data];
    // near a boundary the label is decided by rounding; the numbers beside it are compared
    const labels = type !== 'float64' && type !== 'float32';
    if (nearness !== 'exact' && labels && signature.outputs.length > 1) continue;
    for (const [k, place] of a.places.entries()) {
      for (let column = 0; column < width; column++) {
        const x = one[place * width + column];
        const y = other[b.places[k]! * width + column];
        if (!near(x, y, nearness, i)) return { method: name, one: shown(x), other: shown(y) };
      }
    }
  }
  return undefined;
}

function near(x: unknown, y: unknown, nearness: Nearness, output: number): boolean {
  if (Object.is(x, y) || x === y) return true;
  if (nearness === 'exact' || typeof x !== 'number' || typeof y !== 'number') return false;
  const { absolute, relative } = nearness.tolerance;
  const size = Math.max(Math.abs(x), Math.abs(y), nearness.scales[output]!);
  return Math.abs(x - y) <= ROUNDING * (absolute + relative * size);
}

/** Usual size of the numbers of an output: their median. */
function scaleOf(tensors: readonly Tensor[]): number {
  const sizes = tensors
    .flatMap(({ type, data }) => (type === 'float64' || type === 'float32' ? [...data] : []))
    .map(Math.abs)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return sizes[sizes.length >> 1] ?? 0;
}

function shown(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

function checkShape({ file }: RowCheck, { name, width }: OutputTensor, tensor: Tensor, rows: number): void {
  const answered = tensor.shape[0] ?? 1;
  if (answered === rows && tensor.data.length === rows * width) return;
  const [given, right] =
    answered === rows
      ? [`${tensor.data.length / rows} of ${width} values a row`, '']
      : [`${answered} ${answered === 1 ? 'answer' : 'answers'}`, ` for ${rows === 1 ? 'one row' : `${rows} rows`}`];
  throw new SlipwayError(
    'E_UNSUPPORTED',
    `${file}: gives ${given} of ${name}${right}; export the model so that its first axis is that of the rows, from its inputs to its outputs`,
  );
}

function random({ file }: RowCheck, { method, one, other }: Difference): SlipwayError {
  return new SlipwayError(
    'E_UNSUPPORTED',
    `${file}: answers the same row with ${JSON.stringify(one)}, and asked again with ${JSON.stringify(other)} (${method}); a model that draws random numbers cannot be verified: export it for inference, without its random operators`,
  );
}

/** Operators that can look across rows; others cannot be to blame. */
const ACROSS_ROWS =
  /^(Reduce|Arg(Max|Min)|CumSum|.*Softmax|Hardmax|TopK|Unique|NonZero|.*Norm|.*Normalization|Loop|Scan|If|MatMul|Gemm|Einsum|Transpose|Reshape|Gather|Scatter|Reverse|Compress|Slice|Pad|Resize|.*Pool|Conv|LSTM|GRU|RNN|Shape|Size|Range|OneHot|Det|Where|Attention)/;

function dependent({ file, operators, foreign }: RowCheck, { method, one, other }: Difference, rows: number): Error {
  const values = `${method} ${JSON.stringify(one)} or ${JSON.stringify(other)} in a run of ${rows}`;
  // Slipway's own converters build every graph row by row
  if (!foreign) return new Error(`${file}: the converted model's answer to a row depends on others (${values})`);
  const suspects = operators.filter((name) => ACROSS_ROWS.test(name.replace(/^.*\./, '')));
  const which = suspects.length > 0 ? ` (its operators that can: ${suspects.join(', ')})` : '';
  return new SlipwayError(
    'E_UNSUPPORTED',
    `${file}: the answer to a row depends on the rows beside it: ${values}${which}; requests that share a run would get each other's values. Export a model whose every row stands alone, or pack it with --batch whole: each request is then a run of its own`,
  );
}
