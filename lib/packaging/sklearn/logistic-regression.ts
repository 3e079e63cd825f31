/**
 * `sklearn.linear_model.LogisticRegression`: a score for each class, and probabilities from the scores.
 *
 * The label comes from the score, not from the probability. Which probabilities belong to the scores
 * depends on attributes that have changed with the versions.
 */
import type { GraphBuilder, Value } from '../onnx';
import { classesOf } from './classes';
import type { Converter } from './converter';
import type { Estimator } from './estimator';
import { type Features, refuseMissing } from './features';
import { testedVersion } from './version';

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

/** Scores `X coef_' + intercept_`, shape `[rows, 1]` for two classes, otherwise `[rows, classes]`. */
function scores(estimator: Estimator, input: Features, classes: number, graph: GraphBuilder): Value<'float64'> {
  const coefficients = estimator.finite('coef_', 2);
  const intercept = estimator.finite('intercept_', 1).values;
  const [vectors = 0, width = 0] = coefficients.shape;
  if (vectors !== (classes === 2 ? 1 : classes) || intercept.length !== vectors) {
    throw estimator.damaged(
      `coef_ has ${vectors} rows and intercept_ ${intercept.length} values for ${classes} classes`,
    );
  }
  if (width !== input.columns.length) {
    throw estimator.damaged(`coef_ has ${width} columns, and ${input.columns.length} come in`);
  }
  const transposed = new Float64Array(width * vectors);
  for (let vector = 0; vector < vectors; vector++) {
    for (let column = 0; column < width; column++) {
      transposed[column * vectors + vector] = coefficients.values[vector * width + column]!;
    }
  }
  return graph.add(graph.matmul(input.value, graph.doubles(transposed, [width, vectors])), graph.doubles(intercept));
}

function probabilities(score: Value<'float64'>, link: Link, binary: boolean, graph: GraphBuilder): Value<'float64'> {
  if (link === 'softmax') {
    const opposite = () => graph.concat([graph.subtract(graph.doubles([0]), score), score], 1);
    return graph.softmax(binary ? opposite() : score);
  }
  const each = graph.sigmoid(score);
  if (link === 'logistic') return graph.concat([graph.subtract(graph.doubles([1]), each), each], 1);
  return graph.divide(each, graph.sum(each, 1, true));
}

export const logisticRegression: Converter = {
  classNames: ['sklearn.linear_model._logistic.LogisticRegression', 'sklearn.linear_model.logistic.LogisticRegression'],

  predict(estimator, input, { graph }) {
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const binary = count === 2;
    const link = linkOf(estimator, count);
    refuseMissing(input);
    const score = scores(estimator, input, count, graph);
    const decision = binary ? graph.reshape(score, [-1]) : score;
    const index = binary ? graph.cast(graph.greater(decision, graph.doubles([0])), 'int64') : graph.argmax(score);
    return {
      outputs: {
        predict: { value: classes.at(graph, index), width: 1 },
        predict_proba: { value: probabilities(score, link, binary, graph), width: count },
        decision_function: { value: decision, width: binary ? 1 : count },
      },
      classes: classes.labels,
      computeClass: 'scalar',
    };
  },
};
