import { convertModel } from '../../../lib/packaging/converters';
import { load, NEWEST } from '../fixtures';
import { RELEASES } from './fixtures';

const converted = async (name: string, release = NEWEST) =>
  convertModel(await load(`trees/${release}`, `${name}.joblib`));

const FLOAT32_MAXIMUM = 3.4028234663852886e38;

describe.each(RELEASES)('%s', (release) => {
  const since = (minor: number): boolean => !release.startsWith('sklearn-0.') && Number(release.split('.')[1]) >= minor;

  test.each([
    ['tree-classifier', since(3)],
    ['forest-regressor', since(4)],
    ['isolation-auto', since(6)],
    ['gradient-classes-2', false],
    ['bagging-trees', since(3)],
    ['ada-SAMME', false],
  ])('%s accepts what fits into a float32, and NaN: %s', async (name, missing) => {
    const { columns } = (await converted(name, release)).signature;
    for (const column of columns) expect(column).toMatchObject({ type: 'float64', missing, maximum: FLOAT32_MAXIMUM });
  });

  test.each(['hist-classes-2', 'hist-regressor'])('%s accepts NaN and any number', async (name) => {
    const { columns } = (await converted(name, release)).signature;
    for (const column of columns) expect(column).toEqual({ name: column.name, type: 'float64', missing: true });
  });
});

test('limits integer categories of old releases to those that a set can hold', async () => {
  const [, , category] = (await converted('hist-categories', 'sklearn-1.1.3')).signature.columns;
  expect(category).toEqual({ name: 'x2', type: 'float64', missing: true, maximum: 255, above: -Number.MIN_VALUE });
});

test.each([
  'forest-regressor',
  'gradient-classes-3',
  'hist-classes-3',
  'bagging-trees',
  'bagging-regressor',
  'ada-SAMME',
  'ada-regressor',
  'isolation-0.1',
])('%s has one node for all of its trees', async (name) => {
  const { onnx, computeClass } = await converted(name);
  const operators = Buffer.from(onnx).toString('latin1').split('\x22\x0cTreeEnsemble'); // op_type, 12 characters
  expect(operators.length - 1).toBe(1);
  expect(computeClass).toBe('tree');
});
