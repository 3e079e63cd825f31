/** scikit-learn's feature selectors: some of the columns, as fitting has chosen them. */

import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { refuseMissing, selectFeatures } from '../../estimator/features';
import { memberIn } from '../../estimator/members';
import { testedVersion } from '../../estimator/version';
import { NumpyArray, PyObject } from '../../joblib';
import { importancesOf, mean } from '../trees/importances';
import { falseDiscoveries, falsePositives, type Keep, kBest, percentile, quantile } from './score-ranking';

function selector(
  classNames: readonly string[],
  reads: readonly string[],
  keep: (estimator: Estimator, width: number) => Keep,
  acceptsMissing: (estimator: Estimator) => boolean = () => false,
): Converter {
  return {
    classNames,
    reads,
    transform(estimator, input, { graph }) {
      const kept = keep(estimator, input.columns.length);
      if (kept.length !== input.columns.length) {
        throw estimator.damaged(`it has chosen from ${kept.length} columns, and ${input.columns.length} come in`);
      }
      if (!kept.includes(true)) {
        throw estimator.unsupported(`(${estimator.className}) has kept no column; there is nothing to predict from`);
      }
      void input.value; // text is refused
      if (!acceptsMissing(estimator)) refuseMissing(input);
      const indices = kept.flatMap((chosen, i) => (chosen ? [i] : []));
      return selectFeatures(graph, input, indices);
    },
  };
}

/** It predicts as well, by the model that it has fitted to the columns that it keeps. */
function elimination(name: string): Converter {
  const reads = ['support_', 'estimator_'];
  const converter = selector([`sklearn.feature_selection._rfe.${name}`], reads, support, modelAcceptsMissing);
  return {
    ...converter,
    predict: (estimator, input, conversion) =>
      conversion.predict(memberIn(estimator, 'estimator_'), converter.transform!(estimator, input, conversion)),
  };
}

const univariate = (name: string) => [`sklearn.feature_selection._univariate_selection.${name}`];

/** `support_`, which the searches among subsets set. */
function support(estimator: Estimator): Keep {
  const array = estimator.fitted('support_');
  if (!(array instanceof NumpyArray) || array.dtype?.kind !== 'b') throw estimator.damaged('support_ is not a mask');
  return Array.from(array.numbers(), (flag) => flag === 1);
}

function genericKeep(estimator: Estimator): Keep {
  const parameter = estimator.get('param');
  switch (estimator.option('mode', ['percentile', 'k_best', 'fpr', 'fdr', 'fwe'], 'use one that scikit-learn has')) {
    case 'percentile':
      return percentile(estimator, parameter);
    case 'k_best':
      return kBest(estimator, parameter);
    case 'fdr':
      return falseDiscoveries(estimator, parameter);
    case 'fpr':
      return falsePositives(estimator, parameter, false);
    default:
      return falsePositives(estimator, parameter, true);
  }
}

const ASKED_MODEL: Reader = { reads: ['estimator_', 'estimator'] };

/** The model that a selector asks, fitted by it or before it. */
function modelOf(estimator: Estimator): Estimator {
  const own = estimator.readBy(ASKED_MODEL);
  const model = own.get('estimator_') ?? own.get('estimator');
  if (!(model instanceof PyObject)) throw estimator.damaged('it has no estimator to select by');
  return estimator.child(model);
}

const CRITERION: Reader = { reads: ['criterion'] };

/** Criteria with which a tree can place missing values. */
const CRITERIA = ['gini', 'entropy', 'log_loss', 'squared_error', 'friedman_mse', 'poisson'];

/** A selector accepts NaN where the model that it asks does. */
function modelAcceptsMissing(estimator: Estimator): boolean {
  const model = modelOf(estimator);
  const { minor } = testedVersion(estimator);
  const [name = ''] = /\w+$/.exec(model.className) ?? [];
  if (!model.className.startsWith('sklearn.')) return false;
  if (name.startsWith('HistGradientBoosting')) return true;
  const since = /^RandomForest/.test(name) ? 4 : /^ExtraTrees/.test(name) ? 6 : /^DecisionTree/.test(name) ? 3 : 99;
  return minor >= since && CRITERIA.includes(String(model.readBy(CRITERION).get('criterion')));
}

/** The least importance that is kept. */
function threshold(estimator: Estimator, model: Estimator, importances: Float64Array): number {
  const option = estimator.get('threshold') ?? null;
  if (typeof option === 'number') return option;
  const text = option ?? (isSparse(model) ? 1e-5 : 'mean');
  if (typeof text === 'number') return text;
  const [, scale, reference] = /^(?:\s*([^*]+?)\s*\*)?\s*(mean|median)\s*$/.exec(String(text)) ?? [];
  const factor = scale === undefined ? 1 : Number(scale);
  if (reference === undefined || !Number.isFinite(factor)) {
    throw estimator.unsupported(
      `(${estimator.className}) has a threshold that is not converted; use a number, "mean" or "median"`,
    );
  }
  return factor * (reference === 'mean' ? mean(importances) : quantile(importances, 0.5));
}

