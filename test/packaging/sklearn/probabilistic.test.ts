import { convertFile, describeAnswers, describeRefusals } from '../answers';
import { modelsOf } from '../fixtures';

describeAnswers('sklearn/probabilistic', {
  tolerance: { absolute: 1e-15, relative: 1e-9 },
  engines: 'both',
  also: ({ signature }) => expect(signature.columns.some(({ missing }) => missing)).toBe(false),
});

describeRefusals('sklearn/probabilistic', [
  [
    'bayes-impossible',
    /^bayes-impossible\.joblib: the model \(sklearn\..* gives some feature or class a probability of 0, which makes it answer NaN/,
  ],
  [
    'bayes-categories-computed',
    /^bayes-categories-computed\.joblib: step '\w+' \(sklearn\..* from a step before it that can give a category beyond the/,
  ],
  ['isotonic-raise', /has out_of_bounds=raise, which is not converted; use 'clip' or 'nan'/],
  ['envelope-without', /has store_precision=false, which is not converted; it keeps the precision then: use True/],
]);

test('the signature of categories allows those that the model knows, and no others', async () => {
  const { columns } = (await convertFile(modelsOf('probabilistic'), 'CategoricalNB.joblib')).signature;
  expect(columns.every(({ categories }) => categories?.[0] === 0)).toBe(true);
});
