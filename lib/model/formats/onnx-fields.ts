/**
 * Field numbers of the messages of an ONNX file: onnx/onnx.proto of ONNX 1.18 (IR version 10). What writes them and what
 * reads them, here and in the handler, take them from here.
 */

export const MODEL = {
  irVersion: 1,
  producerName: 2,
  producerVersion: 3,
  graph: 7,
  operatorSet: 8,
  function: 25,
} as const;

export const OPERATOR_SET = { domain: 1, version: 2 } as const;

export const GRAPH = { node: 1, name: 2, constant: 5, input: 11, output: 12, sparseConstant: 15 } as const;

export const FUNCTION = { node: 7, attribute: 11 } as const;

export const NODE = { input: 1, output: 2, operator: 4, attribute: 5, domain: 7 } as const;

export const ATTRIBUTE = {
  name: 1,
  float: 2,
  integer: 3,
  text: 4,
  tensor: 5,
  graph: 6,
  integers: 8,
  texts: 9,
  tensors: 10,
  graphs: 11,
  type: 20,
  sparseTensor: 22,
  sparseTensors: 23,
} as const;

/** `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPE = { float: 1, integer: 2, text: 3, tensor: 4, graph: 5, integers: 7, texts: 8 } as const;

export const TENSOR = {
  shape: 1,
  type: 2,
  float32: 4,
  /** Also of the smaller integers, and of truth values. */
  int32: 5,
  text: 6,
  int64: 7,
  name: 8,
  raw: 9,
  float64: 10,
  external: 13,
  location: 14,
} as const;

/** `TensorProto.DataType`, as far as Slipway has a word for it. */
export const DATA_TYPE = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
} as const;

export const SPARSE_TENSOR = { values: 1, indices: 2 } as const;

/** An input or output, its type, that of a tensor, its shape, and one axis of that. */
export const VALUE = { name: 1, type: 2 } as const;
export const VALUE_TYPE = { tensor: 1, sequence: 4, map: 5, sparseTensor: 8, optional: 9 } as const;
export const TENSOR_TYPE = { element: 1, shape: 2 } as const;
export const SHAPE = { axis: 1 } as const;
export const AXIS = { length: 1, name: 2 } as const;
