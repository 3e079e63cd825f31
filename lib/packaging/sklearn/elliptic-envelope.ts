/** `sklearn.covariance.EllipticEnvelope`: outliers are rows far from the middle of training, measured by its covariance. */
import type { Converter } from './converter';
import { refuseMissing } from './features';
import { outlierOutputs } from './outliers';
import { shaped } from './parameters';

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
    const distance = graph.sum(graph.multiply(weighted, centred), 1, false);
    const decision = graph.subtract(graph.negate(distance), graph.doubles([estimator.number('offset_')]));
    return { outputs: outlierOutputs(graph, decision), computeClass: 'scalar' };
  },
};
