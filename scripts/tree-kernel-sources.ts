/** What the embedded tree kernel is made of: its source, its options, and which AssemblyScript. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the kernel is embedded, and its source in `assembly`. */
export const KERNEL_FOLDER = join(__dirname, '../lambda/inference/engine/native/trees');

/** SHA-256 of all that decides on the bytes of the kernel. */
export function kernelSources(): string {
  const { dependencies } = JSON.parse(readFileSync(join(__dirname, 'tree-kernel/package.json'), 'utf8'));
  const digest = createHash('sha256').update(`assemblyscript ${dependencies.assemblyscript}\n`);
  for (const file of ['trees.ts', 'asconfig.json']) digest.update(readFileSync(join(KERNEL_FOLDER, 'assembly', file)));
  return digest.digest('hex');
}
