import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { profileRemedy, readModelPackage } from '../../lib/model/package/model-package';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { type ModelFile, packedFile } from '../../lib/packaging/model-file';
import { temporaryFolder } from '../../testing/temporary-folder';

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

const EXAMPLE = join(__dirname, '../../examples/breast-cancer');
let folder: string;
let cache: string;
let model: ModelFile;

beforeEach(() => {
  folder = temporaryFolder();
  cache = join(folder, '.slipway/models');
  for (const file of ['model.joblib', 'golden.json']) cpSync(join(EXAMPLE, file), join(folder, file));
  const [file, golden, profile] = ['model.joblib', 'golden.json', 'x.profile.json'].map((name) => join(folder, name));
  model = { file: [file!], golden: golden!, name: 'x', profile: profile! };
});

test('the same files are packed once, and others have another folder', () => {
  mkdirSync(join(cache, '.pack-killed'), { recursive: true });
  utimesSync(join(cache, '.pack-killed'), 0, 0);
  const first = packedFile(model, cache);
  const { digest, manifest } = readModelPackage(first);
  expect([manifest.name, manifest.golden?.rows, readdirSync(cache)]).toEqual([
    'x',
    32,
    [first.slice(cache.length + 1)],
  ]);
  expect(profileRemedy(first)).toMatch(
    /run "npx slipway profile", with --shadow where it is the shadow, and commit the file/,
  );
  writeFileSync(join(first, 'mark'), '');
  expect(packedFile(model, cache)).toBe(first);
  expect(readdirSync(first)).toContain('mark');

  writeFileSync(model.profile, '{"a":1}');
  const profiled = packedFile(model, cache);
  expect([readModelPackage(profiled).digest, readFileSync(join(profiled, 'profile.json'), 'utf8')]).toEqual([
    digest,
    '{"a":1}',
  ]);
  expect(packedFile({ ...model, threshold: 0.2, golden: undefined } as ModelFile, cache)).not.toBe(profiled);
});

test('what cannot be packed leaves nothing, and says why', () => {
  const golden = JSON.parse(readFileSync(model.golden!, 'utf8'));
  golden.predict_proba[0] = [0.5, 0.5];
  writeFileSync(model.golden!, JSON.stringify(golden));
  expect(() => packedFile(model, cache)).toThrow(
    expect.objectContaining({ code: 'E_PARITY', problems: expect.arrayContaining([expect.stringContaining('row 0')]) }),
  );
  expect(() => packedFile({ ...model, file: [join(folder, 'none')] }, cache)).toThrow(/none: does not exist/);
  expect(readdirSync(cache)).toEqual([]);
});

test('several processes at once make one package', async () => {
  const code = `require(${JSON.stringify(require.resolve('../../lib/packaging/model-file'))}).packedFile(${JSON.stringify(model)}, ${JSON.stringify(cache)})`;
  const children = [1, 2, 3].map(() => spawn(process.execPath, [...TYPESCRIPT, '-e', code], { stdio: 'ignore' }));
  const ends = await Promise.all(children.map((child) => once(child, 'close')));
  expect(ends.map(([status]) => status)).toEqual([0, 0, 0]);
  expect(readdirSync(cache)).toHaveLength(1);
  expect(readModelPackage(join(cache, readdirSync(cache)[0]!)).manifest.name).toBe('x');
});
