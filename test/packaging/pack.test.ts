import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../lib/model/formats/digest';
import { readModelPackage } from '../../lib/model/package/model-package';
import { type PackOptions, pack as packInChild } from '../../lib/packaging/pack';
import { errorOf } from '../../testing/error-of';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { expectedAnswers, fixturePath, modelsOf } from './fixtures';

const EXAMPLE = join(__dirname, '../../examples/breast-cancer');

/** In this process: starting another one takes longer than all that is tested here. */
const pack = (options: PackOptions) => packInChild({ isolated: false, ...options });

let folder: string;
let out: string;

beforeEach(() => {
  folder = temporaryFolder();
  out = join(folder, 'package');
});

function goldenFile(change: (golden: Record<string, unknown[]>) => void = () => {}): string {
  const golden = JSON.parse(JSON.stringify(expectedAnswers(modelsOf('linear'))['softmax-strings.joblib']));
  change(golden);
  const path = join(folder, 'golden.json');
  writeFileSync(path, JSON.stringify(golden));
  return path;
}

const packSoftmax = (golden?: string) =>
  pack({
    file: fixturePath(modelsOf('linear'), 'softmax-strings.joblib'),
    name: 'tenure',
    out,
    ...(golden && { golden }),
  });

test('packs the example in a process of its own, and says what it is doing', async () => {
  const lines: string[] = [];
  const packed = await packInChild({
    file: join(EXAMPLE, 'model.joblib'),
    golden: join(EXAMPLE, 'golden.json'),
    name: 'breast-cancer',
    out,
    onProgress: (text) => lines.push(text),
  });
  expect(packed.replay!.differences).toEqual([]);
  expect(packed.replay!.maximumDifference).toBeLessThan(1e-14);
  expect(packed.package.manifest.golden!.rows).toBe(32);
  expect(packed.package.manifest.source).toMatchObject({ file: 'model.joblib', format: 'joblib' });
  expect(packed.package.manifest.source.estimators).toContain('sklearn.model_selection._search.GridSearchCV');
  expect(lines).toEqual([
    'reading model.joblib',
    'converting joblib to ONNX',
    'replaying 32 golden rows',
    `wrote ${out}`,
  ]);
});

test('packs the example as it has been packed before, byte by byte', async () => {
  const kept = EXAMPLE_MODEL;
  await pack({ file: join(EXAMPLE, 'model.joblib'), golden: join(EXAMPLE, 'golden.json'), name: 'breast-cancer', out });
  for (const file of ['manifest.json', 'model.onnx', 'golden.json']) {
    expect([file, sha256(readFileSync(join(kept, file)))]).toEqual([file, sha256(readFileSync(join(out, file)))]);
  }
});

test('leaves a package without golden rows unverified', async () => {
  const { package: packed, replay } = await packSoftmax();
  expect(replay).toBeUndefined();
  expect(packed.manifest.golden).toBeUndefined();
  expect(readdirSync(out).sort()).toEqual(['manifest.json', 'model.onnx']);
  expect(readModelPackage(out).digest).toBe(packed.digest);
});

test('refuses a probability that is off by a millionth, and writes nothing', async () => {
  const golden = goldenFile(({ predict_proba }) => {
    (predict_proba![3] as number[])[1]! += 1e-6;
  });
  const error = await errorOf(packSoftmax(golden));
  expect(error.code).toBe('E_PARITY');
  expect(error.message).toContain('softmax-strings.joblib: 1 of 10 golden rows do not hold, so nothing was written');
  expect(error.problems).toEqual([
    expect.stringMatching(/^row 3, predict_proba: expected \[.*\], got \[.*\], off by 1.0e-6$/),
    expect.stringMatching(/^the step at which it starts shows when .*; the steps are 'scale'$/),
  ]);
  expect(existsSync(out)).toBe(false);
});

test('shows the first rows that differ and counts the others', async () => {
  const golden = goldenFile(({ predict }) => predict!.fill('nobody'));
  const error = await errorOf(packSoftmax(golden));
  expect(error.problems).toHaveLength(7);
  expect(error.problems![0]).toMatch(/^row 0, predict: expected "nobody", got "(low|médium|high)"$/);
  expect(error.problems![5]).toBe('... and 5 more');
});

test('keeps the old package when the new one does not hold', async () => {
  await packSoftmax(goldenFile());
  const before = readFileSync(join(out, 'manifest.json'), 'utf8');
  await errorOf(packSoftmax(goldenFile(({ predict }) => predict!.reverse())));
  expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toBe(before);
});

test('refuses a row that scikit-learn would have refused', async () => {
  const golden = goldenFile(({ inputs }) => {
    (inputs![2] as Record<string, unknown>).age = null;
  });
  const error = await errorOf(packSoftmax(golden));
  expect(error.code).toBe('E_GOLDEN');
  expect(error.problems).toEqual(['/inputs/2/age: expected a number for column "age", got null']);
});

test.each(['Upper', '', '-a', 'a b', '../x'])('refuses the name "%s"', async (name) => {
  const error = await errorOf(pack({ file: join(EXAMPLE, 'model.joblib'), name, out }));
  expect(error.code).toBe('E_USAGE');
});

test('refuses golden rows that are missing, before it reads the model', async () => {
  const error = await errorOf(packSoftmax(join(folder, 'nothing.json')));
  expect(error.code).toBe('E_FILE');
  expect(error.message).toMatch(/nothing\.json: does not exist; it should hold the golden rows$/);
});
