/** Regressors that predict `X coef_' + intercept_`: linear regression, however it was fitted. */
import type { Converter } from '../../estimator/converter';
import { refuseMissing } from '../../estimator/features';
import { linearScores } from '../../graph-parts/linear-score';

/** Modules of `sklearn.linear_model`, and their classes. */
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  _base: ['LinearRegression'],
  _ridge: ['Ridge', 'RidgeCV'],
  _coordinate_descent: [
    'Lasso',
    'LassoCV',
    'ElasticNet',
    'ElasticNetCV',
    'MultiTaskLasso',
    'MultiTaskLassoCV',
    'MultiTaskElasticNet',
    'MultiTaskElasticNetCV',
  ],
  _least_angle: ['Lars', 'LarsCV', 'LassoLars', 'LassoLarsCV', 'LassoLarsIC'],
  _bayes: ['BayesianRidge', 'ARDRegression'],
  _huber: ['HuberRegressor'],
  _theil_sen: ['TheilSenRegressor'],
  _quantile: ['QuantileRegressor'],
  _omp: ['OrthogonalMatchingPursuit', 'OrthogonalMatchingPursuitCV'],
  _stochastic_gradient: ['SGDRegressor'],
  _passive_aggressive: ['PassiveAggressiveRegressor'],
};

export const linearRegression: Converter = {
  classNames: [
    ...Object.entries(CLASSES).flatMap(([module, names]) =>
      names.map((name) => `sklearn.linear_model.${module}.${name}`),
    ),
    'sklearn.svm._classes.LinearSVR',
  ],
  since: { QuantileRegressor: '1.0' },
  reads: [],

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const { value, outputs } = linearScores(graph, estimator, input);
    return {
      outputs: { predict: { value: outputs === 1 ? graph.reshape(value, [-1]) : value, width: outputs } },
      computeClass: 'scalar',
    };
  },
};
