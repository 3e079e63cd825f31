import { convertFile, describeAnswers, describeRefusals } from '../answers';
import { expectedAnswers, modelsOf } from '../fixtures';

describeAnswers('sklearn/kernels', {
  tolerance: { absolute: 1e-12, relative: 1e-9 },
  engines: 'both',
  exceptions: [
    {
      files: /^ridge-linear/,
      engines: 'chosen',
      why: 'terms of far rows cancel, in one engine otherwise than in the other',
    },
  ],
  also: ({ signature }, _, file) => {
    const encoded = file.includes('sparse'); // by OneHotEncoder, for which NaN is a category
    expect(signature.columns.some(({ missing }) => missing)).toBe(encoded);
  },
});

describeRefusals('sklearn/kernels', [
  [
    'kernel-precomputed',
    /^kernel-precomputed\.joblib: the model \(sklearn\.svm\._classes\.SVC\) has kernel=precomputed, which is not converted; use one of linear/,
  ],
  [
    'break-ties-ovo',
    /^break-ties-ovo\.joblib: the model \(sklearn\..* has break_ties=True with decision_function_shape="ovo", for which scikit-learn does not predict/,
  ],
  ['kernel', /uses the kernel sklearn\.gaussian_process\.kernels\.RationalQuadratic, which is not converted; use sums/],
  ['smoothness', /has nu=0\.7, which is not converted; use 0\.5, 1\.5 or 2\.5/],
  ['kernel-cosine', /has kernel=cosine, which is not converted; use one of linear, poly/],
  ['axes-cosine', /has kernel=cosine, which is not converted; use one of linear, poly/],
  ['directions', /has more components than its kernel has directions: .* fit it with a smaller n_components/],
]);

test('the signature of one-versus-one decisions has one for each pair of classes', async () => {
  const { outputs } = (await convertFile(modelsOf('kernels'), 'SVC-rbf-of-4.joblib')).signature;
  expect(outputs.map(({ name, width }) => [name, width])).toEqual([
    ['predict', 1],
    ['predict_proba', 4],
    ['decision_function', 6],
  ]);
});

test('takes the label of a support vector machine from the votes, not from the probabilities', () => {
  const expected = expectedAnswers(modelsOf('kernels'));
  const disagree = Object.keys(expected).some((file) => {
    const { predict, predict_proba } = expected[file]!;
    if (!/^SVC-\w+-of-4/.test(file)) return false; // the labels of these are 0 to 3
    return predict.some((label, row) => label !== argmax(predict_proba![row] as number[]));
  });
  expect(disagree).toBe(true); // so the answers above tell the two apart
});

function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
