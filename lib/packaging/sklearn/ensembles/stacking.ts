/** `sklearn.ensemble.Stacking*`: estimators whose answers are the features of a last one. */

import { classesOf } from '../../estimator/classes';
import type { Conversion, Converter, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED, type FeatureColumn } from '../../estimator/feature-column';
import { type Features, joinFeatures, numericFeatures, stored } from '../../estimator/features';
import { answerOf, asMatrix, computeClassOf, givenToAll, memberIn, namedMembers } from '../../estimator/members';
import type { GraphBuilder, Value } from '../../onnx';

const METHODS = ['predict_proba', 'decision_function', 'predict'] as const;

const STACK_READS = ['stack_method_', 'final_estimator_', 'passthrough'];

/** The method by which each member answers, as fitting found it. */
function methodsOf(stacking: Estimator, members: readonly Estimator[]): (typeof METHODS)[number][] {
  const methods = stacking.list('stack_method_').map((name) => METHODS.find((method) => method === name));
  const known = methods.filter((method) => method !== undefined);
  if (known.length !== members.length || methods.length !== members.length) {
    throw stacking.damaged('stack_method_ does not fit its estimators');
  }
  return known;
}

/** Answers as features. scikit-learn leaves out the first of two probabilities, as it follows from the second. */
function column(
  graph: GraphBuilder,
  prediction: Prediction,
  of: Estimator,
  { method, binary }: { readonly method: (typeof METHODS)[number]; readonly binary: boolean },
): { readonly value: Value<'float64'>; readonly width: number } {
  const output = answerOf(prediction, method, of, 'the last estimator of the stack needs');
  if (output.value.type === 'string') {
    throw of.unsupported(`(${of.className}) answers with text, which the last estimator of the stack cannot read`);
  }
  const value = asMatrix(graph, output);
  if (method !== 'predict_proba' || !binary) return { value, width: output.width };
  return { value: graph.node('Gather', [value, graph.integers([1])], 'float64', { axis: 1 }), width: 1 };
}

function stack(
  stacking: Estimator,
  input: Features,
  conversion: Conversion,
  binary: boolean,
): { readonly features: Features; readonly predictions: readonly Prediction[] } {
  const { graph } = conversion;
  const members = namedMembers(stacking);
  const methods = methodsOf(stacking, members);
  const predictions = members.map((member) => conversion.predict(member, input));
  const parts = predictions.map((prediction, i) =>
    column(graph, prediction, members[i]!, { method: methods[i]!, binary }),
  );
  const columns = parts.flatMap(({ width }) => new Array<FeatureColumn>(width).fill(BOUNDED));
  const values = parts.map(({ value }) => value);
  const answers = numericFeatures(values.length > 1 ? graph.concat(values, 1) : values[0]!, columns);
  const passthrough = stacking.get('passthrough') === true;
  const beside = () => stored(joinFeatures(graph, [answers, input], stacking.file), input.sparse);
  return { features: passthrough ? beside() : answers, predictions };
}

const last = (stacking: Estimator) => memberIn(stacking, 'final_estimator_', 'final_estimator');

export const stackingClassifier: Converter = {
  classNames: ['sklearn.ensemble._stacking.StackingClassifier'],
  reads: STACK_READS,
  ...givenToAll(namedMembers),

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const { features, predictions } = stack(estimator, input, conversion, count === 2);
    const final = last(estimator);
    const prediction = conversion.predict(final, features);
    const { predict, ...others } = prediction.outputs;
    // the last estimator is fitted on the indices of the classes
    if (prediction.classes?.some((label, i) => label !== i) || prediction.classes?.length !== count) {
      throw final.unsupported(`(${final.className}) has classes that are not the ${count} of the whole stack`);
    }
    return {
      outputs: { predict: { value: classes.at(graph, graph.cast(predict.value, 'int64')), width: 1 }, ...others },
      classes: classes.labels,
      computeClass: computeClassOf([...predictions, prediction]),
    };
  },
};

export const stackingRegressor: Converter = {
  classNames: ['sklearn.ensemble._stacking.StackingRegressor'],
  reads: STACK_READS,
  ...givenToAll(namedMembers),

  predict(estimator, input, conversion) {
    const { features, predictions } = stack(estimator, input, conversion, false);
    const prediction = conversion.predict(last(estimator), features);
    return { ...prediction, computeClass: computeClassOf([...predictions, prediction]) };
  },
};
