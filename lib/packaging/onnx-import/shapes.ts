/**
 * What the shape of a tensor follows from, for the operators that make large tensors out of small ones, and for those that
 * stand between them. Of everything else nothing is known. ONNX operator sets 1 to 23.
 */
import type { ProtobufReader } from '../../model/formats/protobuf-reader';
import { attributeOf, smallIntegers } from '../onnx/attribute';
import { type DocumentNode, type DocumentTensor, readTensor } from '../onnx/document';
import type { OnnxType } from '../onnx/model';

/** What is known of a value of a graph. */
export interface Known {
  /** A `null` length is not known: the number of rows, as a rule. */
  readonly shape: readonly (number | null)[];
  readonly elementBytes: number;
  /** Whether it is the same for every row. */
  readonly constant: boolean;
  /** The elements, where they are few integers that the file says. */
  readonly values?: readonly number[];
}

type Inputs = readonly (Known | undefined)[];
type Rule = (inputs: Inputs, node: DocumentNode, reader: ProtobufReader) => Known | undefined;

const BYTES: Readonly<Record<OnnxType, number>> = {
  float32: 4,
  uint8: 1,
  int32: 4,
  int64: 8,
  string: 8,
  bool: 1,
  float64: 8,
};
/** Of a type that is not known: as of a float. */
const USUAL_BYTES = 4;
/** `TensorProto.DataType` of 8 bytes, and of 1. */
const EIGHT_BYTES = [7, 11, 12, 13];
const ONE_BYTE = [2, 3, 9];

/** Elements for one row, or of a constant. */
export function elements({ shape }: Known): number {
  return shape.reduce<number>((product, length) => product * (length ?? 1), 1);
}

export function knownConstant(reader: ProtobufReader, tensor: DocumentTensor): Known {
  const values = smallIntegers(reader, tensor);
  const elementBytes = tensor.type ? BYTES[tensor.type] : USUAL_BYTES;
  return { shape: tensor.shape, elementBytes, constant: true, ...(values && { values }) };
}

/** As of the inputs, with another shape. */
function shaped(inputs: Inputs, shape: readonly (number | null)[], elementBytes = inputs[0]?.elementBytes): Known {
  return {
    shape,
    elementBytes: elementBytes ?? USUAL_BYTES,
    constant: inputs.every((input) => input?.constant ?? false),
  };
}

/** A list of integers that the file says, as the elements of a value. */
function list(inputs: Inputs, values: readonly number[] | undefined): Known | undefined {
  return (
    values && { shape: [values.length], elementBytes: 8, constant: inputs.every((input) => input?.constant), values }
  );
}

/** Undefined where a shape is not known. */
function broadcast(inputs: Inputs): (number | null)[] | undefined {
  if (inputs.some((input) => input === undefined)) return undefined;
  const shapes = inputs.map((input) => input!.shape);
  const axes = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: axes }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[shape.length - axes + axis] ?? (shape.length < axes - axis ? 1 : null));
    if (lengths.includes(0)) return 0;
    const most = Math.max(...lengths.map((length) => length ?? 1));
    return most === 1 && lengths.includes(null) ? null : most;
  });
}

const alike: Rule = ([input]) => input;

function arithmetic(calculate?: (a: number, b: number) => number): Rule {
  return (inputs) => {
    const shape = broadcast(inputs);
    if (!shape) return undefined;
    const [a, b] = inputs.map((input) => input?.values);
    if (!calculate || !a || !b || inputs.length !== 2) return shaped(inputs, shape);
    const length = Math.max(a.length, b.length);
    if (![a, b].every((values) => values.length === length || values.length === 1)) return shaped(inputs, shape);
    const values = Array.from({ length }, (_, i) => calculate(a[a.length > 1 ? i : 0]!, b[b.length > 1 ? i : 0]!));
    return { ...shaped(inputs, shape), values };
  };
}

const compare: Rule = (inputs) => {
  const shape = broadcast(inputs);
  return shape && shaped(inputs, shape, 1);
};

