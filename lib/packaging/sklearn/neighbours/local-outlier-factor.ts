/**
 * `sklearn.neighbors.LocalOutlierFactor` with novelty=True: how dense the training rows are around a row, beside how
 * dense they are around its neighbours.
 *
 *     density(x)  = 1 / (mean of max(distance to i, _distances_fit_X_[i, -1]) over its neighbours i + 1e-10)
 *     decision(x) = -(mean of _lrd[i] / density(x) over its neighbours i) - offset_
 *
 * Source: `LocalOutlierFactor.score_samples` and `_local_reachability_density` of scikit-learn.
 */
import type { Converter } from '../../estimator/converter';
import { shaped } from '../../estimator/parameters';
import { outlierOutputs } from '../../graph-parts/outliers';
import { numbered } from './neighbor-ties';
import { nearestRows, refuseRoundedDistances, trainingRows } from './neighbors';

/** What scikit-learn adds to a mean distance, so that copies of a row have a density too. */
const LEAST_DISTANCE = 1e-10;

export const localOutlierFactor: Converter = {
  classNames: ['sklearn.neighbors._lof.LocalOutlierFactor'],
  reads: ['novelty', 'n_neighbors_', 'offset_', '_lrd', '_distances_fit_X_'],

  predict(estimator, input, { graph }) {
    estimator.option('novelty', [true], 'it has no predict then: fit it with novelty=True');
    refuseRoundedDistances(estimator, 'distances');
    const rows = trainingRows(estimator);
    const count = estimator.integer('n_neighbors_');
    const density = shaped(estimator, '_lrd', [rows]);
    const distances = shaped(estimator, '_distances_fit_X_', [rows, count]);
    const farthest = density.map((_, row) => distances[(row + 1) * count - 1]!);
    const answers = numbered(density.length, (row) => `${density[row]},${farthest[row]}`);
    const { indices, distance } = nearestRows(graph, estimator, input, { count, answers });

    const far = graph.node('Max', [distance(), graph.gather(graph.doubles(farthest), indices)], 'float64');
    const mean = graph.divide(graph.sum(far, 1, true), graph.doubles([count]));
    const own = graph.divide(graph.doubles([1]), graph.add(mean, graph.doubles([LEAST_DISTANCE])));
    const ratios = graph.divide(graph.gather(graph.doubles(density), indices), own);
    const factor = graph.divide(graph.sum(ratios, 1, false), graph.doubles([count]));
    const decision = graph.subtract(graph.negate(factor), graph.doubles([estimator.number('offset_')]));
    return { outputs: outlierOutputs(graph, decision), computeClass: 'scalar' };
  },
};
