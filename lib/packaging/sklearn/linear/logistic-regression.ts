/**
 * `sklearn.linear_model.LogisticRegression`: a score for each class, and probabilities from the scores.
 *
 * The label comes from the score, not from the probability. Which probabilities belong to the scores
 * depends on attributes that have changed with the versions.
 */

import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { refuseMissing } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { linearScores } from '../../graph-parts/linear-score';
import { decide, expit, normalise, withOpposite } from '../../graph-parts/probability';
import type { GraphBuilder, Value } from '../../onnx';

type Link = 'logistic' | 'one-vs-rest' | 'softmax';

/** How `predict_proba` makes probabilities of scores. */
function linkOf(estimator: Estimator, classes: number): Link {
  const { minor } = testedVersion(estimator);
  const oneVersusRest: Link = classes === 2 ? 'logistic' : 'one-vs-rest';
  if (minor >= 8) return classes === 2 ? 'logistic' : 'softmax'; // multi_class is gone
  const multiClass = estimator.get('multi_class');
  const solver = estimator.get('solver');
  switch (multiClass) {
    case 'ovr':
      return oneVersusRest;
    case 'multinomial':
      return 'softmax';
    case 'auto':
    case 'deprecated': {
      // newton-cholesky was one-versus-rest until it learnt softmax in 1.6
      const separate = solver === 'liblinear' || (solver === 'newton-cholesky' && minor < 6);
      return classes === 2 || separate ? oneVersusRest : 'softmax';
    }
    default:
      throw estimator.unsupported(
        `(${estimator.className}) has multi_class=${String(multiClass)}, which scikit-learn does not document`,
      );
  }
}

function probabilities(graph: GraphBuilder, score: Value<'float64'>, link: Link, classes: number): Value<'float64'> {
  if (link === 'softmax') {
    const opposite = () => graph.concat([graph.subtract(graph.doubles([0]), score), score], 1);
    return graph.softmax(classes === 2 ? opposite() : score);
  }
  const each = expit(graph, score);
  return link === 'logistic' ? withOpposite(graph, each) : normalise(graph, each, classes, false);
}

export const logisticRegression: Converter = {
  classNames: [
    'sklearn.linear_model._logistic.LogisticRegression',
    'sklearn.linear_model._logistic.LogisticRegressionCV',
  ],
  reads: ['multi_class', 'solver'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const link = linkOf(estimator, count);
    refuseMissing(input);
    const { value, outputs } = linearScores(graph, estimator, input);
    if (outputs !== (count === 2 ? 1 : count)) {
      throw estimator.damaged(`coef_ has ${outputs} rows for ${count} classes`);
    }
    return decide(graph, classes, value, probabilities(graph, value, link, count));
  },
};
