/**
 * The pickle machine: opcodes in, inert values out.
 *
 * It has no primitive that calls, imports or looks anything up. What Python would do with a name
 * is recorded in `Global` and `PyObject`; what it would do with numpy's own few names, `reduce.ts` does.
 *
 * Format: Python's `pickletools`; joblib's arrays between the opcodes: `wrapper.ts`.
 */
import { DType } from './dtype';
import type { Input } from './input';
import { limitError, type ReaderLimits } from './limits';
import { currentModule } from './modules';
import { NumpyArray } from './ndarray';
import { chargeObjects, SIZE } from './object-budget';
import { OP, REFUSED_OPCODES } from './opcodes';
import { reduce, setArrayState } from './reduce';
import { readScalar } from './scalars';
import { OperandStack } from './stack';
import { isSuspicious, refuseOtherWriters, unsafeName } from './suspicious';
import { Global, PyObject, PyTuple, type PyValue } from './values';
import { isArrayWrapper, readWrappedArray } from './wrapper';

/** What all pickles of one file share: a pickle inside a pickle counts towards the same limits. */
export interface Usage {
  opcodes: number;
  memoEntries: number;
  arrayBytes: number;
  /** Estimated bytes of the objects made. */
  objectBytes: number;
  /** Milliseconds that keys took which are not text. */
  keysMs: number;
  /** The protocol that the outermost pickle announced. */
  protocol: number;
  /** Whether joblib's own arrays occur. */
  joblib: boolean;
}

/** Numbers that are written as lines of text. */
const TEXT_NUMBERS: ReadonlySet<number> = new Set([OP.INT, OP.LONG, OP.FLOAT]);

/** So many keys are told apart in no time. */
const FEW_KEYS = 1000;

export class PickleMachine {
  private readonly stack: OperandStack;
  private readonly memo: (PyValue | undefined)[] = [];
  /** Where the opcode being worked on begins. */
  private at = 0;

  /** @param depth 1 for the pickle that is the file, 2 for one inside it */
  constructor(
    private readonly input: Input,
    private readonly limits: ReaderLimits,
    private readonly usage: Usage,
    private readonly depth: number,
  ) {
    if (depth > limits.nestedPickles) {
      throw limitError(input.file, `nests pickles ${depth} deep`, `${limits.nestedPickles}`);
    }
    this.stack = new OperandStack(input, limits.stack);
  }

  /** Works through one pickle, up to and with its STOP. */
  run(): PyValue {
    const { input, limits, usage, stack } = this;
    for (;;) {
      this.at = input.position;
      if (++usage.opcodes > limits.opcodes) {
        throw limitError(input.file, 'has too many instructions', `${limits.opcodes} instructions`);
      }
      const opcode = input.uint8();
      if (opcode === OP.STOP) {
        const result = stack.pop();
        if (!stack.isEmpty) throw this.damaged('it ends with more than one object');
        return result;
      }
      const scalar = readScalar(opcode, input, limits);
      if (scalar !== undefined) {
        if (typeof scalar === 'string') this.charge(SIZE.text + scalar.length);
        else if (scalar instanceof Uint8Array) this.charge(SIZE.bytes);
        else if (TEXT_NUMBERS.has(opcode) || typeof scalar === 'bigint') this.charge(SIZE.number);
        stack.push(scalar);
      } else if (!this.collect(opcode) && !this.remember(opcode) && !this.make(opcode)) throw this.unknown(opcode);
    }
  }

