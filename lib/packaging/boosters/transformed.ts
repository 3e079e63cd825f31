/** A booster's scores through the link of its objective. */

import { log1p } from '../graph-parts/elementary';
import type { GraphBuilder, Value } from '../onnx';
import type { BoosterModel } from './booster-model';
import * as float32 from './float32';
import { margins, rawScores } from './scores';

/** What `Booster.predict` gives, and the scores behind it; both of shape `[rows, outputs]`. */
export interface Transformed {
  readonly value: Value<'float64'>;
  /** XGBoost's margins or LightGBM's raw scores. */
  readonly scores: Value<'float64'>;
}

/** @param input X, shape `[rows, model.width]` */
export function transformed(
  graph: GraphBuilder,
  input: Value<'float64'>,
  model: BoosterModel,
  file: string,
): Transformed {
  if (model.library === 'lightgbm') {
    const scores = rawScores(graph, input, model, file);
    const mean = model.divisor === 1 ? scores : graph.divide(scores, graph.doubles([model.divisor])); // raw scores are sums
    return { value: lightgbmLink(graph, mean, model), scores };
  }
  const scores = margins(graph, input, model, file);
  return {
    value: graph.cast(xgboostLink(graph, scores, model), 'float64'),
    scores: graph.cast(scores, 'float64'),
  };
}

function xgboostLink(graph: GraphBuilder, scores: Value<'float32'>, { objective }: BoosterModel): Value<'float32'> {
  switch (objective.link) {
    case 'sigmoid':
      return float32.sigmoid(graph, scores);
    case 'exponential':
      return float32.exponential(graph, scores);
    case 'softmax':
    case 'argmax': // its wrapper gives the probabilities all the same
      return float32.softmax(graph, scores);
    case 'step':
      return graph.cast(graph.node('Greater', [scores, float32.float32s(graph, [0])], 'bool'), 'float32');
    default:
      return scores;
  }
}

function lightgbmLink(graph: GraphBuilder, scores: Value<'float64'>, { objective }: BoosterModel): Value<'float64'> {
  const one = graph.doubles([1]);
  switch (objective.link) {
    case 'sigmoid':
    case 'independent sigmoids': {
      const power = graph.exp(graph.multiply(scores, graph.doubles([-objective.slope])));
      return graph.divide(one, graph.add(one, power));
    }
    case 'exponential':
      return graph.exp(scores);
    case 'softmax': {
      const powers = graph.exp(graph.subtract(scores, graph.max(scores, 1, true)));
      return graph.divide(powers, graph.sum(powers, 1, true));
    }
    case 'logarithm of one plus exponential':
      return log1p(graph, graph.exp(scores));
    case 'signed square':
      return graph.multiply(graph.multiply(graph.node('Sign', [scores], 'float64'), scores), scores);
    default:
      return scores;
  }
}
