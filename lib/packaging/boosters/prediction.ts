/** What a booster answers: as a classifier with labels and probabilities, or as a regressor or ranker with numbers. */
import { SlipwayError } from '../../model/error';
import type { Label } from '../../model/rows/signature';
import type { Classes } from '../estimator/classes';
import type { Prediction } from '../estimator/converter';
import { roundToFloat32 } from '../graph-parts/tree-ensemble';
import type { GraphBuilder, Value } from '../onnx';
import type { BoosterModel } from './booster-model';
import { type Transformed, transformed } from './transformed';

/** The classes of a booster on its own: 0, 1, ... */
export function numberedClasses(count: number): Classes {
  const labels = Array.from({ length: count }, (_, i) => i);
  return { labels: labels as readonly Label[], at: (_, indices) => indices };
}

/** As a booster without a wrapper answers: as its wrapper would, with classes where its objective has them. */
export function predictBooster(
  graph: GraphBuilder,
  input: Value<'float64'>,
  model: BoosterModel,
  file: string,
): Prediction {
  return model.classes === undefined
    ? predictNumbers(graph, input, model, file)
    : predictClasses(graph, input, model, { classes: numberedClasses(model.classes), file });
}

/** As a regressor or ranker answers. @param input X, shape `[rows, model.width]` */
export function predictNumbers(
  graph: GraphBuilder,
  input: Value<'float64'>,
  model: BoosterModel,
  file: string,
): Prediction {
  const { value } = transformed(graph, input, model, file);
  const width = model.trees.length;
  return { outputs: { predict: { value: width === 1 ? flat(graph, value) : value, width } }, computeClass: 'tree' };
}

/**
 * As a classifier answers: the libraries' wrappers take the label from the probability.
 *
 * @param input X, shape `[rows, model.width]`
 * @throws SlipwayError E_UNSUPPORTED for an objective without probabilities; E_FORMAT for a wrong number of classes
 */
export function predictClasses(
  graph: GraphBuilder,
  input: Value<'float64'>,
  model: BoosterModel,
  { classes, file }: { readonly classes: Classes; readonly file: string },
): Prediction {
  const outputs = model.trees.length;
  const { link, name } = model.objective;
  const count = classes.labels.length;
  const forMany = link === 'softmax' || link === 'argmax' || link === 'independent sigmoids';
  if (model.library === 'xgboost' && outputs > 1 && !forMany) return predictLabels(graph, input, model, file);
  // XGBoost's wrapper takes any number for a probability, also the margin of binary:logitraw
  const forOne = link === 'sigmoid' || (model.library === 'xgboost' && !forMany);
  if (!forOne && !forMany) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: is a classifier with the objective ${name}, which gives no probabilities; train with binary or multiclass`,
    );
  }
  if (count !== (forOne ? 2 : outputs)) {
    throw new SlipwayError('E_FORMAT', `${file}: is damaged: the model has ${outputs} outputs for ${count} classes`);
  }
  const result = transformed(graph, input, model, file);
  const probability = outputs === 1 ? bothSides(graph, result.value, model) : result.value;
  return {
    outputs: {
      predict: { value: classes.at(graph, labelIndex(graph, model, result, probability)), width: 1 },
      predict_proba: { value: probability, width: count },
      // of a booster of any release, as its raw scores are; LightGBM's wrapper has the method since 4.7, XGBoost's has none
      ...(model.library === 'lightgbm' && {
        decision_function: { value: outputs === 1 ? flat(graph, result.scores) : result.scores, width: outputs },
      }),
    },
    classes: classes.labels,
    computeClass: 'tree',
  };
}

function labelIndex(
  graph: GraphBuilder,
  { library, objective, trees }: BoosterModel,
  { value, scores }: Transformed,
  probability: Value<'float64'>,
): Value<'int64'> {
  if (objective.link === 'argmax') return graph.argmax(scores);
  if (library === 'xgboost' && trees.length === 1) return isAboveHalf(graph, value);
  return graph.argmax(probability);
}

/**
 * Several labels a row, each of which applies or does not: as XGBoost's wrapper answers, `predict` gives a number 1 or 0
 * for each, and `predict_proba` the probability that it applies.
 */
function predictLabels(graph: GraphBuilder, input: Value<'float64'>, model: BoosterModel, file: string): Prediction {
  const { value } = transformed(graph, input, model, file);
  const width = model.trees.length;
  const applies = graph.cast(graph.greater(value, graph.doubles([0.5])), 'float64');
  return { outputs: { predict: { value: applies, width }, predict_proba: { value, width } }, computeClass: 'tree' };
}

function isAboveHalf(graph: GraphBuilder, value: Value<'float64'>): Value<'int64'> {
  return flat(graph, graph.cast(graph.greater(value, graph.doubles([0.5])), 'int64'));
}

/** `[1 - p, p]`, in single precision where p is. */
function bothSides(graph: GraphBuilder, value: Value<'float64'>, { library }: BoosterModel): Value<'float64'> {
  const other = graph.subtract(graph.doubles([1]), value);
  return graph.concat([library === 'xgboost' ? roundToFloat32(graph, other) : other, value], 1);
}

/** `[rows, 1]` to `[rows]`. */
function flat<T extends 'float64' | 'int64'>(graph: GraphBuilder, value: Value<T>): Value<T> {
  return graph.reshape(value, [-1]);
}
