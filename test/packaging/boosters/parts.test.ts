import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenRows } from '../../../lib/model/package/golden-file';
import { type PackOptions, pack } from '../../../lib/packaging/pack';
import { errorOf } from '../../../testing/error-of';
import { temporaryFolder } from '../../../testing/temporary-folder';

const FOLDER = join(__dirname, '../../fixtures/packaging/boosters/parts');
const EXPECTED: Record<string, GoldenRows> = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8'));

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Packs files against golden rows, as recorded or without. */
function packed(files: readonly string[], rows?: GoldenRows, options: Partial<PackOptions> = {}) {
  const golden = join(folder, 'golden.json');
  if (rows) writeFileSync(golden, JSON.stringify(rows));
  return pack({
    file: files.map((file) => join(FOLDER, file)),
    name: 'model',
    out: join(folder, 'out'),
    isolated: false,
    ...(rows && { golden }),
    ...options,
  });
}

describe("a booster's own file behind a step", () => {
  test.each(['model.json', 'model.txt'])('is the last step of a pipeline: scaler.joblib and %s', async (file) => {
    const { package: written, replay } = await packed(['scaler.joblib', file], EXPECTED[file]!);
    expect(replay!.differences).toEqual([]);
    expect(written.manifest.source.file).toBe(`scaler.joblib + ${file}`);
    expect(written.manifest.source.estimators.slice(0, 2)).toEqual([
      'sklearn.pipeline.Pipeline',
      'sklearn.preprocessing._data.StandardScaler',
    ]);
  });

  test('cannot stand in front of one', async () => {
    const error = await errorOf(packed(['model.txt', 'scaler.joblib']));
    expect(error.code).toBe('E_UNSUPPORTED');
    expect(error.message).toMatch(/^model\.txt \+ scaler\.joblib: step 'model\.txt' .*stands before the last step/);
  });

  test('has no parts to select', async () => {
    const error = await errorOf(packed(['model.txt'], undefined, { select: 'model' }));
    expect(error).toMatchObject({ code: 'E_USAGE', message: expect.stringMatching(/no parts to select/) });
  });
});

describe("XGBoost's missing=, which its .json does not hold", () => {
  const file = ['missing.json'];

  test('is told of where nothing checks the answers', async () => {
    const { package: written } = await packed(file);
    expect(written.manifest.warnings).toEqual([expect.stringMatching(/^missing\.json does not say .*--missing -999$/)]);
  });

  test('is told of where golden rows do not hold', async () => {
    const error = await errorOf(packed(file, EXPECTED['missing.json']!));
    expect(error.code).toBe('E_PARITY');
    expect(error.problems?.join()).toMatch(/--missing -999/);
  });

  test.each([true, false])('can be given, with golden rows: %s', async (withRows) => {
    const rows = withRows ? EXPECTED['missing.json']! : undefined;
    const { package: written, replay } = await packed(file, rows, { missing: -999 });
    expect(replay?.differences ?? []).toEqual([]);
    expect(written.manifest.warnings).toBeUndefined();
  });

  test('is asked for no more when NaN is all of it', async () => {
    const { package: written } = await packed(file, undefined, { missing: 'nan' });
    expect(written.manifest.warnings).toBeUndefined();
  });

  test('can be given for the last step of several files', async () => {
    const rows = EXPECTED['model.json']!;
    const { replay } = await packed(['scaler.joblib', 'model.json'], rows, { missing: 1e30 });
    expect(replay!.differences).toEqual([]);
  });

  test.each(['model.txt', 'passed-xgboost.joblib'])('is refused for %s, which says it itself', async (other) => {
    const error = await errorOf(packed([other], undefined, { missing: -999 }));
    expect(error).toMatchObject({
      code: 'E_USAGE',
      message: expect.stringMatching(/says itself what counts as missing/),
    });
  });
});

test.each(['passed-xgboost.joblib', 'passed-lightgbm.joblib'])(
  'takes text for the categories that a step passes on to a booster: %s',
  async (file) => {
    const { package: written, replay } = await packed([file], EXPECTED[file]!);
    expect(replay!.differences).toEqual([]);
    expect(written.manifest.signature.columns.map(({ name, type }) => [name, type])).toEqual([
      ['colour', 'string'],
      ['number', 'float64'],
      ['size', 'float64'],
    ]);
  },
);
