/**
 * The outputs of an ONNX file as the answers of methods, named as scikit-learn names them.
 *
 * Exporters differ: skl2onnx ends a classifier with ZipMap, a list of dictionaries; or with a tensor of probabilities;
 * or with one vector for each class. All become plain tensors here.
 */
import { SlipwayError } from '../../model/error';
import { DATA_TYPE } from '../../model/formats/onnx-fields';
import type { ElementType, Label, Method, OutputTensor } from '../../model/rows/signature';
import { METHODS } from '../../model/rows/signature';
import type { DocumentNode, DocumentValue, OnnxDocument } from '../onnx/document';
import { rawBytes } from '../onnx/graph';
import type { OnnxNode, OnnxTensor, OnnxValue } from '../onnx/model';
import { elementType } from './inputs';

/** What is appended to the graph so that its outputs are ours. */
interface ImportedOutputs {
  readonly outputs: readonly OutputTensor[];
  readonly declared: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly (OnnxTensor & { readonly name: string })[];
  readonly without: ReadonlySet<DocumentNode>;
  readonly classes?: readonly Label[];
}

interface Found {
  readonly method: Method;
  /** Values of the graph that are the answer; several are columns next to each other. */
  readonly values: readonly string[];
  readonly type: ElementType;
  readonly width: number;
  /** Whether the file does not say that the value has this type. */
  readonly cast?: true;
}

const isFloat = (type: ElementType | undefined) => type === 'float32' || type === 'float64';

/** @throws SlipwayError E_UNSUPPORTED when it cannot be told which output is which */
export function importOutputs(document: OnnxDocument, classes: readonly Label[] | undefined): ImportedOutputs {
  const zipMaps = document.nodes.filter((node) => node.operator === 'ZipMap' && node.domain === 'ai.onnx.ml');
  const zipped = new Map(zipMaps.map((node) => [node.outputs[0], node]));
  const plain = document.outputs.filter(({ name }) => !zipped.has(name));
  const found: Found[] = [];

  for (const output of document.outputs) {
    const zipMap = zipped.get(output.name);
    if (!zipMap) continue;
    if (!classes) throw refuse(document, 'ends with a ZipMap that does not name its classes');
    const type = elementTypeOfProbabilities(document);
    found.push({ method: 'predict_proba', values: [zipMap.inputs[0]!], type, width: classes.length, cast: true });
  }
  found.push(...plainOutputs(document, plain, classes));

  const methods = new Set(found.map(({ method }) => method));
  if (methods.size < found.length || !methods.has('predict')) throw unclear(document);
  const classifier = methods.has('predict_proba') || methods.has('decision_function');
  found.sort((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method));
  return { ...rewrite(document, found), without: new Set(zipMaps), ...(classes && classifier && { classes }) };
}

/** ZipMap takes float32 alone, by its definition; exporters of models in double feed it float64 all the same. */
function elementTypeOfProbabilities(document: OnnxDocument): ElementType {
  return document.inputs.some(({ type }) => type === 'float64') ? 'float64' : 'float32';
}

function plainOutputs(
  document: OnnxDocument,
  outputs: readonly DocumentValue[],
  classes: readonly Label[] | undefined,
): Found[] {
  const labels = outputs.filter((output) => !isFloat(elementType(output)));
  const numbers = outputs.filter((output) => isFloat(elementType(output)));
  const wrong = outputs.find((output) => !elementType(output));
  if (wrong) {
    throw refuse(
      document,
      `has the output "${wrong.name}", ${wrong.description}, which is no answer of a model of tables`,
    );
  }
  const whole = (output: DocumentValue, method: Method, width: number): Found => ({
    method,
    values: [output.name],
    type: elementType(output)!,
    width,
  });
  const named = outputs.filter(({ name }) => (METHODS as readonly string[]).includes(name));
  if (named.length === outputs.length && outputs.length > 0) {
    return outputs.map((output) => {
      const width = output.name === 'predict' && labels.includes(output) ? 1 : widthOf(output, classes);
      return whole(output, output.name as Method, width);
    });
  }
  // one number a row, or several: a regressor
  const [label] = labels;
  if (labels.length === 0 && numbers.length === 1)
    return [whole(numbers[0]!, 'predict', widthOf(numbers[0]!, undefined))];
  if (labels.length !== 1) throw unclear(document);
  const answers = [whole(label!, 'predict', 1)];
  if (numbers.length > 1 && classes?.length === numbers.length) {
    const values = numbers.map(({ name }) => name);
    return [...answers, { method: 'predict_proba', values, type: elementType(numbers[0]!)!, width: classes.length }];
  }
  for (const output of numbers) {
    const method: Method | undefined = /prob/i.test(output.name)
      ? 'predict_proba'
      : /score|decision/i.test(output.name)
        ? 'decision_function'
        : undefined;
    if (!method) throw unclear(document);
    answers.push(whole(output, method, widthOf(output, method === 'predict_proba' ? classes : undefined)));
  }
  return answers;
}

