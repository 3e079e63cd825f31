import { comparedOutputs, shadowProblems } from '../../../lib/model/package/shadow-fit';
import type { Column, OutputTensor, Signature } from '../../../lib/model/rows/signature';

const column = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({
  name,
  type,
  missing: false,
  ...more,
});
const output = (name: OutputTensor['name'], type: OutputTensor['type'], width = 1): OutputTensor => ({
  name,
  type,
  width,
});
const signature = (columns: Column[], outputs: OutputTensor[], classes?: Signature['classes']): Signature => ({
  columns,
  namedColumns: true,
  inputs: [],
  outputs,
  ...(classes && { classes }),
});

const LABELS = [output('predict', 'int64'), output('predict_proba', 'float64', 2)];
const served = signature([column('age', 'float64'), column('city', 'string')], LABELS, [0, 1]);
const problems = (shadow: Signature) => shadowProblems({ signature: served }, { signature: shadow });

test('a model that wants the same columns, in another order or fewer of them, can be the shadow', () => {
  expect(problems(served)).toEqual([]);
  expect(problems({ ...served, columns: [...served.columns].reverse() })).toEqual([]);
  expect(problems({ ...served, columns: [column('age', 'float32')] })).toEqual([]);
  expect(problems({ ...served, columns: [column('age', 'float64'), column('new', 'bool', { unused: true })] })).toEqual(
    [],
  );
});

test.each<[string, Column[], string]>([
  [
    'lacks',
    [column('income', 'float64')],
    'column "income": the served model does not have it, so no request brings it',
  ],
  [
    'has with another type',
    [column('city', 'float64')],
    'column "city": is float64 here and string in the served model',
  ],
  ['has less exactly', [column('age', 'int64')], 'column "age": is int64 here and float64 in the served model'],
  [
    'cuts into other words',
    [column('text', 'string', { tokens: { lowercase: false, shortest: 2 } })],
    'column "text": its text is cut into other words than in the served model, which keeps its own words alone',
  ],
  [
    'does not look at',
    [column('id', 'float64')],
    'column "id": the served model does not look at it, so its values are not kept',
  ],
])('a column that the served model %s is named', (_, columns, problem) => {
  const wide: Signature = {
    ...served,
    columns: [
      ...served.columns,
      column('text', 'string', { tokens: { lowercase: true, shortest: 2 } }),
      column('id', 'float64', { unused: true }),
    ],
  };
  expect(shadowProblems({ signature: wide }, { signature: { ...served, columns } })).toEqual([problem]);
});

test('a model whose rows depend on each other is none', () => {
  expect(shadowProblems({ signature: served }, { signature: served, batch: 'whole' })).toEqual([
    expect.stringMatching(/^rows of a request depend on each other/),
  ]);
});

test('a model that answers nothing that the served one answers is none', () => {
  expect(problems(signature([column('age', 'float64')], [output('predict', 'float64')]))).toEqual([
    'no output can be compared: the served model has predict, predict_proba (2 values), classes 0, 1, this one predict',
  ]);
});

test('probabilities are compared class by class, whatever their order, and not with those of other classes', () => {
  const turned = comparedOutputs(served, { ...served, classes: [1, 0] });
  expect(turned).toEqual([
    { method: 'predict', kind: 'labels', places: [0] },
    { method: 'predict_proba', kind: 'probabilities', places: [1, 0] },
  ]);
  expect(comparedOutputs(served, { ...served, classes: [0, 2] }).map(({ method }) => method)).toEqual(['predict']);
  expect(comparedOutputs(served, { ...served, outputs: [LABELS[0]!] }).map(({ method }) => method)).toEqual([
    'predict',
  ]);
});

test('the score of two classes is compared only where it is that of the same one', () => {
  const scored = { ...served, outputs: [output('decision_function', 'float64')] };
  expect(comparedOutputs(scored, scored)).toHaveLength(1);
  expect(comparedOutputs(scored, { ...scored, classes: [1, 0] })).toEqual([]);
});
