/** `sklearn.multioutput`, where the estimator of each target is also given the answers of those before it. */

import type { Conversion, Converter, Output, Prediction } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { BOUNDED, type Features, joinFeatures, numericFeatures, refuseMissing, stored } from '../../estimator/features';
import { answerOf, asMatrix, computeClassOf, listedMembers, regressed } from '../../estimator/members';
import { NumpyArray, type PyValue } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { targetsOf } from './multi-output';

const METHODS = ['predict', 'predict_proba', 'decision_function'] as const;
type ChainMethod = (typeof METHODS)[number];

/** The target that each estimator of the chain is for. */
function orderOf(chain: Estimator, targets: number): readonly number[] {
  const given: PyValue = chain.fitted('order_');
  const order = given instanceof NumpyArray && given.isNumeric ? [...given.numbers()] : given;
  const fits = Array.isArray(order) && order.length === targets && order.every((_, target) => order.includes(target));
  if (!fits) throw chain.damaged(`order_ is not an order of its ${targets} targets`);
  return order as readonly number[];
}

const CHAIN: Reader = { reads: ['estimators_'] };

/**
 * The answers of the estimators, each to X and to what `passOn` makes of the answers before.
 *
 * @param passOn shape `[rows, 1]`
 */
function chained(
  conversion: Conversion,
  chain: Estimator,
  input: Features,
  passOn: (prediction: Prediction, member: Estimator) => Value<'float64'>,
): readonly Prediction[] {
  const { graph } = conversion;
  const members = listedMembers(chain.readBy(CHAIN), 'estimators_');
  void input.value; // numbers only, whatever its members accept
  refuseMissing(input);
  const predictions: Prediction[] = [];
  let features = input;
  members.forEach((member, i) => {
    const prediction = conversion.predict(member, features);
    predictions.push(prediction);
    if (i === members.length - 1) return;
    const added = numericFeatures(passOn(prediction, member), [BOUNDED]);
    features = stored(joinFeatures(graph, [features, added], chain.file), input.sparse);
  });
  return predictions;
}

/** The answers in the order of the targets. @param columns shape `[rows, 1]` each, in the order of the chain */
function byTarget(graph: GraphBuilder, columns: readonly Value<'float64'>[], order: readonly number[]): Output {
  return targetsOf(
    graph,
    columns.map((_, target) => columns[order.indexOf(target)]!),
  );
}

export const regressorChain: Converter = {
  classNames: ['sklearn.multioutput.RegressorChain'],
  reads: ['estimators_', 'order_'],
  entry: (estimator) => listedMembers(estimator, 'estimators_')[0]!,

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const members = listedMembers(estimator, 'estimators_');
    const order = orderOf(estimator, members.length);
    const value = (prediction: Prediction, member: Estimator) => regressed(graph, prediction, member);
    const predictions = chained(conversion, estimator, input, value);
    const columns = predictions.map((prediction, i) => value(prediction, members[i]!));
    return { outputs: { predict: byTarget(graph, columns, order) }, computeClass: computeClassOf(predictions) };
  },
};

/** A member's answer as one number a row: of two probabilities the second. */
function numberOf(graph: GraphBuilder, prediction: Prediction, method: ChainMethod, of: Estimator): Value<'float64'> {
  const output = answerOf(prediction, method, of, 'the chain passes on');
  if (output.value.type === 'string') throw of.damaged('its labels are text, which a chain cannot pass on');
  const value = asMatrix(graph, output);
  if (output.width === 1) return value;
  if (output.width !== 2) throw of.damaged(`it answers ${method} with ${output.width} numbers`);
  return graph.node('Gather', [value, graph.integers([1])], 'float64', { axis: 1 });
}

/**
 * `predict` gives numbers, since scikit-learn collects the labels in an array of them. Where every target has two
 * classes, `predict_proba` gives the probability of the second and `decision_function` the score, one for each target.
 */
export const classifierChain: Converter = {
  classNames: ['sklearn.multioutput.ClassifierChain'],
  reads: ['estimators_', 'order_', 'chain_method_'],
  entry: (estimator) => listedMembers(estimator, 'estimators_')[0]!,

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const members = listedMembers(estimator, 'estimators_');
    const order = orderOf(estimator, members.length);
    const passed =
      estimator.get('chain_method_') === undefined // until 1.5
        ? 'predict'
        : estimator.option('chain_method_', METHODS, `use chain_method='predict' or another of ${METHODS.join(', ')}`);
    const number = (method: ChainMethod) => (prediction: Prediction, member: Estimator) =>
      numberOf(graph, prediction, method, member);
    const predictions = chained(conversion, estimator, input, number(passed));
    const output = (method: ChainMethod) => {
      const columns = predictions.map((prediction, i) => number(method)(prediction, members[i]!));
      return byTarget(graph, columns, order);
    };
    const binary = predictions.every(({ classes }) => classes?.length === 2);
    const given = (method: ChainMethod) => binary && predictions.every(({ outputs }) => outputs[method] !== undefined);
    return {
      outputs: {
        predict: output('predict'),
        ...(given('predict_proba') && { predict_proba: output('predict_proba') }),
        ...(given('decision_function') && { decision_function: output('decision_function') }),
      },
      computeClass: computeClassOf(predictions),
    };
  },
};
