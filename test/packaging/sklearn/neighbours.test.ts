import { prepare } from '../../../lib/packaging/conversion/prepare';
import { convertModel } from '../../../lib/packaging/converters';
import { errorOf } from '../../../testing/error-of';
import { convertFile, describeAnswers, describeRefusals } from '../answers';
import { fixturePath, load, modelsOf } from '../fixtures';

describeAnswers('sklearn/neighbours', {
  tolerance: { absolute: 1e-15, relative: 1e-12 },
  engines: 'both',
  tied: /^iris/,
  unanswered: /^undecided-at-zero/,
  also: ({ signature }) => expect(signature.columns.some(({ missing }) => missing)).toBe(false),
});

describeRefusals('sklearn/neighbours', [
  [
    'neighbours-ties',
    /^neighbours-ties\.joblib: the model \(sklearn\..* among neighbours that are equally far away and answer differently/,
  ],
  [
    'neighbours-minkowski3',
    /^neighbours-minkowski3\.joblib: the model \(sklearn\..* has p=3, which is not converted; use metric="minkowski" with p=1 or p=2/,
  ],
  [
    'neighbours-sparse',
    /^neighbours-sparse\.joblib: the model \(sklearn\..* was fitted with a sparse X; fit it with X\.toarray\(\)/,
  ],
  ['outliers-rows', /has novelty=false, which is not converted; it has no predict then: fit it with novelty=True/],
  [
    'outliers-tied',
    /has to choose, for \d+ of 180 rows that were tried \(\S+ %\), among neighbours that are equally far away/,
  ],
]);

test('a model that leaves the rows undecided that are made up to try it is converted without golden rows', async () => {
  const file = fixturePath(modelsOf('neighbours'), 'undecided-at-zero.joblib');
  const { model, golden } = await prepare({ files: [file] }, () => {});
  expect(model.estimators).toEqual(['sklearn.neighbors._classification.KNeighborsClassifier']);
  expect(golden).toBeUndefined();
});

test('ties refuse a model, and say how it is packed all the same and what that means', async () => {
  const loaded = await load(modelsOf('neighbours'), 'iris.joblib');
  const error = await errorOf((async () => convertModel(loaded))());
  expect(error.message).toMatch(/for \d+ of 450 rows that were tried \(\d\.?\d* %\), among neighbours.*--ties first/);
  const warnings: string[] = [];
  const warn = (text: string) => warnings.push(text);
  await convertFile(modelsOf('neighbours'), 'iris.joblib', { allowUntested: false, warn, ties: 'first' });
  expect(warnings).toEqual([
    expect.stringMatching(/^sklearn\S+ has to choose, for \d+ of 450 rows .* the first of training count, where/),
  ]);
});
