/** Two model packages held against each other: what they say of themselves, and what they answer to the same rows. */
import { join } from 'node:path';
import { createEngine, type Engine, LoadBound } from '../../lambda/inference/engine';
import type { OutputCounts, ShadowDifference } from '../model/instance/shadow-counts';
import { Agreement } from '../model/package/agreement';
import type { GoldenRows } from '../model/package/golden-file';
import { compareGolden, type Predictions } from '../model/package/golden-replay';
import { PACKAGE_FILES } from '../model/package/manifest';
import type { ModelPackage } from '../model/package/model-package';
import { type ComparedOutput, comparedOutputs } from '../model/package/shadow-fit';
import type { Label, Method, Signature } from '../model/rows/signature';
import { type DataRows, readDataRows, rowsFor, truthFor } from './data-rows';
import { type Evaluated, evaluate } from './evaluate';
import { type Judged, judge } from './judge';
import { type PackageChange, packageChanges } from './package-changes';

export interface DifferenceOptions {
  /** Rows of one's own: CSV, Parquet, or JSON. @default - the golden rows alone */
  readonly data?: string;
  /** Column of the data with the truth. @default - the one that no model takes */
  readonly target?: string;
  /** How far numbers may be apart and agree: a share of the number; of a probability the amount itself. */
  readonly tolerance: number;
}

export interface PackageSide {
  readonly name: string;
  readonly digest: string;
  /** Name and version. */
  readonly engine: string;
  /** Golden rows of its own that it answers otherwise than they say. @default - it has none */
  readonly goldenDiffering?: number;
}

/** The answers to one set of rows. */
export interface ComparedRows {
  /** Whose golden rows, or the data. */
  readonly of: 'golden rows' | 'golden rows of the base' | 'data';
  readonly file?: string;
  readonly rows: number;
  /** Columns that the rows do not have, so that a model which takes them was not run. @default - they have all */
  readonly missing?: { readonly base?: readonly string[]; readonly head?: readonly string[] };
  /** Rows that a model refuses. */
  readonly refused: { readonly base: number; readonly head: number };
  /** Of the rows that both answer. @default - the answers cannot be compared */
  readonly agreement?: {
    readonly rows: number;
    readonly agreeing: number;
    readonly outputs: Readonly<Partial<Record<Method, OutputCounts>>>;
    readonly confusion: readonly (readonly [base: string, head: string, rows: number])[];
    /** `served` is the base, `shadow` the head, `row` the place in the file, from 0. */
    readonly largest: readonly Omit<ShadowDifference, 'requestId'>[];
  };
  /** Against the truth. @default - the rows have none */
  readonly judged?: Judged;
}

export interface ModelDifference {
  /** @default - there was none: the model is new */
  readonly base?: PackageSide;
  readonly head: PackageSide;
  readonly changes: readonly PackageChange[];
  readonly compared: readonly ComparedRows[];
}

interface Side {
  readonly package_: ModelPackage;
  readonly engine: Engine;
}

type Records = readonly Readonly<Record<string, unknown>>[];

/**
 * @param base the package before; undefined for a model that is new
 * @throws SlipwayError as `createEngine` and `readDataRows` do; E_GOLDEN for golden rows that are no rows of their package
 */
export async function modelDifference(
  base: ModelPackage | undefined,
  head: ModelPackage,
  options: DifferenceOptions,
): Promise<ModelDifference> {
  const bound = new LoadBound({ descriptor: 2 });
  const opened: Engine[] = [];
  const open = async (package_: ModelPackage): Promise<Side> => {
    const engine = await createEngine(join(package_.directory, PACKAGE_FILES.model), { bound });
    opened.push(engine);
    return { package_, engine: bound.over(engine) };
  };
  try {
    const now = await open(head);
    const old = base && (await open(base));
    const data =
      options.data === undefined
        ? undefined
        : await readDataRows(
            options.data,
            [head, ...(base ? [base] : [])].map((one) => one.manifest.signature),
            options.target,
          );
    const compared = [
      ...(head.golden ? [await onGolden('golden rows', now, old, options)] : []),
      ...(old?.package_.golden && !sameInputs(old.package_.golden, head.golden)
        ? [await onGolden('golden rows of the base', now, old, options)]
        : []),
      ...(data ? [await onData(data, now, old, options)] : []),
    ];
    return {
      ...(old && { base: await side(old) }),
      head: await side(now),
      changes: base ? packageChanges(base.manifest, head.manifest) : [],
      compared,
    };
  } finally {
    bound.end();
    for (const engine of opened) await engine.close();
  }
}

const sameInputs = (some: GoldenRows, others: GoldenRows | undefined) =>
  JSON.stringify(some.inputs) === JSON.stringify(others?.inputs);

async function side({ package_, engine }: Side): Promise<PackageSide> {
  const { manifest, digest, golden } = package_;
  const described = { name: manifest.name, digest, engine: engine.name };
  if (!golden || !manifest.golden) return described;
  const { answers } = await evaluate(engine, manifest, golden.inputs);
  const differing = compareGolden(golden, answers as Predictions, manifest.signature, manifest.golden.tolerance);
  return { ...described, goldenDiffering: new Set(differing.map(({ row }) => row)).size };
}

