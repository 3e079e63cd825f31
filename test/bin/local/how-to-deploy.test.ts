import { cpSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { howToDeploy } from '../../../bin/local/how-to-deploy';
import type { SlipwayConfig } from '../../../lib/config/config';
import { type ModelPackage, readModelPackage } from '../../../lib/model/package/model-package';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../../example';

const model = EXAMPLE_MODEL;
const packed = readModelPackage(model);
const shown = { package: packed, file: 'own file.joblib', golden: 'golden.json', config: 'slipway.yaml' };
const configOf = (folder: string) =>
  ({ stages: ['dev', 'prod'].map((name) => ({ name, model: folder })) }) as unknown as SlipwayConfig;
const named = (name: string): ModelPackage => ({
  ...packed,
  digest: 'f'.repeat(64),
  manifest: { ...packed.manifest, name },
});

test('the model of slipway.yaml is deployed as it was shown', () => {
  expect(howToDeploy(configOf(model), shown)).toEqual([
    `templates and assets in cdk.out; "npx cdk deploy --app cdk.out 'dev/*'" deploys dev as shown`,
  ]);
});

test('another model has no line that deploys it at once: what has to be written comes first', () => {
  const text = howToDeploy(configOf(model), { ...shown, package: named('titanic') }).join('\n');
  expect(text).toMatch(/slipway\.yaml names .*models\/breast-cancer, breast-cancer, version [0-9a-f]{12}/);
  expect(text).toMatch(
    /npx slipway pack 'own file\.joblib' --golden golden\.json --name titanic --out models\/titanic\n.*npx slipway profile models\/titanic\n.*model: models\/titanic.*\n.*npx cdk deploy 'dev\/\*'$/,
  );
  expect(text).not.toContain('--app');
});

test('a newer version of the model of slipway.yaml is packed into its folder first', () => {
  const folder = temporaryFolder();
  cpSync(model, join(folder, 'models/breast-cancer'), { recursive: true });
  const before = process.cwd();
  process.chdir(folder);
  const text = howToDeploy(configOf(resolve('models/breast-cancer')), {
    ...shown,
    package: named('breast-cancer'),
  }).join('\n');
  process.chdir(before);
  rmSync(folder, { recursive: true });
  expect(text).toContain('--out models/breast-cancer');
  expect(text).not.toContain('model: models');
});

test('a folder without a model package is said, and another configuration is named to cdk', () => {
  const folder = temporaryFolder();
  cpSync(join(model, 'manifest.json'), join(folder, 'manifest.json'));
  const text = howToDeploy(configOf(folder), { ...shown, config: 'other.yaml' }).join('\n');
  rmSync(folder, { recursive: true });
  expect(text).toContain('which is no usable model package');
  expect(text).toContain("npx cdk deploy --context slipway:config=other.yaml 'dev/*'");
});
