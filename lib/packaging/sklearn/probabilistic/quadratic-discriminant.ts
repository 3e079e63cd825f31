/**
 * `sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis`: a Gaussian for each class, by its principal axes.
 *
 *     score = -(|(x - mean) @ rotation / sqrt(scaling)|^2 + sum of log(scaling)) / 2 + log(prior)
 *
 * Probabilities are the softmax of the scores.
 */

import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import { refuseMissing } from '../../estimator/features';
import { shaped, shapedList } from '../../estimator/parameters';
import { largest } from '../../graph-parts/probability';
import { NumpyArray } from '../../joblib';

export const quadraticDiscriminant: Converter = {
  classNames: ['sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis'],
  reads: ['means_', 'priors_', 'rotations_', 'scalings_'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const width = input.columns.length;
    refuseMissing(input);

    // with fewer rows of a class than columns there are fewer axes than columns
    const ranks = estimator.list('scalings_').map((axes) => (axes instanceof NumpyArray ? axes.size : 0));
    const scalings = shapedList(
      estimator,
      'scalings_',
      ranks.map((rank) => [rank]),
    );
    const rotations = shapedList(
      estimator,
      'rotations_',
      ranks.map((rank) => [width, rank]),
    );
    const means = shaped(estimator, 'means_', [count, width]);
    const priors = shaped(estimator, 'priors_', [count]);
    if (ranks.length !== count) throw estimator.damaged(`it has ${ranks.length} covariances for ${count} classes`);

    const scores = scalings.map((variances, i) => {
      const rank = ranks[i]!;
      const axes = rotations[i]!.map((value, at) => value * variances[at % rank]! ** -0.5);
      const centred = graph.subtract(input.value, graph.doubles(means.subarray(i * width, (i + 1) * width)));
      const projected = graph.matmul(centred, graph.doubles(axes, [width, rank]));
      const distance = graph.sum(graph.multiply(projected, projected), 1, true);
      const volume = variances.reduce((sum, variance) => sum + Math.log(variance), 0);
      const exponent = graph.multiply(graph.add(distance, graph.doubles([volume])), graph.doubles([-0.5]));
      return graph.add(exponent, graph.doubles([Math.log(priors[i]!)]));
    });
    const score = graph.concat(scores, 1);
    const decision = count === 2 ? graph.reshape(graph.subtract(scores[1]!, scores[0]!), [-1]) : score;
    return {
      outputs: {
        predict: largest(graph, classes, score),
        predict_proba: { value: graph.softmax(score), width: count },
        decision_function: { value: decision, width: count === 2 ? 1 : count },
      },
      classes: classes.labels,
      computeClass: 'scalar',
    };
  },
};
