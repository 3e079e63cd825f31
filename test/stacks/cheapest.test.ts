/** Stages of which the plan decides whether they are a function or instances. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { decided, planStage } from '../../lib/config/plan-stage';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { addStages } from '../../lib/stacks/slipway-app';
import { thrownBy } from '../../testing/error-of';
import { steadyProfile } from '../../testing/sizing/examples';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

const NATIVE = { ...steadyProfile(1).machine, engine: 'native 1', engineKind: 'native' as const };

/** A copy of the example, as if it had been measured on this machine. */
function model(machine = NATIVE): string {
  const folder = join(temporaryFolder(), 'model');
  cpSync(EXAMPLE_MODEL, folder, { recursive: true });
  const { sha256 } = readModelPackage(folder).manifest.model;
  writeFileSync(
    join(folder, 'profile.json'),
    JSON.stringify({ ...steadyProfile(0.2, { machine }), modelSha256: sha256 }),
  );
  return folder;
}

function configOf(more: string, folder = model()) {
  const path = join(temporaryFolder(), 'slipway.yaml');
  const stage = `{ account: "111111111111", region: us-east-1, availability: single, compute: cheapest, name: a-credit, frontDoor: api, monitoring: { notify: none }, ${more} }`;
  writeFileSync(path, `model: ${folder}\nstages:\n  dev: ${stage}\n`);
  return { config: loadConfig(path), folder };
}

function kindOf(more: string, folder = model()) {
  const { config } = configOf(more, folder);
  const read = readModelPackage(folder);
  const measured = { profile: readProfile(read), manifest: read.manifest };
  return { config, measured, stage: decided(config, config.stages[0]!, measured) };
}

test.each([
  ['few requests are a function', 'traffic: { requestsPerSecond: 1, p99: 300ms }', 'lambda'],
  ['many requests are instances', 'traffic: { requestsPerSecond: 200, p99: 300ms }', undefined],
  ['a service level that no cold start keeps', 'traffic: { requestsPerSecond: 0.01, p99: 100ms }', undefined],
  ['what a function cannot have', 'traffic: { requestsPerSecond: 1, p99: 300ms }, shadow: { model: X }', undefined],
  ['a budget that instances exceed', 'traffic: { requestsPerSecond: 1, p99: 300ms }, budget: 20 USD/month', 'lambda'],
] as const)('%s', (_, more, kind) => {
  const folder = model();
  const { stage } = kindOf(more.replace('X', folder), folder);
  expect(stage.compute).toBe(kind);
  expect(stage).not.toHaveProperty('orFunction');
});

test('a model that needs ONNX Runtime is on instances', () => {
  const folder = model({ ...NATIVE, engine: 'onnxruntime-node 1', engineKind: 'onnxruntime' as never });
  expect(kindOf('traffic: { requestsPerSecond: 1, p99: 300ms }', folder).stage.compute).toBeUndefined();
});

test('the stack is of the kind that is found, under the same name', () => {
  const [few, many] = ['1', '200'].map((rate) => {
    const { config } = configOf(`traffic: { requestsPerSecond: ${rate}, p99: 300ms }`);
    return addStages(testingApp(), config, standIns())[0]!;
  });
  expect(few!.function?.stackName).toBe(many!.endpoint.stackName);
  expect([few!.network, many!.function]).toEqual([undefined, undefined]);
});

test('what is of instances alone says that the plan made it a function', () => {
  const { config, measured } = kindOf('traffic: { requestsPerSecond: 1, p99: 300ms }');
  const error = thrownBy(() => planStage(config, config.stages[0]!, measured), 'E_USAGE');
  expect(error.message).toContain('is a function of AWS Lambda (compute: cheapest)');
});
