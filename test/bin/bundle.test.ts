import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFunctionBundle } from '../../lib/artifacts/function-bundle';
import { readModelPackage } from '../../lib/model/package/model-package';
import { thrownBy } from '../../testing/error-of';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { slipway } from './run-slipway';

describe('slipway bundle --lambda', () => {
  const place = () => join(temporaryFolder(), 'function');

  test('writes a function with its model, and replaces one that it wrote', async () => {
    const folder = place();
    for (const model of [EXAMPLE_MODEL, LOAN_MODEL]) {
      const { status, stdout } = await slipway('bundle', folder, '--lambda', model);
      expect([status, stdout]).toEqual([0, expect.stringContaining('index.handler')]);
      expect(readdirSync(folder).sort()).toEqual(
        ['function.cjs', 'golden.json', 'index.mjs', 'manifest.json', 'model.onnx', 'parameter.cjs'].sort(),
      );
      expect(readFileSync(join(folder, 'manifest.json'))).toEqual(readFileSync(join(model, 'manifest.json')));
    }
  });

  test('touches nothing that is no function of its own', async () => {
    const folder = place();
    mkdirSync(folder);
    writeFileSync(join(folder, 'index.mjs'), 'export const handler = 1;');
    const { status, stderr } = await slipway('bundle', folder, '--lambda', EXAMPLE_MODEL);
    expect([status, stderr]).toEqual([2, expect.stringContaining('has no index.mjs of Slipway')]);
    expect(readFileSync(join(folder, 'index.mjs'), 'utf8')).toBe('export const handler = 1;');
  });

  test('refuses what a function does not choose', async () => {
    const folder = place();
    const { status, stderr } = await slipway(
      'bundle',
      folder,
      '--lambda',
      EXAMPLE_MODEL,
      '--native',
      '--architecture',
      'x64',
    );
    expect([status, stderr]).toEqual([2, expect.stringContaining('leave out --architecture, --native')]);
    expect(existsSync(folder)).toBe(false);
  });

  test('refuses a package above the quota of Lambda with its size', () => {
    const model = join(temporaryFolder(), 'large');
    cpSync(EXAMPLE_MODEL, model, { recursive: true });
    const package_ = readModelPackage(model);
    truncateSync(join(model, 'model.onnx'), 260 * 1024 * 1024);
    const error = thrownBy(() => writeFunctionBundle(temporaryFolder(), package_));
    expect([error.code, error.message]).toEqual([
      'E_LIMIT',
      expect.stringMatching(/has 27\d{7} bytes, and AWS Lambda takes 262144000/),
    ]);
  });
});
