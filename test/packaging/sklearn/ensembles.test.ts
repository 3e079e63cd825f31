import { NumpyArray } from '../../../lib/packaging/joblib';
import { convertFile, describeAnswers, describeRefusals } from '../answers';
import { describeDamage, without } from '../damage';
import { modelsOf, releasesOf } from '../fixtures';
import { acceptedByTrees, treeNodes } from '../trees';

describeAnswers('sklearn/ensembles', {
  tolerance: { absolute: 1e-15, relative: 1e-12 },
  exceptions: [
    {
      files: /^(ada-|bagging-|calibrated-|dummy|rest-|several-targets|stacking|threshold-|voting-)/,
      tolerance: { absolute: 1e-15, relative: 1e-14 },
      why: 'members add up in the order of scikit-learn',
    },
  ],
  engines: 'both',
});

describeRefusals('sklearn/ensembles', [
  [
    'targets-mixed',
    /has labels of the types string and int64, which is not converted; give all targets labels of one type/,
  ],
  [
    'chain-logarithm',
    /has chain_method_=predict_log_proba, which is not converted; use chain_method='predict' or another of/,
  ],
  [
    'voting-without-probabilities',
    "step 'hinge' (sklearn.linear_model._stochastic_gradient.SGDClassifier) has no predict_proba, which soft voting needs",
  ],
  [
    'threshold-metric',
    'the model (sklearn.model_selection._classification_threshold.TunedThresholdClassifierCV) was tuned by sklearn.metrics._classification.zero_one_loss, which does not tell here which class the threshold is about; tune it by make_scorer(..., pos_label=...), or put its best_threshold_ into a FixedThresholdClassifier',
  ],
]);

describeDamage('ensembles', [
  ['voting-soft', 'voting', 'loud', 'E_UNSUPPORTED', "has voting=loud; use 'soft' or 'hard'"],
  ['voting-soft', 'weights', [1], 'E_FORMAT', 'it has 1 weights for 2 estimators'],
  ['voting-soft', 'weights', [1, 'much'], 'E_FORMAT', 'weights has something in it that is not a number'],
  ['voting-soft', 'estimators_', without, 'E_FORMAT', 'it has 1 fitted estimators for 2 names'],
  ['stacking', 'stack_method_', ['predict_proba'], 'E_FORMAT', 'stack_method_ does not fit its estimators'],
  ['stacking', 'stack_method_', ['guess', 'predict'], 'E_FORMAT', 'stack_method_ does not fit its estimators'],
  ['calibrated-sigmoid', 'calibrated_classifiers_', [], 'E_FORMAT', 'calibrated_classifiers_ is empty'],
  ['bagging-trees', 'estimators_features_', without, 'E_FORMAT', 'lists of columns for 3 estimators'],
  ['bagging-trees', 'estimators_features_', [null, null, null], 'E_FORMAT', 'has columns that there are not'],
  ['ada-SAMME', 'estimator_weights_', new NumpyArray('m'), 'E_FORMAT', 'estimator_weights_ is not an array of numbers'],
  ['threshold-fixed', 'pos_label', 'high', 'E_UNSUPPORTED', 'has a pos_label that is none of the classes'],
  ['threshold-fixed', 'response_method', 'guess', 'E_UNSUPPORTED', 'which its estimator does not have'],
  ['rest-lines', 'estimators_', without, 'E_FORMAT', 'it has 2 classifiers for 3 classes'],
]);

test.each(['bagging-trees', 'bagging-regressor', 'ada-SAMME', 'ada-regressor'])(
  '%s has one node for all of its trees',
  async (name) => {
    const model = await convertFile(modelsOf('ensembles'), `${name}.joblib`);
    expect(treeNodes(model)).toBe(1);
    expect(model.computeClass).toBe('tree');
  },
);

describe.each(releasesOf('sklearn/ensembles'))('%s', (release) => {
  test.each([
    ['bagging-trees', '1.3'],
    ['ada-SAMME', undefined],
  ])('%s accepts what fits into a float32, and NaN since %s', async (name, since) => {
    const { columns } = (await convertFile(release, `${name}.joblib`)).signature;
    for (const column of columns) expect(column).toMatchObject(acceptedByTrees(release, since));
  });
});
