/**
 * What one run of each engine takes, in one process, by turns.
 *
 *     PYTHON=path/to/python npm run bench:engine
 *
 * PYTHON needs scikit-learn, which fits the models. Microseconds of CPU for one call, the least of several slices, since
 * what makes a slice slower than that is the machine. The native engine is asked for every model, also for those that are
 * left to ONNX Runtime, which are marked with *.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../lambda/inference/engine';
import { encodeRows } from '../../lib/model/rows/row';
import type { Tensors } from '../../lib/model/rows/tensor';
import { prepare } from '../../lib/packaging/conversion/prepare';

const SLICES = 15;
const SLICE_MS = 40;
const ROWS = [1, 32, 256];

/** Least microseconds of a call to `predict` in a slice of it. */
async function slice(engine: Engine, inputs: Tensors): Promise<number> {
  const before = process.cpuUsage();
  const until = performance.now() + SLICE_MS;
  let calls = 0;
  while (performance.now() < until) {
    for (let i = 0; i < 10; i++) await engine.run(inputs, ['predict']);
    calls += 10;
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

async function main(): Promise<void> {
  const python = process.env.PYTHON;
  if (!python) throw new Error('set PYTHON to an interpreter with scikit-learn: it fits the models');
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  try {
    execFileSync(python, ['-W', 'ignore', join(__dirname, 'models.py'), folder], { stdio: 'inherit' });
    console.log(`${cpus()[0]!.model}, Node.js ${process.version}, microseconds of CPU for one call of predict`);
    console.log(`${'model'.padEnd(34)}${ROWS.map((rows) => `${rows} rows: native  ORT  ratio`.padStart(30)).join('')}`);
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    for (const file of files.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))) await bench(folder, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bench(folder: string, file: string): Promise<void> {
  const { name, rows } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { name: string; rows: number[][] };
  const { model } = await prepare({ files: [join(folder, file.replace(/json$/, 'joblib'))] }, () => {});
  const path = join(folder, 'model.onnx');
  writeFileSync(path, model.onnx);
  const native = await createEngine(path, { engine: 'native' });
  const other = await createEngine(path, { engine: 'onnxruntime' });
  const chosen = await createEngine(path);
  await chosen.close();
  let line = `${name}${chosen.name.startsWith('native') ? '' : ' *'}`.padEnd(34);
  for (const count of ROWS) {
    const inputs = encodeRows(model.signature, rows.slice(0, count));
    let [mine, its] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let turn = 0; turn < SLICES; turn++) {
      mine = Math.min(mine, await slice(native, inputs));
      its = Math.min(its, await slice(other, inputs));
    }
    line += `${mine.toFixed(2).padStart(15)}${its.toFixed(1).padStart(8)}${(its / mine).toFixed(1).padStart(7)}`;
  }
  console.log(line);
  await other.close();
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
