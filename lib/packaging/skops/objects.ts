/** The objects of a skops file: each has a loader, which says how its parts are written. The loaders are those of skops alone. */
import { type ErrorCode, SlipwayError } from '../../model/error';
import { isRecord } from '../../model/formats/json';
import { parsePythonJson } from '../../model/formats/python-json';
import type { Members } from '../archives/archive';
import {
  chargeObjects,
  DType,
  inertGlobal,
  limitError,
  NumpyArray,
  PyObject,
  PyTuple,
  type PyValue,
  type ReaderLimits,
  SIZE,
} from '../joblib';
import { readKey } from './keys';
import { readNpy } from './npy';
import { readSparse } from './sparse';

type Described = Readonly<Record<string, unknown>>;

/** Objects within objects. A stack of pipelines has a tenth of it. */
const MOST_LEVELS = 500;

type Loader = (this: ObjectReader, described: Described) => PyValue;

export class ObjectReader {
  private readonly usage = { objectBytes: 0 };
  private arrayBytes = 0;
  private depth = 0;
  private readonly known = new Map<unknown, PyValue>();
  /** A file that several objects name is read once. */
  private readonly arrays = new Map<string, NumpyArray>();

  constructor(
    readonly file: string,
    private readonly members: Members,
    private readonly limits: ReaderLimits,
  ) {}

  error(code: ErrorCode, what: string): SlipwayError {
    return new SlipwayError(code, `${this.file}: ${what}`);
  }

  damaged(what: string): SlipwayError {
    return this.error('E_FORMAT', `is damaged: ${what}`);
  }

  /** @param value an object as `schema.json` describes it */
  read(value: unknown): PyValue {
    if (!isRecord(value)) throw this.damaged('something in it is not described as an object');
    const loader = value.__loader__;
    if (typeof loader !== 'string') throw this.damaged('an object in it has no loader');
    if (loader === 'CachedNode') return this.recall(value.__id__);
    const load = Object.hasOwn(LOADERS, loader) ? LOADERS[loader] : undefined;
    if (!load) {
      const shown = JSON.stringify(loader.slice(0, 100));
      throw this.error(
        'E_UNSUPPORTED',
        `has a part that skops loads by ${shown}, which is not read; save it with joblib.dump`,
      );
    }
    if (++this.depth > MOST_LEVELS) throw limitError(this.file, 'nests objects deeply', `${MOST_LEVELS} levels`);
    this.charge(SIZE.object);
    const made = load.call(this, value);
    this.depth--;
    if (value.__id__ !== undefined) this.known.set(value.__id__, made);
    return made;
  }

  charge(bytes: number): void {
    chargeObjects(bytes, this.file, this.usage, this.limits);
  }

  private recall(id: unknown): PyValue {
    const found = this.known.get(id);
    if (found === undefined) throw this.damaged('it refers to an object that it does not have');
    return found;
  }

  /** The class or function that an object names. @throws SlipwayError E_UNSAFE for one that no model needs */
  name({ __module__: module, __class__: name }: Described) {
    if (typeof module !== 'string' || typeof name !== 'string') throw this.damaged('an object in it has no class');
    return inertGlobal(module, name, this.file);
  }

  record(value: unknown): Described {
    if (isRecord(value)) return value;
    throw this.damaged('the content of an object is not what its loader takes');
  }

  list(value: unknown): PyValue[] {
    if (!Array.isArray(value)) throw this.damaged('the content of a list is none');
    return value.map((item) => this.read(item));
  }

  tuple(value: unknown): readonly PyValue[] {
    const read = this.read(value);
    if (read instanceof PyTuple) return read.items;
    throw this.damaged('the arguments of an object are not a tuple');
  }

  /** The bytes of a file beside `schema.json`. */
  bytes(value: unknown): Buffer {
    const member = typeof value === 'string' ? this.members.get(value) : undefined;
    if (!member) throw this.damaged('it names a file that is not in it');
    this.arrayBytes += member.bytes;
    if (this.arrayBytes > this.limits.arrayBytes) {
      throw limitError(this.file, `has arrays of ${this.arrayBytes} bytes`, `${this.limits.arrayBytes} bytes`);
    }
    return member.read();
  }

  array(value: unknown): NumpyArray {
    const known = this.arrays.get(String(value));
    if (known) return known;
    const array = readNpy(this.file, String(value), this.bytes(value));
    this.arrays.set(String(value), array);
    return array;
  }

  instance(described: Described, args: readonly PyValue[], state?: PyValue): PyObject {
    const object = new PyObject(this.name(described), args);
    const isEmpty = state instanceof Map && state.size === 0;
    if (state !== undefined && state !== null && !isEmpty) object.state = state;
    return object;
  }

  isBuiltin(described: Described, name: string): boolean {
    return described.__module__ === 'builtins' && described.__class__ === name;
  }
}

