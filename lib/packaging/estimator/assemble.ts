/** What a model makes of its columns -> an ONNX model and its signature. */
import type { ComputeClass } from '../../model/package/manifest';
import type { Column, InputTensor, OutputTensor, Signature } from '../../model/rows/signature';
import { METHODS } from '../../model/rows/signature';
import { limitError } from '../joblib';
import { GraphBuilder, LARGE_PRODUCT_BYTES, productBytes, serializeModel } from '../onnx';
import type { InputTypes, Prediction } from './converter';
import type { Estimator } from './estimator';
import { type RawColumn, rawColumn } from './feature-column';
import { type Features, mixedFeatures } from './features';

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

/** Names of the graph's inputs, by what they hold. */
const INPUTS = { float64: 'input', string: 'text', tokens: 'tokens' } as const;

/** Columns of a row. A model says their number in a few bytes, and the signature has an entry for each. */
const MAXIMUM_COLUMNS = 100_000;

/** Order of the graph's outputs. */

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
