/** XGBoost's scikit-learn wrappers and its Booster, as pickles hold them. */

import { FLOAT32_MAXIMUM } from '../../model/formats/float32';
import { classesOf } from '../estimator/classes';
import type { Converter, Prediction } from '../estimator/converter';
import type { Estimator, Reader } from '../estimator/estimator';
import type { Features } from '../estimator/features';
import { PyObject } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import type { BoosterModel } from './booster-model';
import { categoryTypes, encodeCategories } from './categorical-input';
import { boosterOf, readOnce, XGBOOST_BOOSTER, xgboostDocument } from './handle';
import { numberedClasses, predictBooster, predictClasses, predictNumbers } from './prediction';
import { readXgboost } from './xgboost';

const LIBRARY = 'XGBoost';

/** XGBoost raises for numbers that do not fit into a float32. */
export function limitToFloat32(input: Features): void {
  for (const column of input.columns) if (column.type === 'float64') column.limitMagnitude(FLOAT32_MAXIMUM);
}

const WRAPPER: Reader = { reads: ['objective', 'missing'] };

function modelOf(estimator: Estimator): BoosterModel {
  return readOnce(estimator, () => {
    const booster = boosterOf(estimator, XGBOOST_BOOSTER);
    const isWrapper = booster !== estimator;
    const wrapper = estimator.readBy(WRAPPER);
    if (isWrapper) refuseCustomObjective(wrapper);
    const missing = isWrapper ? missingOf(wrapper) : undefined;
    return readXgboost(xgboostDocument(booster), {
      asWrapper: isWrapper,
      versions: estimator.versions,
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

/** The wrapper's `missing`; NaN always is. */
function missingOf(estimator: Estimator): number {
  const missing = estimator.get('missing') ?? Number.NaN;
  if (typeof missing !== 'number') throw estimator.damaged('missing is not a number');
  return missing;
}

const shared = {
  library: (estimator: Estimator) => ({ name: LIBRARY, ...versionOf(modelOf(estimator)) }),
  trainedOn(estimator: Estimator) {
    const { width, names } = modelOf(estimator);
    return { width, ...(names && { names }) };
  },
  inputTypes: (estimator: Estimator) => categoryTypes(modelOf(estimator)),
};

function versionOf({ version }: BoosterModel): { version?: string } {
  return version === undefined ? {} : { version };
}

/** A sparse matrix, as ColumnTransformer makes of many one-hot columns, has no zeros, and what it has not XGBoost takes for missing. */
function zerosMissing(graph: GraphBuilder, x: Value<'float64'>): Value<'float64'> {
  return graph.where(graph.equal(x, graph.doubles([0])), graph.doubles([Number.NaN]), x);
}

/** The model, and X as its trees split it. */
function accept(
  graph: GraphBuilder,
  estimator: Estimator,
  input: Features,
): { model: BoosterModel; x: Value<'float64'> } {
  const model = modelOf(estimator);
  if (input.columns.length !== model.width) {
    throw estimator.damaged(`it is given ${input.columns.length} columns, and its booster takes ${model.width}`);
  }
  if (input.sparse === 'storing zeros') {
    throw estimator.unsupported(
      `(${estimator.className}) is given a sparse matrix in which some zeros are stored and others are not; XGBoost takes the first for numbers and the others for missing values, which cannot be told apart here. Give it a dense matrix, as with sparse_threshold=0 or sparse_output=False in the steps before`,
    );
  }
  limitToFloat32(input);
  const x = encodeCategories(graph, input, model, estimator.file);
  return { model, x: input.sparse ? zerosMissing(graph, x) : x };
}

function classify(graph: GraphBuilder, estimator: Estimator, input: Features): Prediction {
  const { model, x } = accept(graph, estimator, input);
  if (model.trees.length === 2 && model.objective.name.startsWith('multi:')) {
    throw estimator.unsupported(
      `(${estimator.className}) has the objective ${model.objective.name} for two classes, of which its predict gives both; train with binary:logistic`,
    );
  }
  const encoder = estimator.get('_le'); // of wrappers before 2.0, for labels that are not 0, 1, ...
  const classes =
    encoder instanceof PyObject
      ? classesOf(estimator.child(encoder))
      : numberedClasses(estimator.integer('n_classes_'));
  return predictClasses(graph, x, model, { classes, file: estimator.file });
}

const classifier: Converter = {
  classNames: ['xgboost.sklearn.XGBClassifier', 'xgboost.sklearn.XGBRFClassifier'],
  reads: ['_le', 'n_classes_'],
  ...shared,
  predict: (estimator, input, { graph }) => ({ ...classify(graph, estimator, input), singlePrecision: true }),
};

const regressor: Converter = {
  classNames: ['xgboost.sklearn.XGBRegressor', 'xgboost.sklearn.XGBRFRegressor', 'xgboost.sklearn.XGBRanker'],
  reads: [],
  ...shared,
  predict(estimator, input, { graph }) {
    const { model, x } = accept(graph, estimator, input);
    return { ...predictNumbers(graph, x, model, estimator.file), singlePrecision: true };
  },
};

/** A Booster answers as its wrapper would: with classes where its objective has them. */
const booster: Converter = {
  classNames: [XGBOOST_BOOSTER],
  reads: [],
  ...shared,
  predict(estimator, input, { graph }) {
    const { model, x } = accept(graph, estimator, input);
    return {
      ...predictBooster(graph, x, model, estimator.file),
      singlePrecision: true,
      ...(model.missingSaid && { missing: model.missingSaid }),
    };
  },
};

export const XGBOOST_CONVERTERS: readonly Converter[] = [classifier, regressor, booster];