const LOADERS: Readonly<Record<string, Loader>> = {
  JsonNode({ content }) {
    return primitive(this, content);
  },
  DictNode(described) {
    const types = this.list(this.record(described.key_types).content);
    const entries = Object.entries(this.record(described.content));
    if (entries.length !== types.length) throw this.damaged('a dict in it has keys without a type');
    this.charge(entries.length * SIZE.entry);
    const keyOf = readKey(this, types, entries);
    const dict = new Map(entries.map(([key, value], i): [PyValue, PyValue] => [keyOf(key, i), this.read(value)]));
    if (this.isBuiltin(described, 'dict')) return dict;
    const object = this.instance(described, []);
    object.entries = dict;
    return object;
  },
  DefaultDictNode(described) {
    const content = this.record(described.content);
    const object = this.instance(described, [this.read(content.default_factory)]);
    const main = this.read(content.main);
    if (main instanceof Map) object.entries = main;
    return object;
  },
  _DictWithDeprecatedKeysNode(described) {
    return this.read(this.record(described.content).main);
  },
  ListNode(described) {
    const items = this.list(described.content);
    if (this.isBuiltin(described, 'list')) return items;
    const object = this.instance(described, []);
    object.items = items;
    return object;
  },
  TupleNode(described) {
    const items = this.list(described.content);
    return this.isBuiltin(described, 'tuple') ? new PyTuple(items) : this.instance(described, items);
  },
  SetNode({ content }) {
    return new Set(this.list(content));
  },
  FunctionNode(described) {
    const { content } = described; // until protocol 0 the name stood in there
    if (!isRecord(content)) return this.name(described);
    return this.name({ __module__: content.module_path, __class__: content.function });
  },
  TypeNode(described) {
    return this.name(described);
  },
  PartialNode(described) {
    const { func, args, kwds, namespace } = this.record(described.content);
    const parts = [func, args, kwds, namespace].map((part) => this.read(part));
    return this.instance(described, [parts[0]!], new PyTuple(parts));
  },
  SliceNode({ content }) {
    const { start, stop, step } = this.record(content);
    const bounds = [start, stop, step].map((bound) => (typeof bound === 'number' ? bound : null));
    return new PyObject(inertGlobal('builtins', 'slice', this.file), bounds);
  },
  ObjectNode(described) {
    const { content } = described;
    return this.instance(described, [], content === undefined || content === null ? undefined : this.read(content));
  },
  ConstructorFromReduceNode(described) {
    return this.instance(described, this.tuple(described.content));
  },
  MethodNode({ content }) {
    const { obj, func } = this.record(content);
    if (typeof func !== 'string') throw this.damaged('a method in it has no name');
    return new PyObject(inertGlobal('builtins', 'getattr', this.file), [this.read(obj), func]);
  },
  OperatorFuncNode(described) {
    return this.instance(described, this.tuple(described.attrs));
  },
  BytesNode({ file }) {
    return this.bytes(file);
  },
  BytearrayNode({ file }) {
    return this.bytes(file);
  },
  NdArrayNode(described) {
    if (described.type === 'json') return objectArray(this, described);
    const array = this.array(described.file);
    return described.__class__ === 'ndarray' ? array : (scalar(array) ?? this.instance(described, [array]));
  },
  MaskedArrayNode(described) {
    const { data, mask } = this.record(described.content);
    return this.instance(described, [this.read(data), this.read(mask)]);
  },
  DTypeNode({ content }) {
    const empty = this.read(content);
    if (!(empty instanceof NumpyArray)) throw this.damaged('a type of numpy in it is none');
    return empty.dtype ?? null;
  },
  // what a model was trained with plays no part in its answers
  RandomStateNode(described) {
    return this.instance(described, []);
  },
  RandomGeneratorNode(described) {
    return this.instance(described, []);
  },
  SparseMatrixNode(described) {
    return this.instance(described, [], readSparse(this.file, String(described.file), this.bytes(described.file)));
  },
  TreeNode: reduced,
  LossNode: reduced,
  QuantileForestNode: reduced,
};

function reduced(this: ObjectReader, described: Described): PyValue {
  const args = this.tuple(this.record(described.__reduce__).args);
  return this.instance(described, args, this.read(described.content));
}

/** None, a truth value, a number or a text. */
function primitive(reader: ObjectReader, content: unknown): PyValue {
  if (typeof content !== 'string') throw reader.damaged('a value in it is not written as JSON');
  if (/^-?\d{16,4096}$/.test(content)) {
    const exact = BigInt(content);
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
  }
  if (content === 'NaN') return Number.NaN;
  try {
    const value: unknown = parsePythonJson(content, 'number');
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value as PyValue;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw reader.damaged('a value in it is neither text nor a number');
}

/** An array of Python objects: lists within a list, as many as it has axes. */
function objectArray(reader: ObjectReader, { content, shape }: Described): NumpyArray {
  const lengths = reader.tuple(shape);
  const size = lengths.reduce((product: number, length) => product * Number(length), 1);
  let items: PyValue[] = reader.list(content);
  for (let axis = 1; axis < lengths.length; axis++) {
    items = items.flatMap((item) => {
      if (!Array.isArray(item)) throw reader.damaged('an array in it has another length than its shape');
      return item;
    });
  }
  if (lengths.length === 0 || items.length !== size)
    throw reader.damaged('an array in it has another length than its shape');
  return new NumpyArray(reader.file).fillObjects(DType.parse('O8')!.seal(), lengths as number[], items);
}

/** An array without axes as the plain value that it is; undefined where it is neither text nor a number. */
function scalar(array: NumpyArray): PyValue | undefined {
  const { dtype } = array;
  if (array.shape.length > 0 || !dtype) return undefined;
  if (dtype.kind === 'U') return array.strings()?.[0];
  if (!array.isNumeric) return undefined;
  if (dtype.itemSize === 8 && dtype.kind !== 'f') {
    const view = new DataView(array.bytes.buffer, array.bytes.byteOffset, 8);
    const read =
      dtype.kind === 'i' ? view.getBigInt64(0, dtype.littleEndian) : view.getBigUint64(0, dtype.littleEndian);
    return Number.isSafeInteger(Number(read)) ? Number(read) : read;
  }
  const [value = 0] = array.numbers();
  return dtype.kind === 'b' ? value === 1 : value;
}
