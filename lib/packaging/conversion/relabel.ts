/** What a model answers as its label: other labels for its integers, and a threshold of one's own. */
import { SlipwayError } from '../../model/error';
import { DATA_TYPE } from '../../model/formats/onnx-fields';
import { type Label, outputOf } from '../../model/rows/signature';
import type { ConvertedModel } from '../estimator/assemble';
import { rawBytes } from '../onnx';
import { type DocumentChanges, readOnnxDocument, renameValue, writeOnnxDocument } from '../onnx/document';
import type { OnnxNode, OnnxTensor } from '../onnx/model';

export interface Relabelling {
  /** The label that each integer stands for. @default - the model's own labels */
  readonly labels?: readonly Label[];
  /** Probability of the second class from which on it is the label, above 0 and at most 1. @default - the model's own rule */
  readonly threshold?: number;
}

/**
 * The model with other labels.
 *
 * @throws SlipwayError E_UNSUPPORTED when the model has no such labels or no such probability
 */
export function relabel(file: string, model: ConvertedModel, relabelling: Relabelling): ConvertedModel {
  const { labels, threshold } = relabelling;
  if (labels === undefined && threshold === undefined) return model;
  const classes = finalClasses(file, model, labels);
  if (threshold !== undefined) checkThreshold(file, model);

  const original = 'slipway_predict';
  const document = renameValue(readOnnxDocument(file, model.onnx), 'predict', original);
  const nodes: OnnxNode[] = [];
  const constants: (OnnxTensor & { name: string })[] = [];
  const node = (operator: string, inputs: string[], output: string, attributes: OnnxNode['attributes'] = {}) => {
    nodes.push({ operator, domain: '', inputs, outputs: [output], attributes });
    return output;
  };
  const constant = (name: string, tensor: OnnxTensor) => {
    constants.push({ ...tensor, name });
    return name;
  };
  if (threshold === undefined) {
    node('Gather', [constant('slipway_labels', table(labels!)), original], 'predict', { axis: 0 });
  } else {
    const second = constant('slipway_second', { type: 'int64', shape: [], bytes: rawBytes(BigInt64Array.of(1n)) });
    const probability = node('Gather', ['predict_proba', second], 'slipway_probability', { axis: 1 });
    const double = node('Cast', [probability], 'slipway_double', { to: DATA_TYPE.float64 });
    // "not below" would take NaN in; ">=" is not in the oldest operator sets
    const below = constant('slipway_below', {
      type: 'float64',
      shape: [],
      bytes: rawBytes(Float64Array.of(nextBelow(threshold))),
    });
    const reached = node('Greater', [double, below], 'slipway_reached');
    const index = node('Cast', [reached], 'slipway_index', { to: DATA_TYPE.int64 });
    node('Gather', [constant('slipway_labels', table(classes)), index], 'predict', { axis: 0 });
  }
  const type = tableType(threshold === undefined ? labels! : classes);
  const outputs = model.signature.outputs.map((output) => (output.name === 'predict' ? { ...output, type } : output));
  const changes: DocumentChanges = {
    nodes,
    constants,
    inputs: model.signature.inputs.map((input) => ({ ...input, shape: [null, input.columns.length] })),
    outputs: outputs.map((output) => ({ ...output, shape: output.width === 1 ? [null] : [null, output.width] })),
  };
  return {
    ...model,
    onnx: writeOnnxDocument(document, changes),
    signature: { ...model.signature, outputs, classes },
  };
}

/** The labels in the order of the probabilities. */
function finalClasses(
  file: string,
  { signature }: ConvertedModel,
  labels: readonly Label[] | undefined,
): readonly Label[] {
  const { classes } = signature;
  if (!classes) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: has no classes, so --labels and --threshold have no meaning for it`,
    );
  }
  if (!labels) return classes;
  const whole = outputOf(signature, 'predict')?.type === 'int64';
  const wrong = classes.find((label) => typeof label !== 'number' || labels[label] === undefined);
  if (!whole || wrong !== undefined) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: predicts ${JSON.stringify(wrong ?? classes[0])}, which is no integer from 0 to ${labels.length - 1}; --labels is for a model that was trained on what the LabelEncoder made`,
    );
  }
  return classes.map((label) => labels[label as number]!);
}

function checkThreshold(file: string, { signature }: ConvertedModel): void {
  const { classes } = signature;
  if (classes?.length !== 2 || outputOf(signature, 'predict_proba')?.width !== 2) {
    const what = classes?.length === 2 ? 'gives no probabilities' : `has ${classes?.length} classes`;
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: ${what}; --threshold is for classifiers of two classes with predict_proba`,
    );
  }
}

function tableType(labels: readonly Label[]): 'string' | 'bool' | 'int64' | 'float64' {
  if (labels.every((label) => typeof label === 'string')) return 'string';
  if (labels.every((label) => typeof label === 'boolean')) return 'bool';
  return labels.every((label) => Number.isSafeInteger(label)) ? 'int64' : 'float64';
}

function table(labels: readonly Label[]): OnnxTensor {
  const shape = [labels.length];
  const type = tableType(labels);
  switch (type) {
    case 'string':
      return { type, shape, texts: labels as string[] };
    case 'bool':
      return { type, shape, bytes: Uint8Array.from(labels, Number) };
    case 'int64':
      return { type, shape, bytes: rawBytes(BigInt64Array.from(labels as number[], BigInt)) };
    default:
      return { type, shape, bytes: rawBytes(Float64Array.from(labels as number[])) };
  }
}

/** The largest double below a positive one. */
function nextBelow(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0]! -= 1n;
  return new Float64Array(bits.buffer)[0]!;
}
