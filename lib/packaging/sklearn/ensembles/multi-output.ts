/** `sklearn.multioutput`, where each target has an estimator of its own that knows nothing of the others. */
import type { ElementType } from '../../../model/rows/signature';
import type { Conversion, Converter, Output, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { computeClassOf, givenToAll, listedMembers, regressed } from '../../estimator/members';
import { testedVersion } from '../../estimator/version';
import type { GraphBuilder, Value } from '../../onnx';

const shared: Pick<Converter, 'reads' | 'entry' | 'inputTypes'> = {
  reads: ['estimators_'],
  ...givenToAll((estimator) => listedMembers(estimator, 'estimators_')),
};

/** The answer of each member to all of X. */
function answersOf(members: readonly Estimator[], of: Estimator, input: Features, conversion: Conversion) {
  const { minor } = testedVersion(of);
  if (minor < 0) void input.value; // until 0.24 it accepts numbers only, whatever its members accept
  if (minor < -1) refuseMissing(input); // and until 0.23 none that is missing
  return members.map((member) => conversion.predict(member, input));
}

/** The answers of all targets side by side; for one target a value a row, and not a row of one. @param columns shape `[rows, 1]` each */
export function targetsOf<T extends ElementType>(graph: GraphBuilder, columns: readonly Value<T>[]): Output {
  const width = columns.length;
  return { value: width === 1 ? graph.reshape(columns[0]!, [-1]) : graph.concat(columns, 1), width };
}

export const multiOutputRegressor: Converter = {
  classNames: ['sklearn.multioutput.MultiOutputRegressor'],
  ...shared,

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const members = listedMembers(estimator, 'estimators_');
    const predictions = answersOf(members, estimator, input, conversion);
    const values = predictions.map((prediction, i) => regressed(graph, prediction, members[i]!));
    return { outputs: { predict: targetsOf(graph, values) }, computeClass: computeClassOf(predictions) };
  },
};

/** The labels that each member answers with, shape `[rows, 1]`: of one type, as they were in one array. */
function labelsOf(graph: GraphBuilder, predictions: readonly Prediction[], of: Estimator): Value<ElementType>[] {
  const { type } = predictions[0]!.outputs.predict.value;
  return predictions.map(({ outputs, classes }) => {
    const { value, width } = outputs.predict;
    if (!classes || width !== 1) throw of.unsupported(`(${of.className}) is made of others than classifiers`);
    if (value.type !== type) {
      throw of.unsupported(
        `(${of.className}) has labels of the types ${type} and ${value.type}, which is not converted; give all targets labels of one type`,
      );
    }
    return graph.reshape(value, [-1, 1]);
  });
}

/** `predict_proba` is left out: scikit-learn gives a list of tables, of which each may have other classes. */
export const multiOutputClassifier: Converter = {
  classNames: ['sklearn.multioutput.MultiOutputClassifier'],
  ...shared,

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const members = listedMembers(estimator, 'estimators_');
    const predictions = answersOf(members, estimator, input, conversion);
    const labels = labelsOf(graph, predictions, estimator);
    return { outputs: { predict: targetsOf(graph, labels) }, computeClass: computeClassOf(predictions) };
  },
};
