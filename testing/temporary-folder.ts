/** Folders for a moment: gone after the tests of the file, or when the proof or the benchmark ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

function removeAll(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

if (typeof afterAll === 'function') afterAll(removeAll);
else process.once('exit', removeAll);

/** A new and empty folder, which nobody has to remove. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  folders.push(folder);
  return folder;
}
