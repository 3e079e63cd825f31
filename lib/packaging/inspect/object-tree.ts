/** The objects of a joblib or pickle file as a tree of what matters: estimators, their options, the shapes of their arrays. */
import { SlipwayError } from '../../model/error';
import type { InspectedNode } from '../../model/package/inspection';
import { converterOf } from '../converters/registry';
import { Estimator } from '../estimator/estimator';
import { DType, Global, NumpyArray, PyObject, PyTuple, type PyValue } from '../joblib';

/** Things in one tree: a file of a few kilobytes can hold one object many times over. */
const MAXIMUM_NODES = 400;
const MAXIMUM_DEPTH = 16;

/** Entries that are shown of a dict or list, and details of an estimator. */
const SHOWN_ENTRIES = 20;
const SHOWN_DETAILS = 14;

/** Members of an ensemble from which on they are counted rather than shown. */
const MANY = 4;

/** Options that change nothing of what a fitted estimator answers. */
const NOISE = new Set([
  'verbose',
  'n_jobs',
  'random_state',
  'copy',
  'copy_X',
  'warm_start',
  'pre_dispatch',
  'memory',
  'error_score',
]);

/** Attributes that hold estimators before fitting, and those that hold them after it. */
const TEMPLATES: ReadonlyMap<string, readonly string[]> = new Map([
  ['estimator', ['best_estimator_', 'estimators_', 'estimator_', 'calibrated_classifiers_']],
  ['base_estimator', ['estimators_', 'calibrated_classifiers_']],
  ['base_estimator_', ['estimators_']],
  ['estimator_', ['estimators_']],
  ['estimators', ['estimators_']],
  ['final_estimator', ['final_estimator_']],
  ['regressor', ['regressor_']],
  ['transformer', ['transformer_']],
  ['transformers', ['transformers_']],
]);

export class ObjectTree {
  private nodes = 0;

  /** @param file name of the file, for messages */
  constructor(private readonly file: string) {}

  describe(root: PyValue): InspectedNode {
    return this.node('', root, undefined, 1);
  }

  /** @param outer the estimator that it is in */
  private node(name: string, value: PyValue, outer: Estimator | undefined, depth: number): InspectedNode {
    this.nodes++;
    if (value instanceof PyObject) {
      // an estimator without an end is not followed: `child` has a bound of its own, far beyond this one
      const estimator = outer ? outer.child(value, name) : Estimator.root(this.file, value);
      const children = depth >= MAXIMUM_DEPTH ? [] : this.members(value, estimator, depth);
      const isEstimator = looksFitted(value) || converts(estimator).yes;
      return {
        name,
        what: value.callee.fullName.slice(0, 200),
        details: details(value),
        ...(isEstimator && { converts: converts(estimator) }),
        children,
      };
    }
    const entries = depth >= MAXIMUM_DEPTH ? [] : entriesOf(value);
    const children = this.take(entries, (key, entry) => this.node(key, entry, undefined, depth + 1));
    return { name, what: kindOf(value), details: {}, children };
  }

  /** The estimators inside an estimator: steps, members, what a search has found. */
  private members(object: PyObject, estimator: Estimator, depth: number): InspectedNode[] {
    const found: [string, PyObject][] = [];
    const nodes: InspectedNode[] = [];
    const all = attributes(object);
    const names = new Set(all.map(([name]) => name));
    for (const [attribute, value] of all) {
      // what was given to fit, where what fitting made of it is there
      if (TEMPLATES.get(attribute)?.some((fitted) => names.has(fitted))) continue;
      const own = memberObjects(attribute, value);
      const [first] = own;
      if (
        own.length >= MANY &&
        first &&
        own.every(([, member]) => member.callee.fullName === first[1].callee.fullName)
      ) {
        if (this.nodes++ >= MAXIMUM_NODES) break;
        const reason = converts(estimator.child(first[1], attribute));
        nodes.push({
          name: attribute,
          what: `${own.length} x ${first[1].callee.fullName}`,
          details: {},
          converts: reason,
          children: [],
        });
      } else found.push(...own);
    }
    return [...nodes, ...this.take(found, (name, member) => this.node(name, member, estimator, depth + 1))];
  }

  private take<T extends PyValue>(
    entries: readonly [string, T][],
    make: (name: string, value: T) => InspectedNode,
  ): InspectedNode[] {
    const nodes: InspectedNode[] = [];
    for (const [name, value] of entries.slice(0, SHOWN_ENTRIES)) {
      if (this.nodes >= MAXIMUM_NODES) break;
      nodes.push(make(name, value));
    }
    const hidden = entries.length - nodes.length;
    if (hidden > 0) nodes.push({ name: '...', what: `${hidden} more`, details: {}, children: [] });
    return nodes;
  }
}

