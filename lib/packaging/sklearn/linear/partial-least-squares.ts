/** `sklearn.cross_decomposition`: partial least squares as a regressor, linear in what is centred. */
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';
import { testedVersion } from '../../estimator/version';
import { transpose } from '../../graph-parts/linear-score';
import { componentsFrom, projectedFeatures } from '../decomposition/decomposition';

const MODULE = 'sklearn.cross_decomposition._pls';

/** Coefficients, shape `[width, outputs]`. Until 1.0 `coef_` has these axes, and until 1.2 it is a property. */
function weightsOf(estimator: Estimator, width: number, outputs: number): Float64Array {
  if (testedVersion(estimator).minor < 1) return shaped(estimator, 'coef_', [width, outputs]);
  const name = estimator.get('coef_') === undefined ? '_coef_' : 'coef_';
  return transpose(shaped(estimator, name, [outputs, width]), outputs, width);
}

type Statistic = 'x_mean' | 'x_std' | 'y_mean';

/** Its name until 0.23, and since. */
function nameOf(name: Statistic, minor: number): string {
  return minor < -1 ? `${name}_` : `_${name}`;
}

export const partialLeastSquares: Converter = {
  classNames: [`${MODULE}.PLSRegression`, `${MODULE}.PLSCanonical`],
  reads: [
    'x_rotations_',
    ...['coef_', '_coef_', 'intercept_', '_x_mean', '_x_std', '_y_mean'],
    ...['x_mean_', 'x_std_', 'y_mean_'],
  ],

  transform(estimator, input, { graph }) {
    refuseMissing(input);
    const { minor } = testedVersion(estimator);
    const width = input.columns.length;
    const { values, shape } = estimator.finite('x_rotations_', 2);
    const [columns = 0, count = 0] = shape;
    if (columns !== width || count < 1)
      throw estimator.damaged(`x_rotations_ has ${columns} rows for ${width} columns`);
    const mean = shaped(estimator, nameOf('x_mean', minor), [width]);
    const scale = shaped(estimator, nameOf('x_std', minor), [width]);
    const scaled = graph.divide(graph.subtract(input.value, graph.doubles(mean)), graph.doubles(scale));
    const value = graph.matmul(scaled, graph.doubles(values, [width, count]));
    // each column by itself is divided: the components as they are for the columns that come in
    const components = componentsFrom(
      values.map((rotation, i) => rotation / scale[Math.floor(i / count)]!),
      count,
    );
    return projectedFeatures(input, value, components, { mean });
  },

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const { minor } = testedVersion(estimator);
    const width = input.columns.length;
    const of = (name: Statistic) => nameOf(name, minor);
    const intercept = minor < 1 ? of('y_mean') : 'intercept_';
    const outputs = estimator.finite(intercept, 1).shape[0]!;
    const matrix = weightsOf(estimator, width, outputs);
    // until 1.4 columns are scaled too; since 1.5 that is in the coefficients
    const scales = minor < 5 ? shaped(estimator, of('x_std'), [width]) : undefined;
    const centred = graph.subtract(input.value, graph.doubles(shaped(estimator, of('x_mean'), [width])));
    const scaled = scales ? graph.divide(centred, graph.doubles(scales)) : centred;
    const sum = graph.matmul(scaled, graph.doubles(matrix, [width, outputs]));
    const value = graph.add(sum, graph.doubles(shaped(estimator, intercept, [outputs])));
    return {
      outputs: { predict: { value: outputs === 1 ? graph.reshape(value, [-1]) : value, width: outputs } },
      computeClass: 'scalar',
    };
  },
};
