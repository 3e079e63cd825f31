/** Searches for hyperparameters: what predicts is the best estimator that they found. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { PyObject } from '../../joblib';

function bestOf(search: Estimator): Estimator {
  if (search.get('refit') === false) {
    throw search.unsupported(
      `(${search.className}) was made with refit=False, so no estimator was fitted on all the data; search with refit=True, or save the estimator that you fitted yourself`,
    );
  }
  const best = search.fitted('best_estimator_');
  if (!(best instanceof PyObject)) throw search.damaged('best_estimator_ is not an estimator');
  return search.child(best);
}

const shared = {
  reads: ['best_estimator_', 'refit'],
  entry: bestOf,
  transform: (estimator, input, conversion) => conversion.transform(bestOf(estimator), input),
  predict: (estimator, input, conversion) => conversion.predict(bestOf(estimator), input),
} satisfies Omit<Converter, 'classNames'>;

export const search: Converter = {
  ...shared,
  classNames: [
    'sklearn.model_selection._search.GridSearchCV',
    'sklearn.model_selection._search.RandomizedSearchCV',
    'sklearn.model_selection._search_successive_halving.HalvingGridSearchCV',
    'sklearn.model_selection._search_successive_halving.HalvingRandomSearchCV',
  ],
  since: { HalvingGridSearchCV: '0.24', HalvingRandomSearchCV: '0.24' },
};

/** scikit-optimize's search; the estimator that it found says which version of scikit-learn fitted it. */
export const bayesSearch: Converter = {
  ...shared,
  classNames: ['skopt.searchcv.BayesSearchCV'],
  library: () => ({ name: 'scikit-optimize' }),
};
