/** numpy's element types, as they are pickled: a type string such as `f8`, and a state with byte order and fields. */
import { SlipwayError } from '../../model/error';
import { PyTuple, type PyValue } from './values';

const TYPE_STRING = /^[<>|=]?([biufcSUVOMm])(\d{1,9})?$/;

type DTypeKind = 'b' | 'i' | 'u' | 'f' | 'c' | 'S' | 'U' | 'V' | 'O' | 'M' | 'm';

interface DTypeField {
  readonly dtype: DType;
  /** Byte offset within an element. */
  readonly offset: number;
}

export class DType {
  littleEndian = true;
  /** Fields of a structured type by name; undefined for a plain one. */
  fields: ReadonlyMap<string, DTypeField> | undefined;
  /** Whether each element is itself an array. */
  hasSubarray = false;
  private complete = false;

  constructor(
    readonly kind: DTypeKind,
    public itemSize: number,
  ) {}

  /**
   * @param text numpy's type string without byte order, e.g. `f8`, `U12`, `O8`, `V64`
   * @returns undefined for a type that is not known
   */
  static parse(text: string): DType | undefined {
    const match = TYPE_STRING.exec(text);
    if (!match) return undefined;
    const kind = match[1] as DTypeKind;
    const size = match[2] === undefined ? (kind === 'O' ? 8 : kind === 'b' ? 1 : 0) : Number(match[2]);
    const dtype = new DType(kind, kind === 'U' ? size * 4 : size); // numpy stores UCS-4
    dtype.littleEndian = !text.startsWith('>');
    return dtype;
  }

  /** Byte order, kind and size, e.g. `<f8`; what messages call the type. */
  toString(): string {
    if (this.fields) return `a structure of ${[...this.fields.keys()].join(', ')}`;
    const size = this.kind === 'U' ? this.itemSize / 4 : this.itemSize;
    return `${this.littleEndian ? '' : '>'}${this.kind}${this.kind === 'O' ? '' : size}`;
  }

  /** Whether elements are Python objects, or structures that hold some. */
  get hasObject(): boolean {
    if (this.kind === 'O') return true;
    return this.fields !== undefined && [...this.fields.values()].some((field) => field.dtype.hasObject);
  }

  /** No state may be set any more: an array already relies on the size. */
  seal(): this {
    this.complete = true;
    return this;
  }

  /**
   * Take over numpy's pickled state `(version, byte order, subarray, names, fields, item size, alignment, flags, ...)`.
   *
   * @throws SlipwayError E_FORMAT when it contradicts itself
   */
  setState(state: PyValue, file: string): void {
    const refuse = (what: string) => new SlipwayError('E_FORMAT', `${file}: has a numpy type whose state ${what}`);
    if (this.complete) throw refuse('is set twice');
    if (!(state instanceof PyTuple) || state.items.length < 8) throw refuse('is not a tuple of 8 or more');
    const [version, order, subarray, names, fields, itemSize] = state.items;
    if (version !== 3 && version !== 4) throw refuse(`has version ${String(version)}; 3 and 4 are known`);
    const byteOrder = order instanceof Uint8Array ? Buffer.from(order).toString('latin1') : order;
    if (typeof byteOrder !== 'string' || !['<', '>', '|', '='].includes(byteOrder)) throw refuse('has no byte order');
    this.littleEndian = byteOrder !== '>';
    this.hasSubarray = subarray !== null;
    if (typeof itemSize === 'number' && itemSize >= 0) {
      if (this.kind === 'V') this.itemSize = itemSize;
      else if (itemSize !== this.itemSize && this.kind !== 'O') throw refuse('has another size than its name');
    }
    if (names !== null && names !== undefined) this.fields = this.readFields(names, fields, refuse);
    this.complete = true;
  }

  private readFields(names: PyValue, fields: PyValue | undefined, refuse: (what: string) => SlipwayError) {
    if (!(names instanceof PyTuple) || !(fields instanceof Map)) throw refuse('has names without fields');
    const read = new Map<string, DTypeField>();
    for (const name of names.items) {
      const description = fields.get(name);
      if (typeof name !== 'string' || !(description instanceof PyTuple)) throw refuse('has a field without a type');
      const [dtype, offset] = description.items;
      if (!(dtype instanceof DType) || typeof offset !== 'number') throw refuse(`has a wrong field "${name}"`);
      if (dtype === this || !Number.isSafeInteger(offset) || offset < 0 || offset + dtype.itemSize > this.itemSize) {
        throw refuse(`puts field "${name}" outside of the element`);
      }
      read.set(name, { dtype: dtype.seal(), offset });
    }
    return read;
  }
}
