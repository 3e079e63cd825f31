/** LightGBM's scikit-learn wrappers and its Booster, as pickles hold them. */

import { classesOf } from '../estimator/classes';
import type { Converter } from '../estimator/converter';
import type { Estimator, Reader } from '../estimator/estimator';
import type { Features } from '../estimator/features';
import { PyObject } from '../joblib';
import type { BoosterModel } from './booster-model';
import { categoryTypes, encodeCategories } from './categorical-input';
import { boosterOf, LIGHTGBM_BOOSTER, lightgbmText, readOnce } from './handle';
import { readLightgbm } from './lightgbm';
import { predictBooster, predictClasses, predictNumbers } from './prediction';

const BOOSTER: Reader = { reads: ['best_iteration'] };

function modelOf(estimator: Estimator): BoosterModel {
  return readOnce(estimator, () => {
    const booster = boosterOf(estimator, LIGHTGBM_BOOSTER);
    // Booster.predict, which the wrappers call too, stops at the best iteration; 0 or -1 when there was no early stopping
    const best = booster.readBy(BOOSTER).get('best_iteration') ?? 0;
    if (typeof best !== 'number' || !Number.isSafeInteger(best)) throw booster.damaged('best_iteration is no integer');
    return readLightgbm(booster.file, lightgbmText(booster), { iterations: best });
  });
}

const shared = {
  library: () => ({ name: 'LightGBM' }), // the file does not say which version
  trainedOn(estimator: Estimator) {
    const { width, names } = modelOf(estimator);
    return { width, ...(names && { names }) };
  },
  inputTypes: (estimator: Estimator) => categoryTypes(modelOf(estimator)),
};

function modelFor(estimator: Estimator, input: Features): BoosterModel {
  const model = modelOf(estimator);
  if (input.columns.length !== model.width) {
    throw estimator.damaged(`it is given ${input.columns.length} columns, and its booster takes ${model.width}`);
  }
  return model;
}

function refuseCustomObjective(estimator: Estimator, { objective }: BoosterModel): void {
  const own = estimator.get('_fobj') ?? estimator.get('_objective') ?? null;
  if (objective.name !== 'custom' && (own === null || typeof own === 'string')) return;
  throw estimator.unsupported(
    `(${estimator.className}) was trained with an objective of your own, which gives no probabilities; train with binary or multiclass`,
  );
}

/**
 * An attribute that a wrapper has since LightGBM 4.7 (its `fit` sets it), and by which alone a file tells that release.
 * It matters to whatever stands around the wrapper, as its `decision_function` is as new: without one,
 * scikit-learn asks for probabilities, and calibrates or compares those.
 */
const SINCE_4_7 = '_fitted_with_feature_names';

const classifier: Converter = {
  classNames: ['lightgbm.sklearn.LGBMClassifier'],
  reads: ['_le', '_fobj', '_objective', SINCE_4_7],
  ...shared,
  predict(estimator, input, { graph }) {
    const model = modelFor(estimator, input);
    refuseCustomObjective(estimator, model);
    const encoder = estimator.fitted('_le');
    if (!(encoder instanceof PyObject)) throw estimator.damaged('_le is not a LabelEncoder');
    const classes = classesOf(estimator.child(encoder));
    const x = encodeCategories(graph, input, model, estimator.file);
    const { outputs, ...prediction } = predictClasses(graph, x, model, { classes, file: estimator.file });
    const { decision_function: _, ...older } = outputs;
    return { ...prediction, outputs: estimator.get(SINCE_4_7) === undefined ? older : outputs };
  },
};

const regressor: Converter = {
  classNames: ['lightgbm.sklearn.LGBMRegressor', 'lightgbm.sklearn.LGBMRanker'],
  reads: [],
  ...shared,
  predict(estimator, input, { graph }) {
    const model = modelFor(estimator, input);
    return predictNumbers(graph, encodeCategories(graph, input, model, estimator.file), model, estimator.file);
  },
};

const booster: Converter = {
  classNames: [LIGHTGBM_BOOSTER],
  reads: [],
  ...shared,
  predict(estimator, input, { graph }) {
    const model = modelFor(estimator, input);
    return predictBooster(graph, encodeCategories(graph, input, model, estimator.file), model, estimator.file);
  },
};

export const LIGHTGBM_CONVERTERS: readonly Converter[] = [classifier, regressor, booster];
