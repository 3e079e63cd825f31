/** `sklearn.multioutput.MultiOutputRegressor`: a regressor for each target. */
import type { Converter } from './converter';
import { computeClassOf, listedMembers, regressed, sharedInputTypes } from './members';

export const multiOutputRegressor: Converter = {
  classNames: ['sklearn.multioutput.MultiOutputRegressor'],
  reads: ['estimators_'],
  entry: (estimator) => listedMembers(estimator, 'estimators_')[0]!,
  inputTypes: (estimator, typesOf) => sharedInputTypes(listedMembers(estimator, 'estimators_'), typesOf),

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const members = listedMembers(estimator, 'estimators_');
    const predictions = members.map((member) => conversion.predict(member, input));
    const values = graph.concat(
      predictions.map((prediction, i) => regressed(graph, prediction, members[i]!)),
      1,
    );
    const width = members.length;
    const value = width === 1 ? graph.reshape(values, [-1]) : values;
    return { outputs: { predict: { value, width } }, computeClass: computeClassOf(predictions) };
  },
};
