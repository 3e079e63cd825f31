/** `sklearn.preprocessing.FunctionTransformer`: nothing at all, or one of numpy's functions of one number. */

import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { computedColumn } from '../../estimator/feature-column';
import { type Features, numericFeatures, refuseMissing } from '../../estimator/features';
import { expm1, log1p } from '../../graph-parts/elementary';
import { Global, PyObject } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

const CLASS_NAMES = [
  'sklearn.preprocessing._function_transformer.FunctionTransformer',
  'sklearn.preprocessing.function_transformer.FunctionTransformer',
];

interface ElementFunction {
  /** Whether scipy has it for sparse matrices, which it leaves sparse: 0 stays 0. */
  readonly sparse?: true;
  readonly apply: (graph: GraphBuilder, x: Value<'float64'>) => Value<'float64'>;
  /** Whether it is rounded correctly wherever it is computed, as a root is and a logarithm is not. */
  readonly exact?: boolean;
  /** Where it is a finite number: for x above this, and */
  readonly above?: number;
  /** where it is infinite, there being NaN beyond, */
  readonly pole?: number;
  /** for magnitudes up to this. */
  readonly maximum?: number;
  /** The largest magnitude of x for which it is certain to stay within the given one. */
  readonly reach: (maximum: number) => number;
}

/** Largest x whose exponential is finite. */
const LARGEST_EXPONENT = 709.782712893384;

const FUNCTIONS: ReadonlyMap<string, ElementFunction> = new Map([
  ['absolute', { sparse: true, apply: (graph, x) => graph.abs(x), exact: true, reach: (maximum) => maximum }],
  ['exp', { apply: (graph, x) => graph.exp(x), maximum: LARGEST_EXPONENT, reach: logarithm }],
  ['expm1', { sparse: true, apply: expm1, maximum: LARGEST_EXPONENT, reach: logarithm }],
  ['log', { apply: (graph, x) => graph.log(x), above: 0, pole: 0, reach: () => Number.POSITIVE_INFINITY }],
  ['log1p', { sparse: true, apply: log1p, above: -1, pole: -1, reach: () => Number.POSITIVE_INFINITY }],
  [
    'sqrt',
    {
      sparse: true,
      apply: (graph, x) => graph.node('Sqrt', [x], 'float64'),
      exact: true,
      above: -Number.MIN_VALUE, // 0 has a root
      reach: () => Number.POSITIVE_INFINITY,
    },
  ],
  [
    'square',
    {
      apply: (graph, x) => graph.multiply(x, x),
      exact: true,
      maximum: 1.3e154,
      reach: (maximum) => Math.sqrt(maximum) * 0.9999,
    },
  ],
] satisfies [string, ElementFunction][]);

/** The last bits, in which libraries of functions differ. */
function ulps(magnitude: number): number {
  return magnitude * 2 ** -48;
}

/** Magnitude of x up to which `exp(x)` stays within `maximum`. */
function logarithm(maximum: number): number {
  return Math.max(Math.log(maximum) * 0.9999, Number.MIN_VALUE);
}

/** Where numpy's functions are found, by its versions. */
const NUMPY_MODULES = ['numpy', 'numpy.core.umath', 'numpy.core._multiarray_umath'];

/** Names of numpy's functions that are ways to call another. */
const ALIASES: Readonly<Record<string, string>> = { abs: 'absolute' };

/** Whether an estimator is of this kind. */
export function isFunction(estimator: Estimator): boolean {
  return CLASS_NAMES.includes(estimator.className);
}

const FUNCTION: Reader = { reads: ['func', 'inverse_func', 'validate', 'kw_args', 'inv_kw_args'] };

/** Whether a step leaves X as it is, and looks at nothing in it. */
export function isIdentity(step: Estimator): boolean {
  const estimator = step.readBy(FUNCTION);
  return isFunction(estimator) && (estimator.get('func') ?? null) === null && estimator.get('validate') !== true;
}

/** The function in an attribute; undefined when there is none. */
export function functionOf(
  transformer: Estimator,
  attribute: 'func' | 'inverse_func' = 'func',
): ElementFunction | undefined {
  const estimator = transformer.readBy(FUNCTION);
  const func = estimator.get(attribute) ?? null;
  if (func === null) return undefined;
  const [module, name] = nameOf(func);
  const found = NUMPY_MODULES.includes(module) ? FUNCTIONS.get(ALIASES[name] ?? name) : undefined;
  if (!found) {
    throw estimator.unsupported(
      `(${estimator.className}) has ${attribute}=${module}.${name}, ${NUMPY_MODULES.includes(module) ? 'which is not converted' : "a function whose code is not in the file, so it can't be converted"}; numpy's ${[...FUNCTIONS.keys()].join(', ')} are. Ways out: use one of those, or do what it does before the request is sent and fit the rest of the model without it`,
    );
  }
  const given = attribute === 'func' ? 'kw_args' : 'inv_kw_args';
  const options = estimator.get(given) ?? null;
  if (options !== null && !(options instanceof Map && options.size === 0)) {
    throw estimator.unsupported(`(${estimator.className}) has ${given}, which are not converted; leave them out`);
  }
  return found;
}

function nameOf(func: unknown): [module: string, name: string] {
  if (func instanceof Global) return [func.module, func.name];
  if (func instanceof PyObject && func.callee.fullName === 'numpy.core._ufunc_reconstruct') {
    const [module, name] = func.args;
    if (typeof module === 'string' && typeof name === 'string') return [module.replace('_core', 'core'), name];
  }
  return func instanceof PyObject ? [func.callee.module, func.callee.name] : ['an', 'unknown function'];
}

function applied(graph: GraphBuilder, estimator: Estimator, func: ElementFunction, input: Features): Features {
  const columns = input.columns.map((source) => {
    const column = computedColumn([source], func.reach);
    return {
      ...column,
      // of a number that is itself not certain, the result is as uncertain as any computed one
      ...(source.rounding === undefined && { rounding: func.exact ? undefined : ulps }),
      // beyond its domain the function gives NaN or infinity, which whoever refuses NaN refuses too
      refuseMissing: () => {
        column.refuseMissing();
        if (func.maximum !== undefined) source.limitMagnitude(func.maximum);
        requireDomain();
      },
      // there are models that take NaN for a missing value, and none that take infinity
      limitMagnitude: (maximum: number) => {
        column.limitMagnitude(maximum);
        if (func.pole !== undefined && !source.refuseNumber(func.pole)) requireDomain();
      },
    };

    function requireDomain(): void {
      if (func.above === undefined || source.requireAbove(func.above)) return;
      throw estimator.unsupported(
        `(${estimator.className}) is undefined for some of the numbers that the step before it computes, and which rows that concerns cannot be told from their columns; apply it to the columns of X themselves`,
      );
    }
  });
  if (input.sparse && !func.sparse) {
    throw estimator.unsupported(
      `(${estimator.className}) is given a sparse matrix, for which scipy does not have its function; give it a dense one, as with sparse_threshold=0 or sparse_output=False in the step before`,
    );
  }
  return numericFeatures(func.apply(graph, input.value), columns, input.sparse);
}

export const functionTransformer: Converter = {
  classNames: CLASS_NAMES,
  reads: ['validate'],

  transform(estimator, input, { graph }) {
    const func = functionOf(estimator);
    if (estimator.get('validate') === true) {
      void input.value; // text is refused
      refuseMissing(input);
    }
    return func ? applied(graph, estimator, func, input) : input;
  },
};
