/**
 * What packing a large forest takes, next to Python's own ways with the same file, in one run.
 *
 *     PYTHON=path/to/python npm run bench:packaging
 *
 * PYTHON needs scikit-learn; with skl2onnx in it, that is measured too. Each task runs in a process of its own,
 * in turns; the fastest of the rounds counts, since what makes a run slower than that is the machine.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TYPESCRIPT } from '../../lib/model/process/typescript';

const ROUNDS = 3;
const python = process.env.PYTHON;
if (!python) {
  console.error('set PYTHON to an interpreter with scikit-learn: it makes the forest and is what is compared with');
  process.exit(2);
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
const file = join(folder, 'forest.joblib');
const forest = join(__dirname, 'forest.py');
const node = (task: string) => [process.execPath, ...TYPESCRIPT, join(__dirname, 'task.ts'), task, file];
const COMMANDS: Record<string, string[]> = {
  'joblib.load': [python, forest, 'load', file],
  'slipway: read': node('read'),
  'slipway: read and convert': node('convert'),
  'slipway: pack': node('pack'),
  'skl2onnx: load and convert': [python, forest, 'onnx', file],
};

try {
  execFileSync(python, [forest, 'make', file], { stdio: 'inherit' });
  console.log(
    `${cpus()[0]!.model}, Node.js ${process.version}, 300 trees on 20,000 rows, ${(statSync(file).size / 1e6).toFixed(0)} MB`,
  );
  const best = new Map<string, Cost>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, [program, ...rest]] of Object.entries(COMMANDS)) {
      const said = execFileSync(program!, rest, { encoding: 'utf8' });
      if (said === '') continue; // not installed
      const cost = JSON.parse(said) as Cost;
      if (cost.cpuMs < (best.get(name)?.cpuMs ?? Number.POSITIVE_INFINITY)) best.set(name, cost);
    }
  }
  const reference = best.get('joblib.load')!;
  console.log('                              CPU ms   x joblib.load   wall ms   peak MiB');
  for (const [name, { cpuMs, wallMs, peakMiB }] of best) {
    const ratio = (cpuMs / reference.cpuMs).toFixed(2);
    console.log(
      `${name.padEnd(28)}${cpuMs.toFixed(0).padStart(8)}${ratio.padStart(16)}${wallMs.toFixed(0).padStart(10)}${peakMiB.toFixed(0).padStart(11)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
