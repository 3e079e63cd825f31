/** A fitted scikit-learn model -> an ONNX model and its signature. */
import type { ComputeClass } from '../../model/manifest';
import type { Column, InputTensor, Method, OutputTensor, Signature } from '../../model/signature';
import { type LoadedFile, limitError, PyObject } from '../joblib';
import { GraphBuilder, LARGE_PRODUCT_BYTES, productBytes, serializeModel } from '../onnx';
import { Conversion, type InputTypes, type Prediction } from './converter';
import { Estimator, type VersionPolicy } from './estimator';
import { type ColumnType, type RawColumn, rawColumn, TextWanted } from './feature-column';
import { type Features, mixedFeatures } from './features';
import { notAnEstimator } from './refusal';
import { converterOf } from './registry';
import { outputSteps, type StepOutput } from './steps';
import { namesOf, type Training, trainedOn } from './trained-on';

export interface ConvertedModel {
  /** The ONNX model, serialised. Same file, same bytes. */
  readonly onnx: Uint8Array;
  readonly signature: Signature;
  readonly computeClass: ComputeClass;
  /** Full class names from the outside in. */
  readonly estimators: readonly string[];
  /** Versions that the file records. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Whether the library itself computes in single precision. */
  readonly singlePrecision?: boolean;
  /** What counts as missing, where a file of XGBoost does not say: what was given for it, or the assumption that NaN alone does. */
  readonly missing?: 'given' | 'assumed';
  /** Paths of its steps, in the order of the data, by which golden rows may say what each gives. */
  readonly steps?: readonly string[];
}

/** The objects of a file. */
type Objects = Pick<LoadedFile, 'file' | 'root'>;

/** Names of the graph's inputs, by what they hold. */
const INPUTS = { float64: 'input', string: 'text', tokens: 'tokens' } as const;

/** Columns of a row. A model says their number in a few bytes, and the signature has an entry for each. */
const MAXIMUM_COLUMNS = 100_000;

/** Order of the graph's outputs. */
const METHODS: readonly Method[] = ['predict', 'predict_proba', 'decision_function'];

/**
 * Convert what a file holds.
 *
 * @throws SlipwayError E_UNSUPPORTED naming the class or option that cannot be converted; E_FORMAT when an
 *   estimator contradicts itself; E_LIMIT when it grows beyond what one model can be
 */
export function convertModel(loaded: Objects, versions?: VersionPolicy): ConvertedModel {
  return convert(loaded, versions, []).model;
}

/** As `convertModel`, to a graph that also gives what these steps of the model make of X. */
export function convertWithSteps(
  loaded: Objects,
  versions: VersionPolicy,
  paths: readonly string[],
): { readonly model: ConvertedModel; readonly outputs: readonly StepOutput[] } {
  return convert(loaded, versions, paths);
}

function convert(
  loaded: Objects,
  versions: VersionPolicy | undefined,
  paths: readonly string[],
): { readonly model: ConvertedModel; readonly outputs: readonly StepOutput[] } {
  const { file, root } = loaded;
  if (!(root instanceof PyObject)) throw notAnEstimator(file, root);
  const model = Estimator.root(file, root, versions);
  const training = trainingOfAll(model);
  let types = typesOf(model);
  if (types && types.length !== training.width) {
    throw model.damaged(`it has ${types.length} columns, and was fitted with ${training.width}`);
  }
  for (;;) {
    try {
      return convertColumns(model, training, types, paths);
    } catch (error) {
      if (!(error instanceof TextWanted)) throw error; // each time at least one more column is text
      const wanted = new Set(error.columns.map(({ name }) => name));
      const columns = rawColumns(model, training.width, training.names, types);
      types = columns.map(({ name, type }): ColumnType => (wanted.has(name) ? 'string' : type));
    }
  }
}

/** @throws TextWanted when some of these types are wrong */
function convertColumns(
  model: Estimator,
  { width, names }: Training,
  types: InputTypes,
  paths: readonly string[],
): { readonly model: ConvertedModel; readonly outputs: readonly StepOutput[] } {
  let conversion: Conversion | undefined;
  let outputs: readonly StepOutput[] = [];
  const assembled = assembleModel(rawColumns(model, width, names, types), names !== undefined, (graph, features) => {
    conversion = new Conversion(graph, converterOf);
    const prediction = conversion.predict(model, features);
    outputs = outputSteps(graph, new Map([...conversion.steps.byPath()].filter(([path]) => paths.includes(path))));
    return prediction;
  });
  const { classNames, libraries, singlePrecision, missing, steps } = conversion!;
  const converted: ConvertedModel = {
    ...assembled,
    estimators: classNames,
    libraries: { ...(model.sklearnVersion !== undefined && { 'scikit-learn': model.sklearnVersion }), ...libraries },
    singlePrecision,
    ...(missing && { missing }),
    steps: [...steps.byPath().keys()],
  };
  return { model: converted, outputs };
}

