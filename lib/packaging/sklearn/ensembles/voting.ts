/** `sklearn.ensemble.Voting*`: the weighted mean of what several estimators say, or the class that most of them name. */

import { classesOf } from '../../estimator/classes';
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import {
  computeClassOf,
  givenMembers,
  givenToAll,
  namedMembers,
  probabilitiesOf,
  regressed,
  sumInOrder,
  voteOf,
} from '../../estimator/members';
import { NumpyArray } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

/** A weight for each estimator that is not dropped; undefined when all count the same. */
function weightsOf(voting: Estimator, count: number): Weights {
  if ((voting.get('weights') ?? null) === null) return undefined;
  const all =
    voting.fitted('weights') instanceof NumpyArray ? voting.finite('weights', 1).values : voting.list('weights');
  const given = givenMembers(voting);
  const weights = Array.from(all, Number).filter((_, i) => !given[i]?.dropped);
  if (!weights.every(Number.isFinite)) throw voting.damaged('weights has something in it that is not a number');
  if (weights.length !== count) throw voting.damaged(`it has ${weights.length} weights for ${count} estimators`);
  return weights;
}

type Weights = readonly number[] | undefined;

function weighted(graph: GraphBuilder, values: readonly Value<'float64'>[], weights: Weights): Value<'float64'>[] {
  return values.map((value, i) => (weights ? graph.multiply(value, graph.doubles([weights[i]!])) : value));
}

const total = (weights: Weights, count: number) => weights?.reduce((sum, weight) => sum + weight, 0) ?? count;

export const votingClassifier: Converter = {
  classNames: ['sklearn.ensemble._voting.VotingClassifier'],
  reads: ['voting', 'weights'],
  ...givenToAll(namedMembers),

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const indices = classes.labels.map((_, i) => i); // the members are fitted on these
    const members = namedMembers(estimator);
    const weights = weightsOf(estimator, members.length);
    const soft = estimator.get('voting') === 'soft';
    if (!soft && estimator.get('voting') !== 'hard') {
      throw estimator.unsupported(
        `(${estimator.className}) has voting=${String(estimator.get('voting'))}; use 'soft' or 'hard'`,
      );
    }
    const predictions = members.map((member) => conversion.predict(member, input));
    const answers = predictions.map((prediction, i) =>
      soft
        ? probabilitiesOf(graph, prediction, members[i]!, { labels: indices, need: 'soft voting needs' })
        : voteOf(graph, prediction, indices, members[i]!),
    );
    const sum = sumInOrder(graph, weighted(graph, answers, weights));
    const score = soft ? graph.divide(sum, graph.doubles([total(weights, members.length)])) : sum;
    return {
      outputs: {
        predict: { value: classes.at(graph, graph.argmax(score)), width: 1 },
        ...(soft && { predict_proba: { value: score, width: count } }),
      },
      classes: classes.labels,
      computeClass: computeClassOf(predictions),
    };
  },
};

export const votingRegressor: Converter = {
  classNames: ['sklearn.ensemble._voting.VotingRegressor'],
  reads: ['weights'],
  ...givenToAll(namedMembers),

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const members = namedMembers(estimator);
    const weights = weightsOf(estimator, members.length);
    const predictions = members.map((member) => conversion.predict(member, input));
    const values = predictions.map((prediction, i) => regressed(graph, prediction, members[i]!));
    const sum = graph.reshape(sumInOrder(graph, weighted(graph, values, weights)), [-1]);
    const mean = graph.divide(sum, graph.doubles([total(weights, members.length)]));
    return { outputs: { predict: { value: mean, width: 1 } }, computeClass: computeClassOf(predictions) };
  },
};
