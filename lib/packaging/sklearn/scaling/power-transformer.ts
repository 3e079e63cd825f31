/** `sklearn.preprocessing.PowerTransformer`: Yeo-Johnson's and Box-Cox's families of powers. NaN passes through. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { computedColumn, type FeatureColumn } from '../../estimator/feature-column';
import { numericFeatures } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { expm1, log1p } from '../../graph-parts/elementary';
import { PyObject } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { perColumn } from './standard-scaler';

type Doubles = Value<'float64'>;

/** Below this scikit-learn takes an exponent for 0: numpy's spacing at 1. */
const ZERO = Number.EPSILON;

interface LogarithmOrPower {
  /** Whether an exponent counts as 0. */
  readonly isLogarithm: (exponent: number) => boolean;
  readonly logarithm: () => Doubles;
  /** @param exponents none of them 0 */
  readonly power: (exponents: Doubles) => Doubles;
}

/** A logarithm where the exponent is 0, and the power elsewhere, column by column; both only where both are needed. */
function byColumn(
  graph: GraphBuilder,
  exponents: Float64Array,
  { isLogarithm, logarithm, power }: LogarithmOrPower,
): Doubles {
  const flags = Array.from(exponents, isLogarithm);
  if (flags.every(Boolean)) return logarithm();
  const raised = power(graph.doubles(exponents.map((exponent, i) => (flags[i] ? 1 : exponent))));
  return flags.some(Boolean) ? graph.where(graph.booleans(flags), logarithm(), raised) : raised;
}

/**
 * `((1 + x)^exponent - 1) / exponent`, for x that is not negative.
 *
 * @param stable whether small differences are kept
 * @param strict whether an exponent of ZERO itself is one
 */
function shiftedPower(
  graph: GraphBuilder,
  x: Doubles,
  exponents: Float64Array,
  { stable, strict }: { readonly stable: boolean; readonly strict: boolean },
): Doubles {
  return byColumn(graph, exponents, {
    isLogarithm: (exponent) => (strict ? Math.abs(exponent) < ZERO : Math.abs(exponent) <= ZERO),
    logarithm: () => log1p(graph, x),
    power: (exponent) => {
      const one = graph.doubles([1]);
      const less = stable
        ? expm1(graph, graph.multiply(exponent, log1p(graph, x)))
        : graph.subtract(graph.node('Pow', [graph.add(x, one), exponent], 'float64'), one);
      return graph.divide(less, exponent);
    },
  });
}

/** @param stable whether small differences are kept, as SciPy's function does that scikit-learn calls since 1.8 */
function yeoJohnson(graph: GraphBuilder, x: Doubles, lambdas: Float64Array, stable: boolean): Doubles {
  const zero = graph.doubles([0]);
  const positive = graph.node('GreaterOrEqual', [x, zero], 'bool');
  const above = shiftedPower(graph, graph.where(positive, x, zero), lambdas, { stable, strict: true });
  const mirrored = graph.negate(graph.where(positive, zero, x)); // NaN is here
  const below = shiftedPower(
    graph,
    mirrored,
    lambdas.map((lambda) => 2 - lambda),
    { stable, strict: false },
  );
  return graph.where(positive, above, graph.negate(below));
}

/** SciPy's `boxcox`: `expm1(lambda * log(x)) / lambda`, or the logarithm for 0. */
function boxCox(graph: GraphBuilder, x: Doubles, lambdas: Float64Array): Doubles {
  const logarithm = graph.log(x);
  return byColumn(graph, lambdas, {
    isLogarithm: (lambda) => Math.abs(lambda) < 1e-19,
    logarithm: () => logarithm,
    power: (lambda) => graph.divide(expm1(graph, graph.multiply(lambda, logarithm)), lambda),
  });
}

/** Keeps the rounding of powers on the safe side. */
const SAFETY = 1 - 2 ** -20;

/** The largest x for which `((1 + x)^degree - 1) / degree` stays within `maximum`. @param degree above 1 */
function base(maximum: number, degree: number): number {
  return Math.max(Math.min(maximum * degree, Number.MAX_VALUE) ** (1 / degree) - 1, 1e-300) * SAFETY;
}

/** What grows faster than x: powers above 1, of positive numbers by `rise` and of negative ones by `fall`. */
function poweredColumn(source: FeatureColumn, rise: number, fall: number): FeatureColumn {
  const least = Math.min(Math.abs(rise), Math.abs(fall) || Number.POSITIVE_INFINITY) || 1;
  const degree = Math.max(rise, fall);
  // a logarithm at the most where nothing grows, and that of a double stays below 1000
  const reach = (maximum: number) => (degree > 1 ? base(maximum / 1000, degree) : maximum / 1000);
  const column = computedColumn([source], reach);
  return {
    ...column,
    // last bits, of what a power has before 1 is taken away; and its exponent, a logarithm, enlarges those of its own
    ...(source.rounding === undefined && {
      rounding: (magnitude: number) =>
        (magnitude + 1 / least) * (1 + Math.log1p(magnitude * Math.max(degree, 1))) * 2 ** -48,
    }),
    // what overflows is infinite, and refused like NaN
    refuseMissing: () => {
      column.refuseMissing();
      if (rise > 1) source.limitMagnitude(base(Number.MAX_VALUE, rise));
      if (fall > 1) source.requireAbove(-base(Number.MAX_VALUE, fall));
    },
  };
}

function requirePositive(estimator: Estimator, column: FeatureColumn): void {
  if (column.requireAbove(0)) return;
  throw estimator.unsupported(
    `(${estimator.className}) has method="box-cox", which raises unless every number is positive, and which rows that concerns cannot be told from the columns that the step before it computes; use method="yeo-johnson", or apply it to the columns of X themselves`,
  );
}

export const powerTransformer: Converter = {
  classNames: ['sklearn.preprocessing._data.PowerTransformer'],
  reads: ['method', 'lambdas_', 'standardize', '_scaler'],

  transform(estimator, input, conversion) {
    const { graph } = conversion;
    const { value } = input;
    const lambdas = perColumn(estimator, 'lambdas_', input);
    const method = estimator.option('method', ['yeo-johnson', 'box-cox'], 'use yeo-johnson or box-cox');
    if (method === 'box-cox') for (const column of input.columns) requirePositive(estimator, column);
    const powered =
      method === 'box-cox'
        ? boxCox(graph, value, lambdas)
        : yeoJohnson(graph, value, lambdas, testedVersion(estimator).minor >= 8);
    const features = numericFeatures(
      powered,
      input.columns.map((column, i) => {
        const lambda = lambdas[i]!;
        return poweredColumn(column, lambda, method === 'box-cox' ? 0 : 2 - lambda);
      }),
    );
    if (!estimator.boolean('standardize')) return features;
    const scaler = estimator.fitted('_scaler');
    if (!(scaler instanceof PyObject)) throw estimator.damaged('_scaler is not an estimator');
    return conversion.transform(estimator.child(scaler), features);
  },
};
