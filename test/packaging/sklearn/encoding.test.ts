import { describeAnswers, describeRefusals } from '../answers';
import { describeColumns } from '../columns';

describeAnswers('sklearn/encoding', {
  tolerance: { absolute: 1e-15, relative: 1e-12 },
  engines: 'both',
});

describeRefusals('sklearn/encoding', [
  [
    'unknown-bins',
    /step 'prepare' > 'codes' .* has handle_unknown="error" for numbers that the step before it computes.*use another handle_unknown/,
  ],
  [
    'two-kinds-of-missing',
    /step 'prepare' > 'codes' .* has None as a category of "x0", and another estimator takes a missing value there for NaN; JSON has one null: use the same in both/,
  ],
]);

describeColumns('encoding', [
  ['one-hot', ['Oslo', 'a', 7], true],
  ['one-hot', ['Oslo', 'a', 5], false],
  ['one-hot', ['Oslo', 'z', 7], false],
  ['one-hot-first', ['Paris', 'z', 5], true],
  ['ordinal', ['Paris', null, null], true],
]);
