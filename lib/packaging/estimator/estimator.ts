/** A fitted estimator as the file holds it: its class, its attributes, and where in the model it stands. */
import { SlipwayError } from '../../model/error';
import { limitError, NumpyArray, type PyDict, PyObject, PyTuple, type PyValue } from '../joblib';
import { currentClassName } from './renamed-modules';

/** Estimators within estimators. A pipeline that contains itself loads, and would have no end. */
const MAXIMUM_DEPTH = 32;

/** Entries of a list: each takes memory here, and two bytes in a file that repeats one object. */
const MAXIMUM_ITEMS = 100_000;

/**
 * What whoever packs a model says of it that its file does not, and what to do with a version that nobody has tested and
 * with what a library leaves to chance.
 */
export interface VersionPolicy {
  /** The value beside NaN that was missing in the training of an XGBoost booster that has no wrapper to say so; NaN for none. */
  readonly missing?: number;
  /** Whether such a model is converted all the same. */
  readonly allowUntested: boolean;
  /** 'first' where the first of training rows as near as each other is to count. @default - such models are refused */
  readonly ties?: 'first';
  /** Told of each reason to be careful; the same one may come several times. */
  warn(text: string): void;
}

/**
 * What looks into an estimator, a converter or a helper that several share, and at which of its attributes. It declares
 * what it reads itself; a helper that it calls declares its own.
 */
export interface Reader {
  readonly reads: readonly string[];
}

export const TESTED_ONLY: VersionPolicy = { allowUntested: false, warn: () => {} };

/** Where an estimator stands, and what goes for the whole model. */
interface Context {
  readonly file: string;
  readonly versions: VersionPolicy;
  /** Names of the steps that lead here, from the outside in. */
  readonly steps: readonly string[];
  readonly depth: number;
}

export class Estimator {
  /** Full class name, e.g. `sklearn.pipeline.Pipeline`, as it is since 0.22. */
  readonly className: string;
  private readonly attributes: PyDict;

  private constructor(
    readonly object: PyObject,
    private readonly context: Context,
    private readonly reader?: Reader,
  ) {
    this.className = currentClassName(object.callee.fullName);
    this.attributes = object.state instanceof Map ? object.state : new Map();
  }

  /** The outermost estimator of a file. */
  static root(file: string, object: PyObject, versions = TESTED_ONLY): Estimator {
    return new Estimator(object, { file, versions, steps: [], depth: 1 });
  }

  /** An estimator inside this one. @param step its name, where it has one */
  child(object: PyObject, step?: string): Estimator {
    const { depth, steps } = this.context;
    if (depth >= MAXIMUM_DEPTH) throw limitError(this.file, 'nests estimators without end', `${MAXIMUM_DEPTH}`);
    const own = step === undefined ? steps : [...steps, step];
    return new Estimator(object, { ...this.context, steps: own, depth: depth + 1 }, this.reader);
  }

  /** The same estimator, of which only those attributes can be read that the reader declares; so with its children. */
  readBy(reader: Reader): Estimator {
    return new Estimator(this.object, this.context, reader);
  }

  /** Name of the model file, for messages. */
  get file(): string {
    return this.context.file;
  }

  get versions(): VersionPolicy {
    return this.context.versions;
  }

  /** Where it stands, to begin a message with: `model.joblib: step 'prep' > 'dates'`. */
  get place(): string {
    const steps = this.context.steps.map((step) => `'${step}'`).join(' > ');
    return `${this.file}: ${steps ? `step ${steps}` : 'the model'}`;
  }

  /** The names of the steps that lead to it, e.g. `prep > dates`; empty for the model itself. */
  get path(): string {
    return this.context.steps.join(' > ');
  }

  /** The version of scikit-learn that it was fitted with; undefined when the file does not say. */
  get sklearnVersion(): string | undefined {
    const version = this.attributes.get('_sklearn_version');
    return typeof version === 'string' ? version : undefined;
  }

  /** The names of all that the file holds of it, whoever reads it. */
  get fieldNames(): readonly string[] {
    return [...this.attributes.keys()].map(String);
  }

  unsupported(what: string): SlipwayError {
    return new SlipwayError('E_UNSUPPORTED', `${this.place} ${what}`);
  }

