/**
 * What a pickle holds, as inert data.
 *
 * Nothing here has behaviour of the file's choosing: a class or function that the file names is a
 * `Global`, a call or an instance is a `PyObject` that records what was asked for. Dictionaries are
 * Maps, so that a key called `__proto__` is a key.
 */
import type { DType } from './dtype';
import type { NumpyArray } from './ndarray';

export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyValue[]
  | PyTuple
  | PyDict
  | PySet
  | Global
  | PyObject
  | DType
  | NumpyArray;

export type PyDict = Map<PyValue, PyValue>;
export type PySet = Set<PyValue>;

/** A Python tuple; a plain array is a Python list. */
export class PyTuple {
  constructor(readonly items: readonly PyValue[]) {}
}

/** A name that Python would import: `module.name`. Never resolved. */
export class Global {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}

  /** Full name, e.g. `sklearn.pipeline.Pipeline`. */
  get fullName(): string {
    return `${this.module}.${this.name}`;
  }
}

/** An instance that Python would make by calling `callee(*args)`, with what would be put into it afterwards. Never called. */
export class PyObject {
  /** What `__setstate__` would be given; undefined when the file gives none. */
  state: PyValue | undefined;
  /** Items that would be set on it, for subclasses of dict. */
  entries: PyDict | undefined;
  /** Items that would be appended to it, for subclasses of list. */
  items: PyValue[] | undefined;

  constructor(
    readonly callee: Global,
    readonly args: readonly PyValue[],
  ) {}
}
