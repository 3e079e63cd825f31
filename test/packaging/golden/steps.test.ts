import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from '../../../lib/packaging/pack';
import { errorOf } from '../../../testing/error-of';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { fixtureJson, fixturePath, releasesOf } from '../fixtures';

type Golden = { inputs: unknown[]; predict: unknown[]; predict_proba: number[][]; steps?: Record<string, unknown> };

const NEWEST = 'steps/sklearn-1.9.1';
const HINT = /^the step at which it starts shows when golden rows in JSON say what each step gives/;

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

const packed = (release: string, file: string, golden: string, more = {}) =>
  pack({ file: fixturePath(release, file), golden, name: 'a', out: join(folder, 'package'), isolated: false, ...more });

/** Packs with golden rows that were changed first. */
function changed(file: string, golden: string, change: (rows: Golden) => void) {
  const rows = fixtureJson<Golden>(NEWEST, golden);
  change(rows);
  const path = join(folder, 'golden.json');
  writeFileSync(path, JSON.stringify(rows));
  return errorOf(packed(NEWEST, file, path));
}

describe.each(releasesOf('steps'))('golden rows of %s', (release) => {
  test('with what the steps give are packed without it', async () => {
    const { replay } = await packed(release, 'model.joblib', fixturePath(release, 'golden.json'));
    expect(replay!.differences).toEqual([]);
    const kept = JSON.parse(readFileSync(join(folder, 'package/golden.json'), 'utf8'));
    expect(Object.keys(kept)).toEqual(['inputs', 'predict', 'predict_proba']);
  });

  test('of a model whose scaler was fitted on other rows differ from the scaler on', async () => {
    const error = await errorOf(packed(release, 'model.joblib', fixturePath(release, 'other-scale.json')));
    expect(error.code).toBe('E_PARITY');
    expect(error.problems!.at(-1)).toMatch(
      /^the difference starts at step 'prep' > 'num' > 'scale': row 0, column 0 of its output: expected -?[\d.]+, got -?[\d.]+, off by [\d.]+e-[12]$/,
    );
  });

  test('of a model whose last step was fitted on other rows differ behind all that was recorded', async () => {
    const error = await errorOf(packed(release, 'model.joblib', fixturePath(release, 'other-clf.json')));
    expect(error.code).toBe('E_PARITY');
    expect(error.problems!.at(-1)).toMatch(
      /^'prep' > 'num' > 'impute', .*'prep' give what was recorded, so the difference starts behind them$/,
    );
  });

  test('hold for every step of a search on an array', async () => {
    const golden = fixtureJson<Golden>(release, 'array.json');
    expect(Object.keys(golden.steps!)).toEqual(['scale', 'pca']);
    golden.predict[0] = 'neither';
    const path = join(folder, 'golden.json');
    writeFileSync(path, JSON.stringify(golden));
    const error = await errorOf(packed(release, 'array.joblib', path));
    expect(error.problems!.at(-1)).toBe("'scale', 'pca' give what was recorded, so the difference starts behind them");
  });
});

test('shows where the difference starts from a process of its own as well', async () => {
  const error = await errorOf(
    packed(NEWEST, 'model.joblib', fixturePath(NEWEST, 'other-scale.json'), { isolated: true }),
  );
  expect(error.problems!.at(-1)).toContain("starts at step 'prep' > 'num' > 'scale'");
}, 30_000);

test('says which steps could have been recorded where none was', async () => {
  const error = await changed('array.joblib', 'array.json', (golden) => {
    delete golden.steps;
    golden.predict[0] = 'neither';
  });
  expect(error.problems!.at(-1)).toMatch(HINT);
  expect(error.problems!.at(-1)).toMatch(/the steps are 'scale', 'pca'$/);
});

test('says of which steps before the difference nothing was recorded', async () => {
  const error = await changed('array.joblib', 'array.json', (golden) => {
    golden.predict[0] = 'neither';
    const pca = golden.steps!.pca as number[][];
    golden.steps = { pca: pca.map(([first, ...others], row) => [row === 3 ? first! + 1 : first!, ...others]) };
  });
  expect(error.problems!.at(-1)).toMatch(
    /^the difference starts at step 'pca': row 3, column 0 of its output: .*, off by 1\.0e\+0; of 'scale' nothing was recorded$/,
  );
});

test('counts the columns of a step', async () => {
  const error = await changed('model.joblib', 'other-clf.json', (golden) => {
    golden.steps!['prep > cat'] = (golden.steps!['prep > cat'] as number[][]).map((row) => [...row, 0]);
  });
  expect(error.problems!.at(-1)).toBe(
    "the difference starts at step 'prep' > 'cat': it gives 3 columns, and 4 were recorded",
  );
});

test('shows a difference in text', async () => {
  const error = await changed('model.joblib', 'other-clf.json', (golden) => {
    const cities = golden.steps!['prep > cat > impute'] as string[][];
    expect(cities.every(([city]) => typeof city === 'string')).toBe(true);
    cities[3] = ['Bergen']; // whose city is missing
  });
  expect(error.problems!.at(-1)).toMatch(
    /^the difference starts at step 'prep' > 'cat' > 'impute': row 3, column 0 of its output: expected "Bergen", got "(Oslo|Rome|Kyiv)"$/,
  );
});

test('refuses steps that the model does not have, naming those that it has', async () => {
  const error = await changed('array.joblib', 'array.json', (golden) => {
    golden.steps!.scaler = golden.steps!.scale;
  });
  expect(error).toMatchObject({
    code: 'E_GOLDEN',
    message: expect.stringMatching(/have outputs of steps that are not there; the model's steps are "scale", "pca"$/),
    problems: ['"scaler" is no step'],
  });
});

test.each([
  [[1], '"steps" must be an object {"step": [[...], ...]}, got an array of 1'],
  [{ scale: 1 }, '"steps", "scale": must be an array with a row for each input, got 1'],
  [{ scale: [[1]] }, '"steps", "scale": has 1 rows for 12 inputs'],
  [{ scale: Array(12).fill(3) }, '"steps", "scale": row 0 must be an array of values, got 3'],
  [{ scale: [...Array(11).fill([1]), [1, 2]] }, '"steps", "scale": row 11 has 2 values, and row 0 has 1'],
  [{ scale: Array(12).fill([{}]) }, '"steps", "scale": row 0 must have numbers, text and null, got an object'],
])('refuses steps of another form: %j', async (steps, problem) => {
  const error = await changed('array.joblib', 'array.json', (golden) => {
    golden.steps = steps as never;
  });
  expect(error).toMatchObject({ code: 'E_GOLDEN', problems: [problem] });
});

test('is recorded by the lines of docs/guide/training.md', () => {
  const lines = (text: string) => /^def record\([\s\S]*?^ {4}return output$/m.exec(text)![0];
  const documented = readFileSync(join(__dirname, '../../../docs/guide/training.md'), 'utf8');
  expect(lines(documented)).toBe(lines(readFileSync(fixturePath('steps', 'make.py'), 'utf8')));
});
