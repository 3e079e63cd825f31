/** One task of the benchmark in a process of its own: prints its wall time, CPU time and peak memory as JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertModel } from '../../lib/packaging/converters';
import { readModelFile } from '../../lib/packaging/joblib';
import { pack } from '../../lib/packaging/pack';

const TASKS: Record<string, (file: string, folder: string) => Promise<unknown>> = {
  read: (file) => readModelFile(file),
  convert: async (file) => convertModel(await readModelFile(file)),
  pack: (file, out) => pack({ file, name: 'forest', out: join(out, 'package'), isolated: false }),
};

async function main(task: string, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const began = performance.now();
  const used = process.cpuUsage();
  try {
    await TASKS[task]!(file, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { user, system } = process.cpuUsage(used);
  const peakMiB = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ wallMs: performance.now() - began, cpuMs: (user + system) / 1000, peakMiB }));
}

main(process.argv[2]!, process.argv[3]!);
