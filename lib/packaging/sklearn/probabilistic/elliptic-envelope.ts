/**
 * `sklearn.covariance.EllipticEnvelope`: outliers are rows far from the middle of training, measured by its covariance.
 *
 *     decision = -(x - location_) @ precision_ @ (x - location_)' - offset_
 */
import type { Converter } from '../../estimator/converter';
import { refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';

export const ellipticEnvelope: Converter = {
  classNames: ['sklearn.covariance._elliptic_envelope.EllipticEnvelope'],
  reads: ['location_', 'precision_', 'store_precision', 'offset_'],

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const width = input.columns.length;
    estimator.option('store_precision', [true], 'it keeps the precision then: use True');
    const precision = shaped(estimator, 'precision_', [width, width]);
    const centred = graph.subtract(input.value, graph.doubles(shaped(estimator, 'location_', [width])));
    const weighted = graph.matmul(centred, graph.doubles(precision, [width, width]));
    // scikit-learn squares SciPy's root: where the sum overflows, or rounding has made it negative, there is NaN
    const root = graph.node('Sqrt', [graph.sum(graph.multiply(weighted, centred), 1, false)], 'float64');
    const distance = graph.multiply(root, root);
    const decision = graph.subtract(graph.negate(distance), graph.doubles([estimator.number('offset_')]));
    const inlier = graph.cast(graph.node('GreaterOrEqual', [decision, graph.doubles([0])], 'bool'), 'int64');
    return {
      outputs: {
        predict: { value: graph.gather(graph.integers([-1, 1]), inlier), width: 1 }, // not one whose decision is NaN
        decision_function: { value: decision, width: 1 },
      },
      computeClass: 'scalar',
    };
  },
};
