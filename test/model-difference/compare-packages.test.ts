/** `slipway compare` of two model packages. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../lib/model/package/manifest';
import { readModelPackage } from '../../lib/model/package/model-package';
import type { ModelDifference } from '../../lib/model-difference/model-difference';
import { modelDifference } from '../../lib/model-difference/model-difference';
import { modelDifferenceText } from '../../lib/report';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { slipway } from '../bin/run-slipway';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';

let folder: string;
const place = (name: string) => join(folder, name);
const base = readModelPackage(EXAMPLE_MODEL);
const names = base.manifest.signature.columns.map(({ name }) => name);
const inputs = (base.golden!.inputs as (readonly number[] | Record<string, number>)[]).map((row) =>
  Array.isArray(row) ? row : names.map((name) => (row as Record<string, number>)[name]),
);
const truth = base.golden!.predict as number[];

/** The golden rows as a table, whose truth the base gets wrong in every eighth row. */
function table(file: string, columns = names): string {
  const lines = inputs.map((row, i) => [...row, i % 8 === 0 ? 1 - truth[i]! : truth[i]].join(','));
  writeFileSync(place(file), `${[[...columns, 'malignant'].join(','), ...lines].join('\n')}\n`);
  return place(file);
}

const renamed = ({ signature, source }: Manifest): Partial<Manifest> => ({
  signature: {
    ...signature,
    columns: signature.columns.map((column, i) => (i === 0 ? { ...column, name: 'radius' } : column)),
  },
  source: { ...source, libraries: { 'scikit-learn': '9.9' } },
});

beforeAll(() => {
  folder = temporaryFolder();
  shiftedPackage(EXAMPLE_MODEL, place('shifted'), { by: 3 });
  shiftedPackage(EXAMPLE_MODEL, place('renamed'), { by: 0, change: renamed });
});

test('a model that answers otherwise: agreement, the rows that show it, and which of the two is right', async () => {
  const { status, stdout } = await slipway('compare', EXAMPLE_MODEL, place('shifted'), '--data', table('rows.csv'));
  expect(status).toBe(0);
  expect(stdout).toMatchSnapshot();
});

test('as JSON', async () => {
  const words = [
    'compare',
    EXAMPLE_MODEL,
    place('shifted'),
    '--json',
    '--data',
    table('rows.csv'),
    '--tolerance',
    '100%',
  ];
  const { compared } = JSON.parse((await slipway(...words)).stdout) as ModelDifference;
  const [golden, data] = compared;
  expect([golden!.of, data!.of]).toEqual(['golden rows of the base', 'data']);
  const { agreement, judged } = data!;
  const { predict, predict_proba } = agreement!.outputs;
  expect(predict!.agreeing).toBeLessThan(predict!.rows);
  expect(agreement!.agreeing).toBe(predict!.agreeing); // within so much every probability agrees
  expect(predict_proba!.agreeing).toBe(inputs.length);
  expect(judged).toMatchObject({
    rows: inputs.length,
    base: { accuracy: 1 - Math.ceil(inputs.length / 8) / inputs.length },
  });
  expect(agreement!.largest[0]).not.toHaveProperty('values'); // whose rows they are, nobody says
});

test('the same package agrees with itself in every row', async () => {
  const { compared, changes } = await modelDifference(base, base, { tolerance: 0 });
  expect(changes).toEqual([]);
  expect(compared).toHaveLength(1);
  expect(compared[0]!.agreement).toMatchObject({ rows: inputs.length, agreeing: inputs.length, largest: [] });
});

test('with a renamed column each runs on the rows that have what it takes', async () => {
  const both = [...names, 'radius'];
  const json = inputs.map((row, i) => ({
    ...Object.fromEntries(both.map((name, at) => [name, at < names.length ? row[at] : row[0]])),
    malignant: truth[i],
  }));
  writeFileSync(place('both.json'), JSON.stringify(json));
  const head = readModelPackage(place('renamed'));
  const difference = await modelDifference(base, head, { tolerance: 0.01, data: place('both.json') });
  expect(difference.changes).toEqual([
    { text: 'column "mean radius" is "radius" now, if it means the same', breaking: true },
    expect.objectContaining({ text: expect.stringMatching(/^scikit-learn: \S+ → 9\.9$/) }),
  ]);
  const [golden, data] = difference.compared;
  expect(golden).toMatchObject({ of: 'golden rows of the base', missing: { head: ['radius'] } });
  expect(golden).not.toHaveProperty('agreement');
  expect(data!.agreement).toMatchObject({ rows: inputs.length, agreeing: inputs.length });
  expect(modelDifferenceText('prod', difference)).toContain(
    '- the head cannot be run on them: they have no column `radius`',
  );
});

test('a model of another task has no answers to compare, and says what changes for clients', async () => {
  const { stdout } = await slipway('compare', EXAMPLE_MODEL, LOAN_MODEL);
  expect(stdout).toContain('- new classes: "approve"');
  expect(stdout).toContain('- answers of predict: int64 → string **(clients may have to change)**');
  expect(stdout).toContain('- the base cannot be run on them: they have no column `mean radius`, ');
  expect(stdout).not.toContain('agree**');
});

test('a first model has metrics of its own', async () => {
  const difference = await modelDifference(undefined, base, { tolerance: 0.01, data: table('rows.csv') });
  const text = modelDifferenceText('prod', difference);
  expect(text).toMatch(/^\*\*prod\*\*: `breast-cancer` [0-9a-f]{12}, a new model$/m);
  expect(text).toMatch(/^\| accuracy \| - \| 0\.\d+ \| - \|$/m);
  expect(text).not.toContain('clients');
});

test('rows that a model refuses are counted, and leave the others', async () => {
  const lines = readFileSync(table('rows.csv'), 'utf8').split('\n');
  lines[2] = lines[2]!.replace(/^[^,]+/, '');
  writeFileSync(place('holes.csv'), lines.join('\n'));
  const { compared } = await modelDifference(base, base, { tolerance: 0.01, data: place('holes.csv') });
  expect(compared.at(-1)).toMatchObject({
    refused: { base: 1, head: 1 },
    agreement: { rows: inputs.length - 1 },
    judged: { rows: inputs.length - 1 },
  });
});

test('golden rows that do not hold fail', async () => {
  const odd = { ...base, golden: { ...base.golden!, predict: truth.map((label, i) => (i === 3 ? 1 - label : label)) } };
  const difference = await modelDifference(base, odd, { tolerance: 0.01 });
  expect(difference.head.goldenDiffering).toBe(1);
  expect(modelDifferenceText('prod', difference)).toContain('**1 of its own golden rows do not hold');
});

test.each([
  [['models/a'], /name two model packages, the one before and the one after; got 1/],
  [[], /name two model packages, or a deployed stage with --stage/],
  [['a', 'b', '--stage', 'prod'], /--stage is of a deployed stage; leave out a, b/],
])('compare %j is refused', async (words, message) => {
  const { status, stderr } = await slipway('compare', ...words);
  expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
});

test('a column of the truth that is not to be told is asked for', async () => {
  const more = ['x', ...names.slice(1)];
  const words = ['compare', EXAMPLE_MODEL, EXAMPLE_MODEL, '--data', table('odd.csv', more)];
  const { status, stderr } = await slipway(...words);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/2 of its columns are none of the model; .*--target x/)]);
  const named = await slipway(...words, '--target', 'malignant');
  expect(named.stdout).toContain('cannot be run on them: they have no column `mean radius`');
});
