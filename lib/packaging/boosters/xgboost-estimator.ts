/** XGBoost's scikit-learn wrappers and its Booster, as pickles hold them. */

import { PyObject } from '../joblib';
import type { GraphBuilder } from '../onnx';
import { classesOf } from '../sklearn/classes';
import type { Converter, Prediction } from '../sklearn/converter';
import type { Estimator } from '../sklearn/estimator';
import { type Features, limitMagnitude } from '../sklearn/features';
import { boosterOf, readOnce, XGBOOST_BOOSTER, xgboostDocument } from './handle';
import type { BoosterModel } from './model';
import { numberedClasses, predictBooster, predictClasses, predictNumbers } from './prediction';
import { readXgboost } from './xgboost';

const LIBRARY = 'XGBoost';

/** Largest finite float32: XGBoost raises for what does not fit. */
export const FLOAT32_MAXIMUM = (2 - 2 ** -23) * 2 ** 127;

function modelOf(estimator: Estimator): BoosterModel {
  return readOnce(estimator, () => {
    const booster = boosterOf(estimator, XGBOOST_BOOSTER);
    const isWrapper = booster !== estimator;
    if (isWrapper) refuseCustomObjective(estimator);
    const missing = isWrapper ? missingOf(estimator) : undefined;
    return readXgboost(xgboostDocument(booster), {
      untilBest: isWrapper,
      ...(missing !== undefined && { missing }),
    });
  });
}

/** The file of a model trained with a function of the user's own names XGBoost's default objective in its place. */
function refuseCustomObjective(estimator: Estimator): void {
  const objective = estimator.get('objective') ?? null;
  if (objective === null || typeof objective === 'string') return;
  throw estimator.unsupported(
    `(${estimator.className}) was trained with an objective of your own, whose code is not in the file; train with one of XGBoost's objectives`,
  );
}

/** The wrapper's `missing`; undefined for NaN, which always is. */
function missingOf(estimator: Estimator): number | undefined {
  const missing = estimator.get('missing') ?? Number.NaN;
  if (typeof missing !== 'number') throw estimator.damaged('missing is not a number');
  return Number.isNaN(missing) ? undefined : missing;
}

const shared = {
  library: (estimator: Estimator) => ({ name: LIBRARY, ...versionOf(modelOf(estimator)) }),
  trainedOn(estimator: Estimator) {
    const { width, names } = modelOf(estimator);
    return { width, ...(names && { names }) };
  },
};

function versionOf({ version }: BoosterModel): { version?: string } {
  return version === undefined ? {} : { version };
}

function accept(estimator: Estimator, input: Features): BoosterModel {
  const model = modelOf(estimator);
  if (input.columns.length !== model.width) {
    throw estimator.damaged(`it is given ${input.columns.length} columns, and its booster takes ${model.width}`);
  }
  limitMagnitude(input, FLOAT32_MAXIMUM);
  return model;
}

function classify(graph: GraphBuilder, estimator: Estimator, input: Features, model: BoosterModel): Prediction {
  const encoder = estimator.get('_le'); // of wrappers before 2.0, for labels that are not 0, 1, ...
  const classes =
    encoder instanceof PyObject
      ? classesOf(estimator.child(encoder))
      : numberedClasses(estimator.integer('n_classes_'));
  return predictClasses(graph, input.value, model, classes, estimator.file);
}

const classifier: Converter = {
  classNames: ['xgboost.sklearn.XGBClassifier', 'xgboost.sklearn.XGBRFClassifier'],
  ...shared,
  predict(estimator, input, conversion) {
    conversion.singlePrecision = true;
    return classify(conversion.graph, estimator, input, accept(estimator, input));
  },
};

const regressor: Converter = {
  classNames: ['xgboost.sklearn.XGBRegressor', 'xgboost.sklearn.XGBRFRegressor', 'xgboost.sklearn.XGBRanker'],
  ...shared,
  predict(estimator, input, conversion) {
    conversion.singlePrecision = true;
    return predictNumbers(conversion.graph, input.value, accept(estimator, input), estimator.file);
  },
};

/** A Booster answers as its wrapper would: with classes where its objective has them. */
const booster: Converter = {
  classNames: [XGBOOST_BOOSTER],
  ...shared,
  predict(estimator, input, conversion) {
    conversion.singlePrecision = true;
    const model = accept(estimator, input);
    return predictBooster(conversion.graph, input.value, model, estimator.file);
  },
};

export const XGBOOST_CONVERTERS: readonly Converter[] = [classifier, regressor, booster];