/** Whether a model was fitted to have coefficients of 0, as scikit-learn recognises it. */
function isSparse(model: Estimator): boolean {
  const name = model.className.slice(model.className.lastIndexOf('.') + 1);
  const ratio = (attribute: string) => {
    const value = model.get(attribute);
    const values = value instanceof NumpyArray && value.isNumeric ? [...value.numbers()] : [value];
    return values.every((one) => typeof one === 'number' && Math.abs(one - 1) <= 1.001e-5);
  };
  if (model.get('penalty') === 'l1' || name.includes('Lasso')) return true;
  if (name === 'ElasticNet') return ratio('l1_ratio');
  if (name === 'ElasticNetCV') return ratio('l1_ratio_');
  const { minor } = testedVersion(model);
  if (minor < 8) return false; // their penalty told before
  return (
    (name === 'LogisticRegression' && ratio('l1_ratio')) || (name === 'LogisticRegressionCV' && ratio('l1_ratio_'))
  );
}

/** The last bits of a mean depend on the order of its additions, and so does what lies right on it. */
function refuseTies(estimator: Estimator, importances: Float64Array, least: number): void {
  const averaged =
    !String(estimator.get('threshold')).includes('median') && typeof estimator.get('threshold') !== 'number';
  const doubtful = importances.findIndex(
    (importance) => Math.abs(importance - least) <= 1e-12 * Math.abs(least) && (averaged || importance !== least),
  );
  if (doubtful < 0 || least === 0 || !Number.isFinite(least)) return;
  throw estimator.unsupported(
    `(${estimator.className}) has a column, number ${doubtful}, whose importance is the threshold to the last digits; choose another threshold`,
  );
}

/** Fitting resolves a function; a selector around a fitted model need not have been fitted. */
function maximumName(estimator: Estimator): string {
  return estimator.get('max_features_') === undefined ? 'max_features' : 'max_features_';
}

function fromModel(estimator: Estimator, width: number): Keep {
  const getter = estimator.get('importance_getter') ?? 'auto';
  if (getter !== 'auto') {
    throw estimator.unsupported(
      `(${estimator.className}) has an importance_getter, which is not converted; use "auto"`,
    );
  }
  const model = modelOf(estimator);
  const importances = importancesOf(estimator, model, width);
  const least = threshold(estimator, model, importances);
  refuseTies(estimator, importances, least);
  const most = (estimator.get('max_features') ?? null) === null ? width : estimator.integer(maximumName(estimator));
  const order = [...importances.keys()].sort((a, b) => importances[b]! - importances[a]! || a - b);
  const candidates = new Set(order.slice(0, most));
  return Array.from(importances, (importance, i) => candidates.has(i) && !(importance < least));
}

export const featureSelectors: readonly Converter[] = [
  selector(univariate('SelectKBest'), ['k'], (estimator) => kBest(estimator, estimator.get('k'))),
  selector(univariate('SelectPercentile'), ['percentile'], (estimator) =>
    percentile(estimator, estimator.get('percentile')),
  ),
  selector(univariate('SelectFpr'), ['alpha'], (estimator) => falsePositives(estimator, estimator.get('alpha'), false)),
  selector(univariate('SelectFwe'), ['alpha'], (estimator) => falsePositives(estimator, estimator.get('alpha'), true)),
  selector(univariate('SelectFdr'), ['alpha'], (estimator) => falseDiscoveries(estimator, estimator.get('alpha'))),
  selector(univariate('GenericUnivariateSelect'), ['mode', 'param'], genericKeep),
  selector(
    ['sklearn.feature_selection._variance_threshold.VarianceThreshold'],
    ['variances_', 'threshold'],
    (estimator) => {
      const least = estimator.number('threshold');
      return Array.from(estimator.numbers('variances_', 1).values, (variance) => variance > least);
    },
    () => true,
  ),
  elimination('RFE'),
  elimination('RFECV'),
  {
    ...selector(
      ['sklearn.feature_selection._sequential.SequentialFeatureSelector'],
      ['support_'],
      support,
      modelAcceptsMissing,
    ),
    since: { SequentialFeatureSelector: '0.24' },
  },
  selector(
    ['sklearn.feature_selection._from_model.SelectFromModel'],
    ['importance_getter', 'threshold', 'max_features', 'max_features_', 'penalty', 'l1_ratio', 'l1_ratio_'],
    fromModel,
    modelAcceptsMissing,
  ),
];
