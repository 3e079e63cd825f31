import { describeAnswers, describeRefusals } from '../answers';

describeAnswers('sklearn/neural', {
  tolerance: { absolute: 1e-15, relative: 1e-12 },
  engines: 'both',
  also: ({ signature }) => expect(signature.columns.some(({ missing }) => missing)).toBe(false),
});

describeRefusals('sklearn/neural', [
  [
    'network-labels',
    /^network-labels\.joblib: the model \(sklearn\..* predicts several labels at once, which is not converted; fit one model for each/,
  ],
]);
