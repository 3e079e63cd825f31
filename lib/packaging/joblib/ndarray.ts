/** numpy arrays as inert data: element type, shape, and the bytes as they lie in the file. */
import { SlipwayError } from '../../model/error';
import type { DType } from './dtype';
import type { PyValue } from './values';

export class NumpyArray {
  dtype: DType | undefined;
  shape: readonly number[] = [0];
  /** Whether the bytes are column-major. */
  columnMajor = false;
  /** The elements as bytes; empty for arrays of Python objects. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The elements of an array of Python objects, row-major. */
  objects: readonly PyValue[] | undefined;
  /** False between the opcode that makes the array and the one that fills it. */
  filled = false;

  /** @param file name for messages */
  constructor(readonly file: string) {}

  get size(): number {
    return this.shape.reduce((product, length) => product * length, 1);
  }

  fill(dtype: DType | undefined, shape: readonly number[], bytes: Uint8Array, columnMajor: boolean): this {
    this.dtype = dtype;
    this.shape = shape;
    this.bytes = bytes;
    this.columnMajor = columnMajor;
    this.filled = true;
    return this;
  }

  fillObjects(dtype: DType | undefined, shape: readonly number[], objects: readonly PyValue[]): this {
    this.fill(dtype, shape, new Uint8Array(0), false);
    this.objects = objects;
    return this;
  }

  /** Whether `numbers` can read it: booleans, integers and floats of 4 or 8 bytes. */
  get isNumeric(): boolean {
    return (
      this.dtype !== undefined && !this.dtype.fields && !this.dtype.hasSubarray && reader(this.dtype) !== undefined
    );
  }

  /**
   * The elements in row-major order, as doubles; booleans as 0 and 1. A view of the file where it can be.
   *
   * @throws SlipwayError E_FORMAT when the elements are not numbers; E_UNSUPPORTED for integers beyond 2^53
   */
  numbers(): Float64Array {
    const dtype = this.required();
    if (dtype.fields) throw this.wrong('numbers');
    const native = dtype.kind === 'f' && dtype.itemSize === 8 && dtype.littleEndian && !this.isTransposed;
    if (native && this.bytes.byteOffset % 8 === 0 && this.bytes.byteLength === this.size * 8) {
      return new Float64Array(this.bytes.buffer, this.bytes.byteOffset, this.size);
    }
    return this.inRowMajor(this.column(dtype, 0));
  }

  /**
   * One field of an array of structures, as doubles.
   *
   * @returns undefined when there is no field of that name
   */
  field(name: string): Float64Array | undefined {
    const field = this.required().fields?.get(name);
    return field && this.inRowMajor(this.column(field.dtype, field.offset));
  }

  /**
   * The elements in row-major order, as text: numpy strings, or Python strings in an array of objects.
   *
   * @returns undefined when some element is not text
   */
  strings(): string[] | undefined {
    if (this.objects) {
      return this.objects.every((value) => typeof value === 'string') ? (this.objects as string[]) : undefined;
    }
    const { dtype } = this;
    if (dtype?.kind !== 'U' || dtype.fields || dtype.hasSubarray) return undefined;
    this.checkBytes(dtype.itemSize);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    const texts = Array.from({ length: this.size }, (_, i) => {
      let text = '';
      for (let at = i * dtype.itemSize; at < (i + 1) * dtype.itemSize; at += 4) {
        const point = view.getUint32(at, dtype.littleEndian);
        if (point > 0x10ffff) throw new SlipwayError('E_FORMAT', `${this.file}: is damaged: a string is not Unicode`);
        text += String.fromCodePoint(point);
      }
      return text.replace(/\0+$/, ''); // numpy pads with zeros, and so cannot hold trailing ones
    });
    return this.inRowMajor(texts);
  }

  private get isTransposed(): boolean {
    return this.columnMajor && this.shape.length > 1;
  }

  private required(): DType {
    if (!this.dtype) throw this.wrong('numbers');
    return this.dtype;
  }

  private wrong(expected: string): SlipwayError {
    return new SlipwayError(
      'E_FORMAT',
      `${this.file}: has an array of ${this.dtype ?? 'a type that is not known'} where ${expected} are expected`,
    );
  }

  private checkBytes(itemSize: number): void {
    if (this.bytes.byteLength !== this.size * itemSize) {
      throw new SlipwayError('E_FORMAT', `${this.file}: is damaged: an array has not the bytes that its shape says`);
    }
  }

  /** Elements in the order of the file. */
  private column(dtype: DType, offset: number): Float64Array {
    const read = reader(dtype);
    if (!read || dtype.hasSubarray || this.objects) throw this.wrong('numbers');
    const stride = this.required().itemSize;
    this.checkBytes(stride);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    const numbers = new Float64Array(this.size);
    const { littleEndian } = dtype;
    for (let i = 0, at = offset; i < numbers.length; i++, at += stride) numbers[i] = read(view, at, littleEndian);
    if ((dtype.kind === 'i' || dtype.kind === 'u') && dtype.itemSize === 8 && !numbers.every(Number.isSafeInteger)) {
      throw new SlipwayError('E_UNSUPPORTED', `${this.file}: has integers beyond 2^53, which JSON cannot carry`);
    }
    return numbers;
  }

  private inRowMajor<T extends Float64Array | string[]>(elements: T): T {
    if (!this.isTransposed) return elements;
    const { shape } = this;
    const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, length) => product * length, 1));
    const ordered = elements.slice() as T;
    const index = shape.map(() => 0);
    for (let i = 0; i < elements.length; i++) {
      ordered[i] = elements[index.reduce((sum, at, axis) => sum + at * strides[axis]!, 0)]!;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        if (++index[axis]! < shape[axis]!) break;
        index[axis] = 0;
      }
    }
    return ordered;
  }
}

type Reader = (view: DataView, offset: number, littleEndian: boolean) => number;

const READERS: Readonly<Record<string, Reader>> = {
  b1: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  // Two halves, since a BigInt for each node of a forest is slow. What exceeds 2^53 stays beyond it, and is found out.
  i8: (view, at, little) =>
    view.getInt32(at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little),
  u8: (view, at, little) =>
    view.getUint32(at + (little ? 4 : 0), little) * 2 ** 32 + view.getUint32(at + (little ? 0 : 4), little),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

function reader(dtype: DType): Reader | undefined {
  return READERS[`${dtype.kind}${dtype.itemSize}`];
}
