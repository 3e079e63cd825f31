import type { ElementType } from './signature';

/** Storage of each element type. int64 is BigInt64Array, as in ONNX Runtime; bool is one byte an element, 0 or 1. */
export interface TensorData {
  float64: Float64Array;
  float32: Float32Array;
  int64: BigInt64Array;
  bool: Uint8Array;
  string: string[];
}

/** A dense, row-major tensor. `shape` is `[rows]` or `[rows, columns]`. */
export type Tensor = {
  [T in ElementType]: { readonly type: T; readonly shape: readonly number[]; readonly data: TensorData[T] };
}[ElementType];

/** Tensors by the name of the graph input or output. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Storage for so many elements: zeros, or empty texts. */
export function allocate(type: ElementType, length: number): TensorData[ElementType] {
  switch (type) {
    case 'float64':
      return new Float64Array(length);
    case 'float32':
      return new Float32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'bool':
      return new Uint8Array(length);
    case 'string':
      return new Array<string>(length).fill('');
  }
}
