/**
 * `sklearn.gaussian_process.GaussianProcessRegressor`: the mean of the process, which is a sum of kernels of the training rows.
 *
 *     k(X, X_train_) @ alpha_ * _y_train_std + _y_train_mean
 *
 * with these kernels of a row x and a training row t, where d^2 is the sum of ((x_j - t_j) / length_scale_j)^2:
 *
 *     RBF              exp(-d^2 / 2)
 *     Matern, nu=0.5   exp(-d)
 *     Matern, nu=1.5   (1 + s) exp(-s), s = sqrt(3) d
 *     Matern, nu=2.5   (1 + s + s^2 / 3) exp(-s), s = sqrt(5) d
 *     DotProduct       x . t + sigma_0^2
 *     ConstantKernel   constant_value
 *     WhiteKernel      0: noise is between a row and itself alone
 *     Sum, Product     k1 + k2, k1 * k2
 */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';
import { trainedOn } from '../../estimator/trained-on';
import { distances, type Points } from '../../graph-parts/distance';
import { transpose } from '../../graph-parts/linear-score';
import { NumpyArray, PyObject } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

const KERNELS = 'sklearn.gaussian_process.kernels.';

function kernelIn(outer: Estimator, name: string): Estimator {
  const kernel = outer.fitted(name);
  if (!(kernel instanceof PyObject)) throw outer.damaged(`${name} is not a kernel`);
  return outer.child(kernel);
}

/** One for each column. */
function lengthScales(kernel: Estimator, width: number): Float64Array {
  const scale = kernel.fitted('length_scale');
  if (scale instanceof NumpyArray && scale.shape.length === 1) {
    const { values } = kernel.finite('length_scale', 1);
    return values.length === 1 ? new Float64Array(width).fill(values[0]!) : shaped(kernel, 'length_scale', [width]);
  }
  return new Float64Array(width).fill(kernel.number('length_scale'));
}

/** Squared distances of columns that are divided by their length scales. */
function squaredDistances(graph: GraphBuilder, kernel: Estimator, input: Features, rows: Points): Value<'float64'> {
  const scales = lengthScales(kernel, rows.width);
  const points = { ...rows, values: rows.values.map((value, i) => value / scales[i % rows.width]!) };
  const scaled = graph.divide(input.value, graph.doubles(scales));
  return distances(graph, scaled, points, { metric: 'squared-euclidean' });
}

function decayOf(graph: GraphBuilder, squared: Value<'float64'>): Value<'float64'> {
  return graph.exp(graph.multiply(squared, graph.doubles([-0.5])));
}

/** Matérn's kernel, for the smoothness that has a closed form. */
function matern(graph: GraphBuilder, kernel: Estimator, squared: Value<'float64'>): Value<'float64'> {
  const nu = kernel.fitted('nu');
  if (nu === Number.POSITIVE_INFINITY) return decayOf(graph, squared);
  if (nu !== 0.5 && nu !== 1.5 && nu !== 2.5) {
    throw kernel.unsupported(`(${kernel.className}) has nu=${String(nu)}, which is not converted; use 0.5, 1.5 or 2.5`);
  }
  const distance = graph.node('Sqrt', [squared], 'float64');
  if (nu === 0.5) return graph.exp(graph.negate(distance));
  const scaled = graph.multiply(distance, graph.doubles([Math.sqrt(2 * nu)]));
  const line = graph.add(scaled, graph.doubles([1]));
  const polynomial =
    nu === 1.5 ? line : graph.add(line, graph.divide(graph.multiply(scaled, scaled), graph.doubles([3])));
  return graph.multiply(polynomial, graph.exp(graph.negate(scaled)));
}

/** Of each row with each training row, shape `[rows, rows.count]`. */
function kernelValues(graph: GraphBuilder, kernel: Estimator, input: Features, rows: Points): Value<'float64'> {
  const part = (name: string) => kernelValues(graph, kernelIn(kernel, name), input, rows);
  const zero = () => graph.sum(graph.multiply(input.value, graph.doubles([0])), 1, true); // for each row
  const constant = (value: number) =>
    graph.add(zero(), graph.doubles(new Float64Array(rows.count).fill(value), [1, rows.count]));
  switch (kernel.className) {
    case `${KERNELS}Sum`:
      return graph.add(part('k1'), part('k2'));
    case `${KERNELS}Product`:
      return graph.multiply(part('k1'), part('k2'));
    case `${KERNELS}ConstantKernel`:
      return constant(kernel.number('constant_value'));
    case `${KERNELS}WhiteKernel`:
      return constant(0);
    case `${KERNELS}RBF`:
      return decayOf(graph, squaredDistances(graph, kernel, input, rows));
    case `${KERNELS}Matern`:
      return matern(graph, kernel, squaredDistances(graph, kernel, input, rows));
    case `${KERNELS}DotProduct`: {
      const { values, count, width } = rows;
      const products = graph.matmul(input.value, graph.doubles(transpose(values, count, width), [width, count]));
      return graph.add(products, graph.doubles([kernel.number('sigma_0') ** 2]));
    }
    default:
      throw kernel.unsupported(
        `uses the kernel ${kernel.className}, which is not converted; use sums and products of RBF, Matern, DotProduct, ConstantKernel and WhiteKernel`,
      );
  }
}

/** One number for each target; a scalar stands for all. */
function perTarget(estimator: Estimator, name: string, targets: number): Float64Array {
  const value = estimator.fitted(name);
  if (!(value instanceof NumpyArray)) return new Float64Array(targets).fill(estimator.number(name));
  if (value.size === 1) return new Float64Array(targets).fill(value.numbers()[0]!);
  return shaped(estimator, name, [targets]);
}

export const gaussianProcessRegressor: Converter = {
  classNames: ['sklearn.gaussian_process._gpr.GaussianProcessRegressor'],
  reads: [
    ...['n_features_in_', 'kernel_', 'X_train_', 'alpha_', '_y_train_mean', '_y_train_std'],
    ...['k1', 'k2', 'constant_value', 'length_scale', 'nu', 'sigma_0'],
  ],

  // with a kernel that does not look at X, it does not write down how many columns X had
  trainedOn: (estimator) =>
    estimator.get('n_features_in_') === undefined
      ? { width: estimator.numbers('X_train_', 2).shape[1]! }
      : trainedOn(estimator),

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const width = input.columns.length;
    const weights = estimator.fitted('alpha_');
    const single = weights instanceof NumpyArray && weights.shape.length === 1;
    const { values: alpha, shape } = estimator.finite('alpha_', single ? 1 : 2);
    const [count = 0, targets = 1] = shape;
    if (count === 0) throw estimator.damaged('alpha_ is empty');
    const rows = { values: shaped(estimator, 'X_train_', [count, width]), count, width };
    const kernel = kernelValues(graph, kernelIn(estimator, 'kernel_'), input, rows);
    const mean = graph.matmul(kernel, graph.doubles(alpha, [count, targets]));
    // until 0.22 targets are centred only
    const spread = estimator.get('_y_train_std') === undefined ? [1] : perTarget(estimator, '_y_train_std', targets);
    const centre = perTarget(estimator, '_y_train_mean', targets);
    const value = graph.add(graph.multiply(mean, graph.doubles(spread)), graph.doubles(centre));
    return {
      outputs: { predict: { value: targets === 1 ? graph.reshape(value, [-1]) : value, width: targets } },
      computeClass: 'gemm',
    };
  },
};
