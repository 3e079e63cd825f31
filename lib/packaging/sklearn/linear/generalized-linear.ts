/** Generalised linear regressors: `inverse link(X coef_' + intercept_)`. */
import type { Converter } from '../../estimator/converter';
import { refuseMissing } from '../../estimator/features';
import { linearScores } from '../../graph-parts/linear-score';

const MODULE = 'sklearn.linear_model._glm.glm';

export const generalizedLinear: Converter = {
  classNames: [`${MODULE}.PoissonRegressor`, `${MODULE}.GammaRegressor`, `${MODULE}.TweedieRegressor`],
  since: { PoissonRegressor: '0.23', GammaRegressor: '0.23', TweedieRegressor: '0.23' },
  reads: ['link', 'power'],

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const { value, outputs } = linearScores(graph, estimator, input);
    if (outputs !== 1) throw estimator.damaged('coef_ has more than one row');
    let link: string = 'log';
    if (estimator.className.endsWith('TweedieRegressor')) {
      link = estimator.option('link', ['auto', 'identity', 'log'], 'use link="auto", "identity" or "log"');
      if (link === 'auto') link = estimator.number('power') <= 0 ? 'identity' : 'log';
    }
    const score = graph.reshape(value, [-1]);
    const mean = link === 'log' ? graph.exp(score) : score;
    return { outputs: { predict: { value: mean, width: 1 } }, computeClass: 'scalar' };
  },
};