  damaged(what: string): SlipwayError {
    return new SlipwayError('E_FORMAT', `${this.place} (${this.className}) is damaged: ${what}`);
  }

  /** An attribute as it is; undefined when there is none. */
  get(name: string): PyValue | undefined {
    if (this.reader && !this.reader.reads.includes(name)) {
      throw new Error(`${name} of ${this.className} is read by what does not declare it in its reads`);
    }
    return this.attributes.get(name);
  }

  /** An attribute that fitting sets. */
  fitted(name: string): PyValue {
    const value = this.get(name);
    if (value === undefined) {
      throw this.unsupported(`(${this.className}) has no ${name}: it was saved before it was fitted; call fit first`);
    }
    return value;
  }

  /** A numeric array that fitting sets, row-major. @param axes how many axes it must have */
  numbers(name: string, axes: number): { readonly values: Float64Array; readonly shape: readonly number[] } {
    const array = this.fitted(name);
    if (array instanceof PyObject && array.callee.module.startsWith('scipy.sparse')) {
      throw this.unsupported(`(${this.className}) has a sparse ${name}; call densify() before saving it`);
    }
    if (array instanceof NumpyArray && array.dtype?.kind === 'f' && ![4, 8].includes(array.dtype.itemSize)) {
      throw this.unsupported(
        `(${this.className}) has a ${name} of float${8 * array.dtype.itemSize}, which is not read; save the model with it in float64, as by model.${name} = model.${name}.astype("float64")`,
      );
    }
    if (!(array instanceof NumpyArray) || !array.isNumeric || array.shape.length !== axes) {
      throw this.damaged(`${name} is not an array of numbers with ${axes} ${axes === 1 ? 'axis' : 'axes'}`);
    }
    return { values: array.numbers(), shape: array.shape };
  }

  /** An array of finite numbers that fitting sets. */
  finite(name: string, axes: number): { readonly values: Float64Array; readonly shape: readonly number[] } {
    const array = this.numbers(name, axes);
    if (!array.values.every(Number.isFinite)) throw this.damaged(`${name} has NaN or infinity in it`);
    return array;
  }

  integer(name: string): number {
    const value = this.fitted(name);
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw this.damaged(`${name} is not an integer`);
    return value;
  }

  /** A finite number, be it Python's or numpy's. */
  number(name: string): number {
    const value = this.fitted(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.damaged(`${name} is not a number`);
    return value;
  }

  /**
   * An option, which must be one of those that are converted.
   *
   * @param remedy what to do about another one
   */
  option<T extends PyValue>(name: string, allowed: readonly T[], remedy: string): T {
    const value = this.get(name);
    const found = allowed.find((choice) => choice === value);
    if (found !== undefined) return found;
    const text = value !== null && typeof value === 'object' ? 'an object or a function' : String(value).slice(0, 40);
    throw this.unsupported(`(${this.className}) has ${name}=${text}, which is not converted; ${remedy}`);
  }

  boolean(name: string): boolean {
    const value = this.fitted(name);
    if (typeof value !== 'boolean') throw this.damaged(`${name} is not True or False`);
    return value;
  }

  /** The objects in a list or tuple attribute: steps, or trees. */
  list(name: string): readonly PyValue[] {
    const value = this.fitted(name);
    const items = value instanceof PyTuple ? value.items : value;
    if (!Array.isArray(items)) throw this.damaged(`${name} is not a list`);
    if (items.length > MAXIMUM_ITEMS) {
      throw limitError(this.file, `has ${items.length} entries in ${name}`, `${MAXIMUM_ITEMS}`);
    }
    return items;
  }

  /** The state that a part was given, such as scikit-learn's `Tree`, with the class that it must be of. */
  part(name: string, classNames: readonly string[]): { readonly args: readonly PyValue[]; readonly state: PyDict } {
    const value = this.fitted(name);
    if (!(value instanceof PyObject) || !classNames.includes(value.callee.fullName)) {
      throw this.damaged(`${name} is not of class ${classNames[0]}`);
    }
    return { args: value.args, state: value.state instanceof Map ? value.state : new Map() };
  }
}
