/** What `init` leaves in a folder: all of it or nothing, and nothing that was there is changed, but for lines that are added. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { fileError, named } from '../../lib/model/files/file-error';
import { makeFolders } from '../../lib/model/files/make-folders';
import { placeFolder } from '../../lib/model/files/place-folder';
import { readRegularFile } from '../../lib/model/files/read-file';
import { replaceFile } from '../../lib/model/files/replace-file';
import { MIB } from '../../lib/model/units';

const GITIGNORE = '.gitignore';

/** What is made again, by npm, by Slipway, and by the CDK. */
const IGNORED = ['node_modules/', '.slipway/', 'cdk.out/'];

export interface Placed {
  /** Where the package goes. */
  readonly model: string;
  /** Where it is, whole. */
  readonly from: string;
  /** Texts by their paths. */
  readonly files: ReadonlyMap<string, string>;
}

/** @throws SlipwayError E_FILE for what is there already */
export function requireRoom(paths: Iterable<string>): void {
  for (const path of paths) {
    if (lstatSync(path, { throwIfNoEntry: false })) throw taken(path);
  }
}

function taken(path: string): SlipwayError {
  return new SlipwayError(
    'E_FILE',
    `${path}: is there already; nothing was written: move it away, or change it by hand`,
  );
}

/**
 * Put everything in its place at once: a signal waits until it is done.
 *
 * @returns paths that were written
 * @throws SlipwayError E_FILE when something is in the way or cannot be written; all is then as it was
 */
export function place({ model, from, files }: Placed): string[] {
  const undo: (() => void)[] = [];
  try {
    const above = makeFolders(dirname(model));
    undo.push(above);
    const move = (folder: string) => {
      for (const name of readdirSync(from)) renameSync(join(from, name), join(folder, name));
    };
    placeFolder(model, move, () => {
      throw taken(model);
    });
    undo.push(() => rmSync(model, { recursive: true, force: true }));
    for (const [path, text] of files) {
      undo.push(makeFolders(dirname(path)));
      createFile(path, text);
      undo.push(() => rmSync(path, { force: true }));
    }
    const ignored = ignore();
    return [model, ...files.keys(), ...(ignored ? [GITIGNORE] : [])];
  } catch (error) {
    for (const each of undo.reverse()) each();
    throw error;
  }
}

/** A new file. */
function createFile(path: string, text: string): void {
  let file: number | undefined;
  try {
    file = openSync(path, 'wx');
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (cause) {
    if (file === undefined && (cause as NodeJS.ErrnoException).code === 'EEXIST') throw taken(path);
    if (file !== undefined) rmSync(path, { force: true });
    throw fileError(path, 'written', cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Adds what is missing at the end. @returns whether something was */
function ignore(): boolean {
  const before = existsSync(GITIGNORE) ? readRegularFile(GITIGNORE, MIB).toString('utf8') : '';
  const known = new Set(before.split(/\r?\n/).map((line) => line.trim().replace(/^\//, '').replace(/\/?$/, '/')));
  const added = IGNORED.filter((line) => !known.has(line));
  if (added.length === 0) return false;
  const end = before.includes('\r\n') ? '\r\n' : '\n';
  const gap = before === '' || before.endsWith('\n') ? '' : end;
  named(GITIGNORE, 'written', () => replaceFile(GITIGNORE, `${before}${gap}${added.join(end)}${end}`));
  return true;
}
