import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HANDLER_FILE } from '../../lib/artifacts/handler-bundle';
import { SlipwayError } from '../../lib/model/error';
import { readModelPackage, writeModelPackage } from '../../lib/model/package/model-package';
import { profileSchema } from '../../lib/model/package/profile';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { profileModel } from '../../lib/profiling/profile';
import { bundledHandler } from '../../testing/bundled-handler';
import { temporaryFolder } from '../../testing/temporary-folder';
import { closing } from '../closing';
import { EXAMPLE_MODEL } from '../example';
import { endless, writeHandMade } from '../lambda/inference/engine/unbounded';

const example = readModelPackage(EXAMPLE_MODEL);
const handler = { file: join(bundledHandler(), HANDLER_FILE), node: process.execPath };

// far too short to mean anything, long enough to go through everything
const QUICK = { handler, windowMs: 1, maximumRows: 4 };

jest.setTimeout(60_000); // a process has to start, on a machine that may be busy

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

test('measures the example with the engine that will serve it', async () => {
  const lines: string[] = [];
  const profile = await profileModel(example, { ...QUICK, onProgress: (text) => lines.push(text) });
  expect(profileSchema.parse(profile)).toEqual(profile);
  expect(profile.modelSha256).toBe(example.manifest.model.sha256);
  expect(profile.machine).toMatchObject({ engine: expect.stringMatching(/^native \d/), engineKind: 'native' });
  expect([1, 2, 4]).toEqual(expect.arrayContaining(profile.batches.map(({ rows }) => rows)));
  for (const { samples, wallMsQuantiles } of profile.batches) {
    expect(samples).toBeGreaterThanOrEqual(200);
    expect(wallMsQuantiles).toHaveLength(21);
    expect([...wallMsQuantiles].sort((a, b) => a - b)).toEqual(wallMsQuantiles);
  }
  const { baseMiB, loadedMiB, loadPeakMiB, sharedMiB } = profile.memory;
  expect(loadedMiB).toBeGreaterThanOrEqual(baseMiB);
  expect(loadPeakMiB).toBeGreaterThan(30);
  const busy = { cpuMs: expect.any(Number), spread: expect.any(Number) };
  const light = { lightCpuMs: expect.any(Number), lightSpread: expect.any(Number) };
  expect(profile.http.slice(0, 2)).toEqual([
    { rows: 0, ...busy },
    { rows: 1, ...busy, ...light },
  ]);
  for (const { cpuMs, lightCpuMs } of profile.http.slice(1)) expect(lightCpuMs).toBeGreaterThanOrEqual(cpuMs);
  const { disturbance } = profile.machine;
  expect(disturbance!.others).toBeLessThanOrEqual(1);
  expect(profile.http.at(-1)!.rows).toBe(profile.batches.at(-1)!.rows);
  expect(sharedMiB).toBeLessThanOrEqual(baseMiB);
  if (process.platform === 'linux') expect(sharedMiB).toBeGreaterThan(5);
  expect(profile.threads[0]).toMatchObject({ threads: 1, rows: 1 });
  expect(lines.filter((line) => /\d threads/.test(line))).toEqual([]); // the native engine has one
  expect(profile.startMs).toBeGreaterThanOrEqual(profile.loadMs);
  expect(profile.bytesPerRow.request).toBeGreaterThan(example.manifest.signature.columns.length);
  expect(lines[0]).toMatch(/^loading .*model\.onnx, 0\.0 MB$/);
  expect(lines[1]).toMatch(/^loaded by native/);
  expect(lines.length).toBeGreaterThanOrEqual(2 + profile.batches.length);
});

test('says what is wrong with a model that the engine cannot load', async () => {
  const { name, signature, computeClass, source, packedBy } = example.manifest;
  const broken = writeModelPackage(join(folder, 'model'), {
    manifest: { name, signature, computeClass, source, packedBy },
    model: Buffer.from('not a graph'),
  });
  const error = await profileModel(broken, QUICK).catch((caught: unknown) => caught);
  expect(SlipwayError.is(error) && error.code).toBe('E_PACKAGE');
  expect((error as Error).message).toMatch(/model\.onnx: .*pack the model again/);
});

test('golden rows that do not hold in the handler are no profile', async () => {
  const { name, signature, computeClass, source, packedBy, golden } = example.manifest;
  const { inputs, predict } = example.golden!;
  const swapped = writeModelPackage(join(folder, 'model'), {
    manifest: { name, signature, computeClass, source, packedBy },
    model: readFileSync(join(example.directory, 'model.onnx')),
    golden: { rows: { inputs, predict: [...predict].reverse() }, tolerance: golden!.tolerance },
  });
  const error = await profileModel(swapped, QUICK).catch((caught: unknown) => caught);
  expect(SlipwayError.is(error) && error.code).toBe('E_PARITY');
  expect((error as Error).message).toMatch(/golden rows do not hold .* "slipway verify" shows which/);
});

test('a handler that ends is a fault of ours, with the last lines that it said', async () => {
  writeFileSync(join(folder, 'handler.cjs'), 'console.log("cannot go on"); process.exit(7)');
  const broken = { ...QUICK, handler: { ...handler, file: join(folder, 'handler.cjs') } };
  const error = await profileModel(example, broken).catch((caught: unknown) => caught);
  expect(SlipwayError.is(error) && error.code).toBe('E_INTERNAL');
  expect((error as SlipwayError).problems).toEqual(['cannot go on']);
});

test('when it is interrupted it ends at once and leaves nothing behind', async () => {
  const source = `
    const { readModelPackage } = require('${join(__dirname, '../../lib/model/package/model-package')}');
    const { profileModel } = require('${join(__dirname, '../../lib/profiling/profile')}');
    const model = readModelPackage('${example.directory}');
    profileModel(model, { handler: ${JSON.stringify(handler)}, windowMs: 60_000, onProgress: () => process.send('measuring') });
  `;
  const command = [...TYPESCRIPT, '-e', source];
  const child = closing(
    spawn(process.execPath, command, {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    }),
    (each) => each.kill('SIGKILL'),
  );
  const scratch = () => readdirSync(folder);
  await once(child, 'message');
  expect(scratch()).toHaveLength(1);
  child.kill('SIGINT');
  const [status, signal] = await once(child, 'exit');
  expect([status, signal]).toEqual([null, 'SIGINT']);
  expect(scratch()).toEqual([]);
});

test('a model that never ends is told as such, and holds up nobody', async () => {
  const never = join(folder, 'never');
  writeHandMade(never, 'never', endless());
  process.env.SLIPWAY_LOAD_SECONDS = '1';
  try {
    await expect(profileModel(readModelPackage(never), QUICK)).rejects.toMatchObject({
      code: 'E_LIMIT',
      message: expect.stringMatching(/^never: the engine has not come to an end .* within 1 s/),
    });
  } finally {
    delete process.env.SLIPWAY_LOAD_SECONDS;
  }
});