/** Values in each row of an output. */
function widthOf(output: DocumentValue, classes: readonly Label[] | undefined): number {
  const { shape } = output;
  if (shape?.length === 1) return 1;
  const width = shape?.length === 2 ? shape[1] : undefined;
  return width ?? classes?.length ?? 1;
}

/** The file's outputs become values within; ours are made of them: `[rows]` for a width of 1, otherwise `[rows, width]`. */
function rewrite(document: OnnxDocument, found: readonly Found[]) {
  const taken = new Set([...document.constants.keys(), ...document.nodes.flatMap(({ outputs }) => outputs)]);
  const nodes: OnnxNode[] = [];
  const constants: (OnnxTensor & { name: string })[] = [];
  const outputs: OutputTensor[] = [];
  const declared: OnnxValue[] = [];
  const node = (operator: string, inputs: string[], output: string, attributes: OnnxNode['attributes'] = {}) =>
    nodes.push({ operator, domain: '', inputs, outputs: [output], attributes });
  const fresh = (name: string) => {
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return name;
  };
  const shapeConstant = (shape: readonly number[]) => {
    const name = fresh('slipway_shape');
    constants.push({ name, type: 'int64', shape: [shape.length], bytes: rawBytes(BigInt64Array.from(shape, BigInt)) });
    return name;
  };
  for (const { method, values, type, width, cast } of found) {
    outputs.push({ name: method, type, width });
    declared.push({ name: method, type, shape: width === 1 ? [null] : [null, width] });
    const [only] = values;
    if (values.length === 1 && only === method) {
      const rank = document.outputs.find(({ name }) => name === method)?.shape?.length;
      if (rank === (width === 1 ? 1 : 2)) continue; // it is as it should be
      throw refuse(
        document,
        `has the output "${method}" with another shape than ${width === 1 ? '[rows]' : '[rows, width]'}`,
      );
    }
    if (taken.has(method)) throw refuse(document, `uses the name "${method}" for something within; rename it`);
    if (values.length === 1) {
      const reshaped = cast ? fresh('slipway_reshaped') : method;
      node('Reshape', [only!, shapeConstant(width === 1 ? [-1] : [-1, width])], reshaped);
      if (cast) node('Cast', [reshaped], method, { to: DATA_TYPE[type] });
    } else {
      const columns = values.map((value) => {
        const column = fresh(`${value}_column`);
        node('Reshape', [value, shapeConstant([-1, 1])], column);
        return column;
      });
      node('Concat', columns, method, { axis: 1 });
    }
  }
  return { outputs, declared, nodes, constants };
}

function refuse({ file }: OnnxDocument, what: string): SlipwayError {
  return new SlipwayError('E_UNSUPPORTED', `${file}: ${what}`);
}

function unclear(document: OnnxDocument): SlipwayError {
  const names = document.outputs.map(({ name, description }) => `"${name}" (${description})`).join(', ');
  return refuse(
    document,
    `has the outputs ${names}, and which of them is the prediction cannot be told; name them predict, predict_proba and decision_function`,
  );
}