  /** Opcodes of tuples, lists, dicts and sets, and of the stack itself. */
  private collect(opcode: number): boolean {
    const { stack } = this;
    switch (opcode) {
      case OP.MARK:
        stack.mark();
        return true;
      case OP.POP:
        stack.drop();
        return true;
      case OP.POP_MARK:
        stack.popMark();
        return true;
      case OP.DUP:
        stack.push(stack.top());
        return true;
      case OP.EMPTY_LIST:
        this.charge(SIZE.list);
        stack.push([]);
        return true;
      case OP.LIST:
        this.charge(SIZE.list);
        stack.push(stack.popMark());
        return true;
      case OP.APPEND:
        this.append(stack.popSeveral(1));
        return true;
      case OP.APPENDS:
        this.append(stack.popMark());
        return true;
      case OP.EMPTY_TUPLE:
        this.charge(SIZE.tuple);
        stack.push(new PyTuple([]));
        return true;
      case OP.TUPLE:
        this.charge(SIZE.tuple);
        stack.push(new PyTuple(stack.popMark()));
        return true;
      case OP.TUPLE1:
      case OP.TUPLE2:
      case OP.TUPLE3:
        this.charge(SIZE.tuple);
        stack.push(new PyTuple(stack.popSeveral(opcode - OP.TUPLE1 + 1)));
        return true;
      case OP.EMPTY_DICT:
        this.charge(SIZE.dict);
        stack.push(new Map());
        return true;
      case OP.DICT:
        this.charge(SIZE.dict);
        stack.push(this.setItems(new Map(), stack.popMark()));
        return true;
      case OP.SETITEM:
        this.setItemsOnTop(stack.popSeveral(2));
        return true;
      case OP.SETITEMS:
        this.setItemsOnTop(stack.popMark());
        return true;
      case OP.EMPTY_SET:
        this.charge(SIZE.dict);
        stack.push(new Set());
        return true;
      case OP.FROZENSET: {
        const items = stack.popMark();
        this.charge(SIZE.dict + items.length * SIZE.entry);
        stack.push(new Set(items));
        return true;
      }
      case OP.ADDITEMS: {
        const items = stack.popMark();
        const set = stack.top();
        if (!(set instanceof Set)) throw this.damaged('it adds items to something that is not a set');
        this.charge(items.length * SIZE.entry);
        for (const item of items) set.add(item);
        return true;
      }
      default:
        return false;
    }
  }

  /** Opcodes of the memo and of the frame around everything. */
  private remember(opcode: number): boolean {
    const { input, memo } = this;
    switch (opcode) {
      case OP.MEMOIZE:
        this.memoize(memo.length);
        return true;
      case OP.BINPUT:
        this.memoize(input.uint8());
        return true;
      case OP.LONG_BINPUT:
        this.memoize(input.uint32());
        return true;
      case OP.PUT:
        this.memoize(this.memoKey());
        return true;
      case OP.BINGET:
        this.recall(input.uint8());
        return true;
      case OP.LONG_BINGET:
        this.recall(input.uint32());
        return true;
      case OP.GET:
        this.recall(this.memoKey());
        return true;
      case OP.PROTO: {
        const protocol = input.uint8();
        if (protocol > 5) throw this.damaged(`it says protocol ${protocol}, and 5 is the highest there is`);
        if (this.depth === 1) this.usage.protocol = protocol;
        return true;
      }
      case OP.FRAME: {
        // frames help those who read from a socket; the length alone says whether the file is whole
        const length = input.length64();
        if (length > input.remaining) input.skip(length);
        return true;
      }
      default:
        return false;
    }
  }