/**
 * The graph and the signature of what `predict` makes of X.
 *
 * @param named whether the model itself knows the names of its columns
 */
export function assembleModel(
  columns: readonly RawColumn[],
  named: boolean,
  predict: (graph: GraphBuilder, features: Features) => Prediction,
): Pick<ConvertedModel, 'onnx' | 'signature' | 'computeClass'> {
  const graph = new GraphBuilder('model');
  const inputs = inputTensors(columns);
  const numbers = inputs.find(({ type }) => type === 'float64');
  const texts = inputs.find(({ name }) => name === INPUTS.string);
  const tokens = inputs.find(({ name }) => name === INPUTS.tokens);
  const features = mixedFeatures(
    columns.map(rawColumn),
    numbers && graph.input(numbers.name, 'float64', numbers.columns.length),
    texts && graph.input(texts.name, 'string', texts.columns.length),
    tokens && graph.input(tokens.name, 'string', tokens.columns.length),
  );
  const prediction = predict(graph, features);

  const outputs: OutputTensor[] = [];
  for (const name of METHODS) {
    const output = prediction.outputs[name];
    if (!output) continue;
    graph.output(name, output.value, output.width);
    outputs.push({ name, type: output.value.type, width: output.width });
  }
  const built = graph.finish();
  const { computeClass } = prediction;
  return {
    onnx: serializeModel(built),
    signature: {
      columns: columns.map(toColumn),
      namedColumns: named,
      inputs,
      outputs,
      ...(prediction.classes && { classes: prediction.classes }),
    },
    computeClass: computeClass === 'scalar' && productBytes(built) > LARGE_PRODUCT_BYTES ? 'gemm' : computeClass,
  };
}

/** What the estimator inside is that is given X, or else what those around it are: many of these make an array of a frame. */
function trainingOfAll(estimator: Estimator): Training {
  const { entry } = converterOf(estimator);
  if (!entry) return trainingOf(estimator);
  const inner = trainingOfAll(entry(estimator));
  const names = inner.names ?? namesOf(estimator);
  if (names && names.length !== inner.width) {
    throw estimator.damaged(`it has ${inner.width} columns, and ${names.length} names of them`);
  }
  return { width: inner.width, ...(names && { names }) };
}

function trainingOf(estimator: Estimator): Training {
  return converterOf(estimator).trainedOn?.(estimator) ?? trainedOn(estimator, trainingOf);
}

/**
 * The columns that a model was fitted with; every number is accepted until an estimator narrows it.
 *
 * @param model says where they are wrong
 */
export function rawColumns(
  model: Pick<Estimator, 'file' | 'unsupported'>,
  width: number,
  names: readonly string[] | undefined,
  types: InputTypes,
): RawColumn[] {
  if (width > MAXIMUM_COLUMNS) {
    const remedy = 'each row of a request would hold as many numbers: fit it on fewer, as SelectKBest chooses them';
    throw limitError(model.file, `takes ${width} columns`, `${MAXIMUM_COLUMNS} columns`, remedy);
  }
  const seen = new Set<string>();
  const repeated = names?.find((name) => seen.size === seen.add(name).size);
  if (repeated !== undefined) {
    throw model.unsupported(`was fitted with two columns called "${repeated}"; give every column a name of its own`);
  }
  return Array.from({ length: width }, (_, i) => ({
    name: names?.[i] ?? `x${i}`, // scikit-learn's own names for columns without one
    type: types?.[i] ?? 'float64',
    missing: true,
    maximum: Number.POSITIVE_INFINITY,
    above: Number.NEGATIVE_INFINITY,
  }));
}

/** What X's columns must be, as far as the estimators say. */
function typesOf(estimator: Estimator): InputTypes {
  const { inputTypes, entry } = converterOf(estimator);
  if (inputTypes) return inputTypes(estimator, typesOf);
  return entry && typesOf(entry(estimator));
}

/** One tensor for the numbers, one for the text and one for the tokens, as far as there are any. */
function inputTensors(columns: readonly RawColumn[]): InputTensor[] {
  return (['float64', 'string', 'tokens'] as const)
    .map((type) => ({
      name: INPUTS[type],
      type: type === 'float64' ? type : ('string' as const),
      columns: columns.flatMap((column, i) => (column.type === type ? [i] : [])),
    }))
    .filter((tensor) => tensor.columns.length > 0);
}

function toColumn({ name, type, missing, maximum, above, except, categories, tokens }: RawColumn): Column {
  if (type === 'any') return { name, type: 'string', missing: true, unused: true };
  return {
    name,
    type: type === 'tokens' ? 'string' : type,
    missing,
    ...(maximum < Number.MAX_VALUE && { maximum }),
    ...(above > -Number.MAX_VALUE && { above }),
    ...(except !== undefined && { except }),
    ...(categories && { categories: [...categories] }),
    ...(tokens && { tokens }),
  };
}
