/**
 * `sklearn.neighbors.NearestCentroid`: the class whose centroid is nearest.
 *
 * Since 1.6 there are priors, and scores and probabilities that take the spread of each column into account.
 * With equal priors the label still comes from the plain distances, and may be another than the largest score's.
 */
import type { GraphBuilder, Value } from '../onnx';
import { classesOf } from './classes';
import type { Converter, Output } from './converter';
import { distances } from './distance';
import type { Estimator } from './estimator';
import { type Features, refuseMissing } from './features';
import { shaped } from './parameters';
import { largest } from './probability';
import { testedVersion } from './version';

/** numpy's `isclose`. */
function isClose(value: number, to: number): boolean {
  return Math.abs(value - to) <= 1e-8 + 1e-5 * Math.abs(to);
}

/** Discriminant scores, shape `[rows, classes]`. */
function scores(
  estimator: Estimator,
  input: Features,
  centroids: Float64Array,
  priors: Float64Array,
  graph: GraphBuilder,
): Value<'float64'> {
  const width = input.columns.length;
  const spread = shaped(estimator, 'within_class_std_dev_', [width]).map((deviation) => deviation || 1);
  const scaled = centroids.map((value, i) => value / spread[i % width]!);
  const rows = graph.divide(input.value, graph.doubles(spread));
  const distance = distances(rows, scaled, priors.length, width, 'squared-euclidean', graph);
  return graph.add(graph.negate(distance), graph.doubles(priors.map((prior) => 2 * Math.log(prior))));
}

export const nearestCentroid: Converter = {
  classNames: ['sklearn.neighbors._nearest_centroid.NearestCentroid'],
  reads: ['classes_', 'metric', 'centroids_', 'class_prior_', 'within_class_std_dev_'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const width = input.columns.length;
    const metric = estimator.option('metric', ['euclidean', 'manhattan'], 'use "euclidean" or "manhattan"');
    const centroids = shaped(estimator, 'centroids_', [count, width]);
    refuseMissing(input);
    const plain = () => {
      const name = metric === 'euclidean' ? 'squared-euclidean' : metric;
      return graph.negate(distances(input.value, centroids, count, width, name, graph, true));
    };
    const shared = { classes: classes.labels, computeClass: 'scalar' } as const;
    if (testedVersion(estimator).minor < 6)
      return { outputs: { predict: largest(classes, plain(), graph) }, ...shared };

    const priors = shaped(estimator, 'class_prior_', [count]);
    const equal = priors.every((prior) => isClose(prior, 1 / count));
    if (metric === 'manhattan') {
      if (!equal) {
        throw estimator.unsupported(
          `(${estimator.className}) has priors with metric=manhattan, which is not converted; use metric="euclidean" or equal priors`,
        );
      }
      return { outputs: { predict: largest(classes, plain(), graph) }, ...shared };
    }
    const score = scores(estimator, input, centroids, priors, graph);
    const decision: Output =
      count === 2
        ? { value: graph.reshape(graph.matmul(score, graph.doubles([-1, 1], [2, 1])), [-1]), width: 1 }
        : { value: score, width: count };
    return {
      outputs: {
        predict: largest(classes, equal ? plain() : score, graph),
        predict_proba: { value: graph.softmax(score), width: count },
        decision_function: decision,
      },
      ...shared,
    };
  },
};
