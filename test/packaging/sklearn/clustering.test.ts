import { convertFile, describeAnswers, describeRefusals } from '../answers';
import { modelsOf } from '../fixtures';

describeAnswers('sklearn/clustering', {
  tolerance: { absolute: 1e-15, relative: 1e-9 },
  engines: 'both',
  also: ({ signature }) => expect(signature.columns.some(({ missing }) => missing)).toBe(false),
});

describeRefusals('sklearn/clustering', [
  [
    'clusters-float32',
    /^clusters-float32\.joblib: the model \(sklearn\..* was fitted with float32, where rounding decides between clusters; fit it with X in float64/,
  ],
]);

test('the signature of clusters is an integer without classes', async () => {
  const { outputs, classes } = (await convertFile(modelsOf('clustering'), 'KMeans.joblib')).signature;
  expect(outputs).toEqual([{ name: 'predict', type: 'int64', width: 1 }]);
  expect(classes).toBeUndefined();
});