/** Of the attribute `axis`, counted from the end where it is negative. */
function axisOf(reader: ProtobufReader, node: DocumentNode, axes: number, otherwise: number): number {
  const axis = attributeOf(reader, node, 'axis')?.integer ?? otherwise;
  return axis < 0 ? axis + axes : axis;
}

const RULES: Readonly<Record<string, Rule>> = {
  Constant: (_, node, reader) => {
    const value = attributeOf(reader, node, 'value')?.tensor;
    if (value) return knownConstant(reader, readTensor(reader, value));
    const { integers } = attributeOf(reader, node, 'value_ints') ?? {};
    if (integers && integers.length > 0) return list([], integers);
    const { integer } = attributeOf(reader, node, 'value_int') ?? {};
    return integer === undefined ? undefined : { shape: [], elementBytes: 8, constant: true, values: [integer] };
  },
  ConstantOfShape: (inputs, node, reader) => {
    const value = attributeOf(reader, node, 'value')?.tensor;
    const bytes = value ? knownConstant(reader, readTensor(reader, value)).elementBytes : USUAL_BYTES;
    return inputs[0]?.values && shaped(inputs, inputs[0].values, bytes);
  },
  Expand: (inputs) => {
    const [data, to] = inputs;
    if (!to?.values) return undefined;
    const wanted: Known = { ...to, shape: to.values };
    return shaped(inputs, broadcast([data ?? wanted, wanted])!, data?.elementBytes ?? USUAL_BYTES);
  },
  Tile: (inputs) => {
    const [data, repeats] = inputs;
    if (!repeats?.values) return undefined;
    const lengthOf = (times: number, axis: number) => {
      const length = data ? (data.shape[axis] ?? null) : 1;
      return length === null && times === 1 ? null : times * (length ?? 1);
    };
    return shaped(inputs, repeats.values.map(lengthOf));
  },
  Range: (inputs) => {
    const [start, limit, delta] = inputs.map((input) => input?.values?.[0]);
    if (start === undefined || limit === undefined || !delta) return undefined;
    return shaped(inputs, [Math.max(0, Math.ceil((limit - start) / delta))]);
  },
  Pad: (inputs) => {
    const [data, pads] = inputs;
    if (!data || !pads?.values || pads.values.length !== 2 * data.shape.length) return undefined;
    const both = (axis: number) => pads.values![axis]! + pads.values![axis + data.shape.length]!;
    return shaped(
      inputs,
      data.shape.map((length, axis) => (length ?? 0) + both(axis)),
    );
  },
  OneHot: (inputs) => {
    const [indices, depth, values] = inputs;
    if (!indices || !depth?.values) return undefined;
    return shaped(inputs, [...indices.shape, depth.values[0] ?? 1], values?.elementBytes);
  },
  Resize: (inputs, node) => {
    const sizes = inputs[node.inputs.length === 4 ? 3 : -1]?.values;
    return sizes && shaped(inputs, sizes);
  },
  Shape: (inputs, node, reader) => {
    const [data] = inputs;
    if (!data || data.shape.includes(null)) return undefined;
    const start = attributeOf(reader, node, 'start')?.integer ?? 0;
    const end = attributeOf(reader, node, 'end')?.integer ?? data.shape.length;
    return list(inputs, (data.shape as number[]).slice(start, end));
  },
  Size: ([data]) => {
    if (!data || data.shape.includes(null)) return undefined;
    return { shape: [], elementBytes: 8, constant: data.constant, values: [elements(data)] };
  },
  Concat: (inputs, node, reader) => {
    if (inputs.some((input) => input === undefined)) return undefined;
    if (inputs.every((input) => input!.values && input!.shape.length === 1)) {
      return list(inputs, inputs.flatMap((input) => input!.values!).slice(0, MOST_VALUES));
    }
    const first = inputs[0]!.shape;
    const axis = axisOf(reader, node, first.length, 0);
    const sum = inputs.reduce((total, input) => total + (input!.shape[axis] ?? 1), 0);
    return shaped(
      inputs,
      first.map((length, i) => (i === axis ? sum : length)),
    );
  },
  Gather: (inputs, node, reader) => {
    const [data, indices] = inputs;
    if (!data || !indices) return undefined;
    const axis = axisOf(reader, node, data.shape.length, 0);
    const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
    const { values } = data;
    if (!values || !indices.values || data.shape.length !== 1) return shaped(inputs, shape);
    const chosen = indices.values.map((i) => values[i < 0 ? i + values.length : i] ?? 0);
    return { ...shaped(inputs, shape), values: chosen };
  },
  Reshape: (inputs) => {
    const [data, to] = inputs;
    if (!to?.values) return undefined;
    const shape = to.values.map((length, axis) =>
      length === 0 ? (data?.shape[axis] ?? null) : length < 0 ? null : length,
    );
    const values = data?.values && { values: data.values };
    if (!data || data.shape.includes(null)) return shaped(inputs, shape);
    const rest = elements(data) / shape.reduce<number>((product, length) => product * (length ?? 1), 1);
    return {
      ...shaped(
        inputs,
        shape.map((length) => length ?? rest),
      ),
      ...values,
    };
  },
  Unsqueeze: ([data]) => data?.values && { ...data, shape: [data.values.length] },
  Squeeze: ([data]) => data?.values && { ...data, shape: data.values.length === 1 ? [] : [data.values.length] },
  MatMul: (inputs) => {
    const [a, b] = inputs;
    if (!a || !b || a.shape.length < 2 || b.shape.length < 2) return undefined;
    const outer = broadcast([
      { ...a, shape: a.shape.slice(0, -2) },
      { ...b, shape: b.shape.slice(0, -2) },
    ])!;
    return shaped(inputs, [...outer, a.shape.at(-2)!, b.shape.at(-1)!]);
  },
  Transpose: ([data], node, reader) => {
    const order = attributeOf(reader, node, 'perm')?.integers;
    if (!data) return undefined;
    const shape =
      order?.length === data.shape.length ? order.map((axis) => data.shape[axis] ?? null) : [...data.shape].reverse();
    return { ...shaped([data], shape) };
  },
  Cast: ([data], node, reader) => {
    const to = attributeOf(reader, node, 'to')?.integer ?? 0;
    return data && { ...data, elementBytes: EIGHT_BYTES.includes(to) ? 8 : ONE_BYTE.includes(to) ? 1 : USUAL_BYTES };
  },
  Add: arithmetic((a, b) => a + b),
  Sub: arithmetic((a, b) => a - b),
  Mul: arithmetic((a, b) => a * b),
  Div: arithmetic((a, b) => Math.trunc(a / b)),
};

