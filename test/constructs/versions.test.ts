/** Versions of a model in a template: their files, and what the handler is told. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { Boot } from '../../lib/constructs/boot/boot';
import { fromEnvironment } from '../../lib/model/instance/handler-environment';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { readModelPackage } from '../../lib/model/package/model-package';
import { addStages } from '../../lib/stacks/slipway-app';
import { thrownBy } from '../../testing/error-of';
import { STAGE_VARIANTS, variantsConfig } from '../../testing/stage-variants';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';
import { endpointTemplate } from './endpoint-template';
import { singlePlan } from './example-plan';

test('instances get the files of each version, and the handler its name and weight', () => {
  const app = testingApp();
  const [stage] = addStages(
    app,
    loadConfig(variantsConfig({ versions: STAGE_VARIANTS.versions! }, EXAMPLE_MODEL)),
    standIns(),
  );
  const boot = stage!.endpoint.endpoint.fleet.node.findAll().find((one) => one instanceof Boot) as Boot;
  const paths = boot.files.map(({ path }) => path);
  for (const file of [PACKAGE_FILES.manifest, PACKAGE_FILES.model, PACKAGE_FILES.golden]) {
    expect(paths).toContain(`model/${file}`);
    expect(paths).toContain(`versions/2/${file}`);
  }
  const { directory, assets } = bootScript(app);
  const script = readFileSync(join(directory, assets), 'utf8');
  const environment = Object.fromEntries(
    [...script.matchAll(/^Environment="?(SLIPWAY_\w+)=(.*?)"?$/gm)].map(([, name, value]) => [
      name!,
      value!.replaceAll('\\"', '"'),
    ]),
  );
  expect(fromEnvironment(environment).versions).toEqual([
    { name: '1', weight: 0.9 },
    { name: '2', model: '/opt/slipway/versions/2', weight: 0.1 },
  ]);
});

function bootScript(app: ReturnType<typeof testingApp>) {
  const assembly = app.synth().nestedAssemblies[0]!.nestedAssembly;
  const names = readFileSync(join(assembly.directory, 'manifest.json'), 'utf8');
  const found = [...names.matchAll(/"(\S+\.assets)\.json"/g)].map(([, name]) => `${name}.json`);
  for (const file of found) {
    const { files } = JSON.parse(readFileSync(join(assembly.directory, file), 'utf8')) as {
      files: Record<string, { displayName: string; source: { path: string } }>;
    };
    const script = Object.values(files).find(({ displayName }) => displayName === 'boot.sh');
    if (script) return { directory: assembly.directory, assets: script.source.path };
  }
  throw new Error('no boot script');
}

test('a plan that counts other versions is refused', () => {
  const model = readModelPackage(EXAMPLE_MODEL);
  const versions = [
    { name: '1', weight: 0.5 },
    { name: '2', weight: 0.5, model },
  ];
  expect(thrownBy(() => endpointTemplate({ plan: singlePlan, versions }), 'E_CONFIG').problems).toContain(
    'the sizing plan counts other versions than the endpoint has; plan with the same, in their order',
  );
});
