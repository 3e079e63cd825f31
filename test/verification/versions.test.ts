import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../lambda/inference/engine';
import { ServedModel } from '../../lambda/inference/serving/served-model';
import { Telemetry } from '../../lambda/inference/telemetry/telemetry';
import { checkEndpoint } from '../../lambda/verification/checks';
import { verifyEndpoint } from '../../lambda/verification/replay';
import { writeVerificationBundle } from '../../lib/artifacts/verification-bundle';
import { readVerifiable } from '../../lib/model/package/model-package';
import { errorOf } from '../../testing/error-of';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { labels, MODEL, modelPackage, type Serving, startServing, stopServings } from '../lambda/inference/serving';

const shifted = shiftedPackage(MODEL, join(temporaryFolder(), 'breast-cancer'), { by: 1e6 });
/** All rows are of the class of a score that is large. */
const always = { ...modelPackage.golden!, predict: labels.map(() => modelPackage.manifest.signature.classes![1]!) };
const { predict_proba: _, decision_function: __, ...golden } = always;
const other = { ...shifted, golden, manifest: { ...shifted.manifest, golden: modelPackage.manifest.golden! } };

let serving: Serving;
const telemetry = new Telemetry();

beforeAll(async () => {
  const second = new ServedModel(shifted, {
    createEngine: (path) => createEngine(path, { threads: 1 }),
    threads: 1,
    queue: { rows: 1000, bytes: 1e6, deadlineMs: 10_000 },
    version: '2',
    observer: telemetry.ofVersion('2'),
    log: () => {},
  });
  await second.load();
  serving = await startServing({
    versions: { name: '1', weight: 0.5, others: [{ model: second, weight: 0.5 }], telemetry },
  });
});
afterAll(stopServings);

const clock = { now: () => 0, wait: async () => {} };
const judged = () =>
  ({ url: serving.base, p99Ms: 10_000, closed: false }) as unknown as Parameters<typeof checkEndpoint>[0];

test('golden rows of each version are replayed against that version, whatever the weights say', async () => {
  for (let i = 0; i < 5; i++) {
    for (const package_ of [modelPackage, other]) {
      expect(await verifyEndpoint(new URL(serving.base), package_)).toMatchObject({ differences: [] });
    }
  }
});

test('a deployment is judged by the golden rows of all versions', async () => {
  const told = await checkEndpoint(judged(), modelPackage, {}, clock, [other]);
  expect(told).toMatch(
    new RegExp(
      `golden rows hold, ${labels.length} golden rows of package ${other.digest.slice(0, 12)} beside it, p99 of`,
    ),
  );
});

test('a version that answers otherwise, or that is not there, fails the deployment', async () => {
  const wrong = { ...other, golden: { ...golden, predict: labels } };
  expect((await errorOf(checkEndpoint(judged(), modelPackage, {}, clock, [wrong]))).message).toMatch(
    /golden rows do not hold/,
  );
  const absent = { ...other, digest: 'f'.repeat(64) };
  expect((await errorOf(checkEndpoint(judged(), modelPackage, {}, clock, [absent]))).message).toMatch(
    /the endpoint serves breast-cancer 1 \(\w{12}\), 2 \(\w{12}\) instead of breast-cancer f{64}/,
  );
});

test('the function has the golden rows of each version', () => {
  const folder = join(temporaryFolder(), 'bundle');
  mkdirSync(folder);
  writeVerificationBundle(folder, modelPackage, [modelPackage]);
  const versions = join(folder, 'package/versions');
  expect(readdirSync(versions)).toEqual([modelPackage.digest]);
  for (const each of [join(folder, 'package'), join(versions, modelPackage.digest)]) {
    expect(readVerifiable(each).golden).toEqual(modelPackage.golden);
  }
});
