/** Folders on the way to something that is written, which go again when it is not. */
import { existsSync, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Make a folder and those above it that are missing.
 *
 * @returns takes those back that it made, as far as nothing has come into them since
 * @throws the error of the system; nothing is then left of what it made
 */
export function makeFolders(path: string): () => void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder) && folder !== dirname(folder); folder = dirname(folder)) {
    missing.unshift(folder);
  }
  const made: string[] = [];
  const undo = () => {
    for (const folder of made.reverse()) {
      try {
        rmdirSync(folder);
      } catch {
        return; // somebody else uses it by now, and so those above
      }
    }
  };
  try {
    for (const folder of missing) {
      if (makeOne(folder)) made.push(folder);
    }
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}

/** Whether it was this process that made it. */
function makeOne(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST' && statSync(folder).isDirectory();
    if (there) return false;
    throw error;
  }
}
