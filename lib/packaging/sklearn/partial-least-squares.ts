/** `sklearn.cross_decomposition`: partial least squares as a regressor, linear in what is centred. */
import type { Converter } from './converter';
import { refuseMissing } from './features';
import { transpose } from './linear-score';
import { shaped } from './parameters';
import { testedVersion } from './version';

const MODULE = 'sklearn.cross_decomposition._pls';

export const partialLeastSquares: Converter = {
  classNames: [`${MODULE}.PLSRegression`, `${MODULE}.PLSCanonical`],
  reads: ['coef_', '_coef_', 'intercept_', '_x_mean', '_x_std'],

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const { minor } = testedVersion(estimator);
    const width = input.columns.length;
    const outputs = estimator.finite('intercept_', 1).shape[0]!;
    // until 1.2 `coef_` itself was a property, with the other axes
    const name = estimator.get('coef_') === undefined ? '_coef_' : 'coef_';
    const coefficients = shaped(estimator, name, [outputs, width]);
    // until 1.4 columns are scaled too; since 1.5 that is in the coefficients
    const scales = minor < 5 ? shaped(estimator, '_x_std', [width]) : undefined;
    const centred = graph.subtract(input.value, graph.doubles(shaped(estimator, '_x_mean', [width])));
    const weights = graph.doubles(transpose(coefficients, outputs, width), [width, outputs]);
    const scaled = scales ? graph.divide(centred, graph.doubles(scales)) : centred;
    const value = graph.add(graph.matmul(scaled, weights), graph.doubles(shaped(estimator, 'intercept_', [outputs])));
    return {
      outputs: { predict: { value: outputs === 1 ? graph.reshape(value, [-1]) : value, width: outputs } },
      computeClass: 'scalar',
    };
  },
};