function converts(estimator: Estimator): { yes: boolean; reason?: string } {
  try {
    converterOf(estimator);
    return { yes: true };
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return { yes: false, reason: error.message };
  }
}

function attributes(object: PyObject): [string, PyValue][] {
  if (!(object.state instanceof Map)) return [];
  return [...object.state].filter((entry): entry is [string, PyValue] => typeof entry[0] === 'string');
}

/** Whether an object is an estimator that was saved by scikit-learn, or like one. */
function looksFitted(object: PyObject): boolean {
  const names = attributes(object).map(([name]) => name);
  return names.some((name) => name === '_sklearn_version' || name === 'n_features_in_' || name === '_Booster');
}

/** Estimators in an attribute: alone, in a list, or in tuples with their names. */
function memberObjects(attribute: string, value: PyValue): [string, PyObject][] {
  if (value instanceof PyObject) return looksFitted(value) ? [[attribute, value]] : [];
  const items = value instanceof PyTuple ? value.items : value instanceof NumpyArray ? (value.objects ?? []) : value;
  if (!Array.isArray(items)) return [];
  return items.flatMap((item, i): [string, PyObject][] => {
    if (item instanceof PyObject) return looksFitted(item) ? [[`${attribute}[${i}]`, item]] : [];
    const [name, member] = item instanceof PyTuple ? item.items : [];
    return typeof name === 'string' && member instanceof PyObject ? [[name, member]] : [];
  });
}

function entriesOf(value: PyValue): [string, PyValue][] {
  if (value instanceof Map) return [...value].map(([key, entry]) => [scalar(key) ?? kindOf(key), entry]);
  const items = value instanceof PyTuple ? value.items : value;
  return Array.isArray(items) ? items.slice(0, SHOWN_ENTRIES + 1).map((item, i) => [String(i), item]) : [];
}

/** Options first, then what fitting has left. */
function details(object: PyObject): Record<string, string> {
  const options: [string, string][] = [];
  const fitted: [string, string][] = [];
  for (const [name, value] of attributes(object)) {
    if (name === '_sklearn_version') fitted.push(['scikit-learn', String(value).slice(0, 40)]);
    if (name.startsWith('_') || NOISE.has(name)) continue;
    if (value instanceof NumpyArray) fitted.push([name, arrayText(name, value)]);
    else if (value !== null && scalar(value) !== undefined)
      (name.endsWith('_') ? fitted : options).push([name, scalar(value)!]);
  }
  return Object.fromEntries([...options.slice(0, SHOWN_DETAILS), ...fitted.slice(0, SHOWN_DETAILS)]);
}

function arrayText(name: string, array: NumpyArray): string {
  const shape = `(${array.shape.join(', ')})`;
  if ((name !== 'classes_' && name !== 'feature_names_in_') || array.size > 1_000)
    return `${shape} ${array.dtype ?? 'object'}`;
  const values = array.strings() ?? (array.isNumeric && isSafe(array) ? [...array.numbers()].map(String) : undefined);
  if (!values) return `${shape} ${array.dtype ?? 'object'}`;
  return `${values
    .slice(0, 6)
    .map((value) => value.slice(0, 40))
    .join(', ')}${values.length > 6 ? `, ... (${values.length})` : ''}`;
}

/** Whether the numbers can be read: integers beyond 2^53 cannot. */
function isSafe(array: NumpyArray): boolean {
  try {
    array.numbers();
    return true;
  } catch (error) {
    if (SlipwayError.is(error)) return false;
    throw error;
  }
}

function scalar(value: PyValue): string | undefined {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? value.slice(0, 60) : undefined;
}

function kindOf(value: PyValue): string {
  const text = scalar(value);
  if (text !== undefined) return text;
  if (value instanceof Map) return `a dict of ${value.size}`;
  if (value instanceof Set) return `a set of ${value.size}`;
  if (value instanceof PyTuple) return `a tuple of ${value.items.length}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof NumpyArray) return `an array (${value.shape.join(', ')}) of ${value.dtype ?? 'objects'}`;
  if (value instanceof Global) return `the name ${value.fullName.slice(0, 200)}`;
  if (value instanceof DType) return `the numpy type ${value}`;
  return value instanceof Uint8Array ? `${value.length} bytes` : 'something else';
}