/** Rows by the names of the columns, whatever form they were recorded in. */
function recordsOf(inputs: readonly unknown[], { columns }: Signature): Records {
  return inputs.map((row) => {
    if (Array.isArray(row)) return Object.fromEntries(columns.map(({ name }, i) => [name, row[i]]));
    return typeof row === 'object' && row !== null ? (row as Record<string, unknown>) : { [columns[0]!.name]: row };
  });
}

const inOrder = (records: Records, { columns }: Signature) =>
  records.map((record) => columns.map(({ name, unused }) => (unused ? null : (record[name] ?? null))));

async function onGolden(
  of: ComparedRows['of'],
  head: Side,
  base: Side | undefined,
  options: DifferenceOptions,
): Promise<ComparedRows> {
  const [own, other] = of === 'golden rows' ? [head, base] : [base!, head];
  const { inputs } = own.package_.golden!;
  const { signature } = own.package_.manifest;
  const records = recordsOf(inputs, signature);
  const ours = await evaluate(own.engine, own.package_.manifest, inputs);
  const missing = other ? missingColumns(signature, other.package_.manifest.signature) : [];
  const theirs =
    other && missing.length === 0
      ? await evaluate(other.engine, other.package_.manifest, inOrder(records, other.package_.manifest.signature))
      : undefined;
  const [ofBase, ofHead] = own === head ? [theirs, ours] : [ours, theirs];
  return {
    of,
    rows: inputs.length,
    ...(missing.length > 0 && { missing: { [own === head ? 'base' : 'head']: missing } }),
    refused: { base: refused(ofBase), head: refused(ofHead) },
    ...held(head, base, ofHead, ofBase, records, options.tolerance),
  };
}

/** Columns that a model takes and rows of another model do not have. */
function missingColumns(rows: Signature, model: Signature): string[] {
  const there = new Set(rows.columns.map(({ name }) => name));
  return model.columns.filter(({ name, unused }) => !unused && !there.has(name)).map(({ name }) => name);
}

/** A score has no scale of its own: where both give probabilities, these say it. */
function outputsToCompare(base: Signature, head: Signature): ComparedOutput[] {
  const outputs = comparedOutputs(base, head);
  const probabilities = outputs.some(({ method }) => method === 'predict_proba');
  return outputs.filter(({ method }) => !(probabilities && method === 'decision_function'));
}

async function onData(
  data: DataRows,
  head: Side,
  base: Side | undefined,
  { tolerance }: DifferenceOptions,
): Promise<ComparedRows> {
  const missing: Partial<Record<'base' | 'head', string[]>> = {};
  const run = async (name: 'base' | 'head', one: Side | undefined): Promise<Evaluated | undefined> => {
    if (!one) return undefined;
    const rows = rowsFor(one.package_.manifest.signature, data);
    if (Array.isArray(rows)) return evaluate(one.engine, one.package_.manifest, rows);
    missing[name] = rows.missing;
    return undefined;
  };
  const ofHead = await run('head', head);
  const ofBase = await run('base', base);
  const judged = data.target && judge(judgedSide(head, ofHead, data), judgedSide(base, ofBase, data));
  return {
    of: 'data',
    file: data.table.file,
    rows: data.table.rows,
    ...(Object.keys(missing).length > 0 && { missing }),
    refused: { base: refused(ofBase), head: refused(ofHead) },
    ...held(head, base, ofHead, ofBase, undefined, tolerance), // whose rows they are, nobody says: values are not told
    ...(judged && { judged }),
  };
}

function judgedSide(one: Side | undefined, evaluated: Evaluated | undefined, { target }: DataRows) {
  const signature = one?.package_.manifest.signature;
  return signature && evaluated && { signature, evaluated, truth: truthFor(signature, target!) };
}

const refused = (evaluated: Evaluated | undefined) => evaluated?.answered.filter((answered) => !answered).length ?? 0;

function held(
  head: Side,
  base: Side | undefined,
  ofHead: Evaluated | undefined,
  ofBase: Evaluated | undefined,
  records: Records | undefined,
  tolerance: number,
): Pick<ComparedRows, 'agreement'> {
  if (!base || !ofHead || !ofBase) return {};
  const outputs = outputsToCompare(base.package_.manifest.signature, head.package_.manifest.signature);
  const places = ofHead.answered.flatMap((answered, i) => (answered && ofBase.answered[i] ? [i] : []));
  if (outputs.length === 0 || places.length === 0) return {};
  const agreement = new Agreement(outputs, tolerance);
  const of = ({ answers }: Evaluated) =>
    Object.fromEntries(
      outputs.map(({ method }) => [method, places.map((place) => answers[method]![place]!)]),
    ) as Predictions;
  agreement.addAnswers({
    requestId: '',
    places,
    served: of(ofBase),
    shadow: of(ofHead),
    ...(records && { values: places.map((place) => records[place] as Record<string, Label | null>) }),
  });
  const { rows, agreeingRows, largest, ...counts } = agreement.take();
  return {
    agreement: {
      rows,
      agreeing: agreeingRows,
      outputs: counts.outputs,
      confusion: counts.confusion,
      largest: largest.map(({ requestId: _none, ...one }) => one),
    },
  };
}
