/** A stage that runs another model beside the served one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { addStages } from '../../lib/stacks/slipway-app';
import { thrownBy } from '../../testing/error-of';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

const folder = temporaryFolder();
const shadow = shiftedPackage(EXAMPLE_MODEL, join(folder, 'next'), { by: -1 });

function stage(line: string) {
  const path = join(folder, 'slipway.yaml');
  writeFileSync(
    path,
    `model: ${EXAMPLE_MODEL}
stages:
  prod:
    region: eu-west-1
    availability: instance
    traffic: { requestsPerSecond: 50, p99: 100ms }
    monitoring: { notify: none }
    domain: { name: a.example.com, zone: example.com, zoneId: Z0123456789 }
    ${line}
`,
  );
  const app = testingApp();
  addStages(app, loadConfig(path), standIns());
  const found = app.synth().stacksRecursively.find(({ hierarchicalId }) => hierarchicalId === 'prod/Endpoint')!;
  const template = JSON.stringify(found.template);
  const [, boot] = /(\w+\.sh)' \/opt\/slipway\/boot/.exec(template)!;
  return template + readFileSync(join(app.outdir, `asset.${boot}`), 'utf8');
}

test('its package goes to the instances by digest, and the handler is told', () => {
  const template = stage('shadow: { model: next, share: 25 %, tolerance: 0.5 %, rowValues: true }');
  for (const digest of [shadow.digest, shadow.manifest.model.sha256]) expect(template).toContain(digest);
  expect(template).toContain('shadow/model.onnx');
  expect(template).toContain('SLIPWAY_SHADOW_MODEL=/opt/slipway/shadow');
  expect(template).toContain('SLIPWAY_SHADOW_SHARE=0.25');
  expect(template).toContain('SLIPWAY_SHADOW_TOLERANCE=0.005');
  expect(template).toContain('SLIPWAY_SHADOW_ROW_VALUES=on');
  expect(template).toContain('SystemCallFilter=setpriority');
});

test('without one nothing of it is there', () => {
  expect(stage('').toLowerCase()).not.toMatch(/slipway_shadow|shadow\/|setpriority/);
});

test.each([
  [
    `shadow: { model: ${LOAN_MODEL} }`,
    'E_PACKAGE',
    /slipway.yaml:9: stages.prod.shadow.model: .*(cannot run beside breast-cancer|has not been profiled)/,
  ],
  ['shadow: { model: nowhere }', 'E_PACKAGE', /slipway.yaml:9: stages.prod.shadow.model: /],
])('%s is refused with its line', (line, code, message) => {
  expect(thrownBy(() => stage(line))).toMatchObject({ code, message: expect.stringMatching(message) });
});
