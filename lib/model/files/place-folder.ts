/** A folder that appears whole or not at all, and takes the place of another in two renames. */
import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SlipwayError } from '../error';
import { fileError, isSystemError } from './file-error';
import { makeFolders } from './make-folders';

/**
 * What becomes of a folder that is in the place already: `keep` where it will do as it is, `replace` where it may go.
 * Whatever may not be touched is refused by throwing.
 */
export type Occupant = (folder: string) => 'keep' | 'replace';

/** Another process may put its own there again and again; not so often. */
const MOST_TURNS = 10;

/** What a rename says to a place that is taken: Linux and macOS, a file, Windows. */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES']);

/**
 * Fill a folder beside its place, then rename it. What was there stays until then, and comes back where that fails.
 *
 * @param path relative to the working directory
 * @param fill writes the files of the folder that it is given
 * @param occupant is asked before anything is made, and again of what was moved out of the way, when nobody finds it any more
 * @throws SlipwayError E_FILE when it cannot be written, and what `fill` and `occupant` throw; all is then as it was
 */
export function placeFolder(path: string, fill: (folder: string) => void, occupant: Occupant): void {
  if (path === '') throw new SlipwayError('E_FILE', '"": is no folder; name one');
  const place = resolve(path);
  let beside: string | undefined;
  let undo = () => {};
  try {
    if (isTaken(place) && occupant(place) === 'keep') return;
    undo = makeFolders(dirname(place));
    // a short name: that of the place may be as long as names get
    beside = mkdtempSync(join(dirname(place), '.slipway-'));
    const made = join(beside, 'new');
    mkdirSync(made);
    fill(made);
    settle(made, place, beside, occupant);
  } catch (cause) {
    throw fileError(path, 'written', cause);
  } finally {
    if (beside !== undefined) removeBeside(beside);
    undo();
  }
}

function settle(made: string, place: string, beside: string, occupant: Occupant): void {
  for (let turn = 1; ; turn++) {
    try {
      renameSync(made, place);
      return;
    } catch (error) {
      const taken = isSystemError(error) && TAKEN.has(error.code) && isTaken(place);
      if (!taken || turn === MOST_TURNS) throw error;
    }
    if (occupant(place) === 'keep') return; // another process was first
    const old = join(beside, `old-${turn}`);
    if (!moved(place, old)) continue;
    try {
      occupant(old);
      renameSync(made, place);
    } catch (error) {
      renameSync(old, place); // fails where another process has put its own there: then `old` stays where it is
      throw error;
    }
    rmSync(old, { recursive: true, force: true });
    return;
  }
}

/** What was moved there and may not be removed keeps its folder. */
function removeBeside(folder: string): void {
  rmSync(join(folder, 'new'), { recursive: true, force: true });
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}

/** Whether it was there to be moved: another process may be about the same. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** A link counts, wherever it leads. */
function isTaken(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