/** Integers of a list that are followed. */
const MOST_VALUES = 1024;

const ALIKE =
  'Identity Neg Abs Exp Log Sqrt Relu Sigmoid Tanh Sign Floor Ceil Round Reciprocal Softmax LogSoftmax Erf Clip LeakyRelu Elu Softplus CumSum Sin Cos Dropout EyeLike';
const BROADCAST = 'Pow Mod Max Min Sum Mean PRelu';
const COMPARE = 'Equal Greater Less GreaterOrEqual LessOrEqual And Or Xor';

const ALL = new Map<string, Rule>([
  ...Object.entries(RULES),
  ...ALIKE.split(' ').map((name): [string, Rule] => [name, alike]),
  ...BROADCAST.split(' ').map((name): [string, Rule] => [name, arithmetic()]),
  ...COMPARE.split(' ').map((name): [string, Rule] => [name, compare]),
  [
    'Where',
    (inputs) => {
      const shape = broadcast(inputs);
      return shape && shaped(inputs, shape, inputs[1]?.elementBytes);
    },
  ],
]);

/** The first output of a node; undefined where nothing follows. */
export function resultOf(inputs: Inputs, node: DocumentNode, reader: ProtobufReader): Known | undefined {
  return node.domain === '' ? ALL.get(node.operator)?.(inputs, node, reader) : undefined;
}