  /** Opcodes of names, calls and instances. */
  private make(opcode: number): boolean {
    const { input, limits, stack } = this;
    switch (opcode) {
      case OP.GLOBAL: {
        const module = input.line(limits.longBytes);
        stack.push(this.global(module, input.line(limits.longBytes)));
        return true;
      }
      case OP.STACK_GLOBAL: {
        const [module, name] = stack.popSeveral(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw this.damaged('a name is not made of strings');
        stack.push(this.global(module, name));
        return true;
      }
      case OP.REDUCE: {
        const [callee, args] = stack.popSeveral(2);
        this.charge(SIZE.object);
        stack.push(reduce(this.callee(callee), this.tuple(args), input, limits));
        return true;
      }
      case OP.NEWOBJ: {
        const [type, args] = stack.popSeveral(2);
        this.charge(SIZE.object);
        stack.push(new PyObject(this.callee(type), this.tuple(args)));
        return true;
      }
      case OP.NEWOBJ_EX: {
        const [type, args, named] = stack.popSeveral(3);
        this.charge(SIZE.object);
        stack.push(new PyObject(this.callee(type), [...this.tuple(args), named!]));
        return true;
      }
      case OP.BUILD:
        this.build();
        return true;
      default:
        return false;
    }
  }

  private build(): void {
    const { input, limits, usage, stack } = this;
    const state = stack.pop();
    const target = stack.top();
    if (target instanceof NumpyArray) {
      setArrayState(target, state, input, limits);
    } else if (target instanceof DType) {
      target.setState(state, input.file);
    } else if (target instanceof PyObject) {
      if (target.state !== undefined) throw this.damaged('it sets the state of an instance twice');
      target.state = state;
      if (!isArrayWrapper(target)) return;
      usage.joblib = true;
      const nested = () => new PickleMachine(input, limits, usage, this.depth + 1).run();
      // the memo keeps the wrapper: joblib writes an array again rather than refer to it
      stack.replaceTop(readWrappedArray(target, input, { limits, usage, nested }));
    } else {
      throw this.damaged('it sets the state of something that is not an instance');
    }
  }

  private global(module: string, name: string): Global {
    this.charge(SIZE.name);
    const global = new Global(currentModule(module), name);
    if (isSuspicious(global)) {
      throw this.input.error('E_UNSAFE', unsafeName(module, name), this.at);
    }
    refuseOtherWriters(global, this.input.file);
    return global;
  }

  private callee(value: PyValue | undefined): Global {
    if (value instanceof Global) return value;
    throw this.input.error(
      'E_UNSAFE',
      'asks Python to call something that is not a name, such as the result of another call, which no model needs',
      this.at,
    );
  }

  private tuple(value: PyValue | undefined): readonly PyValue[] {
    if (value instanceof PyTuple) return value.items;
    throw this.damaged('the arguments of a call are not a tuple');
  }

  private append(items: readonly PyValue[]): void {
    const target = this.stack.top();
    this.charge(items.length * SIZE.item);
    const list = target instanceof PyObject ? (target.items ??= []) : target;
    if (!Array.isArray(list)) throw this.damaged('it appends to something that is not a list');
    for (const item of items) list.push(item);
  }

  private setItemsOnTop(items: readonly PyValue[]): void {
    const target = this.stack.top();
    const dict = target instanceof PyObject ? (target.entries ??= new Map()) : target;
    if (!(dict instanceof Map)) throw this.damaged('it sets items of something that is not a dict');
    this.setItems(dict, items);
  }

  private setItems(dict: Map<PyValue, PyValue>, items: readonly PyValue[]): Map<PyValue, PyValue> {
    if (items.length % 2 !== 0) throw this.damaged('a dict has a key without a value');
    this.charge((items.length / 2) * SIZE.entry);
    for (let i = 0; i < items.length; i += 2) this.setItem(dict, items[i]!, items[i + 1]!);
    return dict;
  }

  /** V8 salts its hashes of text, not those of numbers: these can be chosen so that each key is compared with all before it. */
  private setItem(dict: Map<PyValue, PyValue>, key: PyValue, value: PyValue): void {
    if (typeof key === 'string' || dict.size < FEW_KEYS) {
      dict.set(key, value);
      return;
    }
    const startedAt = performance.now();
    dict.set(key, value);
    this.usage.keysMs += performance.now() - startedAt;
    if (this.usage.keysMs > this.limits.keysMs) {
      throw limitError(this.input.file, 'has a dict whose keys take long to tell apart', `${this.limits.keysMs} ms`);
    }
  }

  private memoize(key: number): void {
    const value = this.stack.top();
    const { memoEntries } = this.limits;
    if (++this.usage.memoEntries > memoEntries || key >= memoEntries) {
      throw limitError(this.input.file, 'remembers too many objects', `${memoEntries} objects`);
    }
    this.memo[key] = value;
  }

  private recall(key: number): void {
    const value = this.memo[key];
    if (value === undefined) throw this.damaged(`it refers to object ${key}, which it has not remembered`);
    this.stack.push(value);
  }

  private memoKey(): number {
    const text = this.input.line(this.limits.longBytes);
    if (!/^\d{1,10}$/.test(text)) throw this.damaged('a reference is not a number');
    return Number(text);
  }

  private charge(bytes: number): void {
    chargeObjects(bytes, this.input.file, this.usage, this.limits);
  }

  private unknown(opcode: number) {
    const refused = REFUSED_OPCODES.get(opcode);
    return refused
      ? this.input.error('E_FORMAT', `${refused}; joblib.dump and pickle.dump do not do that`, this.at)
      : this.damaged(`there is no instruction 0x${opcode.toString(16).padStart(2, '0')}`);
  }

  private damaged(what: string) {
    return this.input.damaged(what, this.at);
  }
}
