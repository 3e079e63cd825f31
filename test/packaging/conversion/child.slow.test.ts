import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { TYPESCRIPT } from '../../../lib/model/process/typescript';
import { CHILD_LIMITS, type ChildLimits, runInChild } from '../../../lib/packaging/conversion/child';
import { errorOf } from '../../../testing/error-of';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { endless } from '../../lambda/inference/engine/unbounded';
import { fixturePath } from '../fixtures';

const prepare = (file: string, limits?: Partial<ChildLimits>) =>
  runInChild({ name: 'prepare', request: { files: [file] } }, 'model.joblib', () => {}, { ...CHILD_LIMITS, ...limits });

const MODEL = fixturePath('inputs', 'binary.joblib');

test('gives the error of the task as it is', async () => {
  const error = await errorOf(prepare(fixturePath('refused', 'os-system.pkl')));
  expect(error).toMatchObject({ code: 'E_UNSAFE', problems: [] });
  expect(error.message).toMatch(/^os-system\.pkl: asks Python to import posix\.system/);
});

test('ends a conversion that takes more memory than is allowed', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'model.joblib');
  writeFileSync(path, `\x80\x02(${'}'.repeat(500_000)}l.`, 'latin1'); // half a million dicts: 100 MB of objects
  const error = await errorOf(prepare(path, { heapMiB: 40, seconds: 60 }));
  rmSync(folder, { recursive: true });
  expect(error.code).toBe('E_LIMIT');
  expect(error.message).toMatch(/^model\.joblib: takes more than 40 MiB of objects to convert, which is the limit/);
});

test('ends a conversion that takes more time than is allowed', async () => {
  const error = await errorOf(prepare(MODEL, { heapMiB: 256, seconds: 0.001 }));
  expect(error.code).toBe('E_LIMIT');
  expect(error.message).toMatch(/^model\.joblib: takes more than 0\.001 s to convert/);
});

test('ends a conversion that takes more memory than is allowed, whatever kind of memory it is', async () => {
  const error = await errorOf(prepare(MODEL, { memoryMiB: 40 }));
  expect(error.code).toBe('E_LIMIT');
  expect(error.message).toMatch(/^model\.joblib: takes more than 40 MiB of memory to convert, which is the limit/);
});

test('ends with its parent, however that ends, and leaves no folder', async () => {
  const folder = temporaryFolder();
  const request = JSON.stringify({ name: 'prepare', request: { files: [MODEL] } });
  const module_ = JSON.stringify(join(__dirname, '../../../lib/packaging/conversion/child.ts'));
  const parent = spawn(
    process.execPath,
    [
      ...TYPESCRIPT,
      '-e',
      `const processes = require('node:child_process');
       const { fork } = processes;
       processes.fork = (...words) => {
         const child = fork(...words);
         console.log(child.pid);
         return child;
       };
       require(${module_}).runInChild(${request}, 'model.joblib', () => {});`,
    ],
    { env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [said] = await once(parent.stdout, 'data');
  parent.kill('SIGKILL');
  const isThere = () => {
    try {
      return process.kill(Number(said), 0);
    } catch {
      return false;
    }
  };
  while (isThere()) await setTimeout(20); // its end tells nobody: its parent is gone
  expect(readdirSync(folder).filter((name) => name.startsWith('slipway-'))).toEqual([]);
  rmSync(folder, { recursive: true });
});

test('ends a run of the engine that does not end by itself, and says so', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'never.onnx');
  writeFileSync(path, endless(false));
  process.env.SLIPWAY_LOAD_SECONDS = '1';
  try {
    const error = await errorOf(prepare(path));
    expect(error.code).toBe('E_LIMIT');
    expect(error.message).toMatch(/^never\.onnx: the engine has not come to an end .* within 1 s; a graph with a loop/);
  } finally {
    delete process.env.SLIPWAY_LOAD_SECONDS;
    rmSync(folder, { recursive: true });
  }
});

test('names the file that was read when it ended: golden rows have limits of their own', async () => {
  const folder = temporaryFolder();
  const golden = join(folder, 'golden.json');
  writeFileSync(golden, `{"inputs": [${'[{}],'.repeat(2_000_000)}[]]}`); // 10 MB of text, 300 MB of objects
  const request = { files: [MODEL], golden };
  const limits = { ...CHILD_LIMITS, heapMiB: 64 };
  const error = await errorOf(runInChild({ name: 'prepare', request }, 'model.joblib', () => {}, limits));
  rmSync(folder, { recursive: true });
  expect(error.code).toBe('E_LIMIT');
  expect(error.message).toBe(
    'golden.json: takes more than 64 MiB of objects to read, which is the limit; golden and training rows need not be many',
  );
});
