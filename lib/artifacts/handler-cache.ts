/** Bundles of the handler that processes of this machine run: each in a folder named by its digest, and never changed. */
import { createHash } from 'node:crypto';
import { linkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileDigest } from '../model/files/file-digest';
import { placeFolder } from '../model/files/place-folder';
import {
  type HandlerFile,
  type HandlerParts,
  type HandlerTarget,
  handlerContents,
  writeHandlerFile,
} from './handler-bundle';

/** Hexadecimal digits of a digest in the name of a folder. */
const DIGITS = 16;

/**
 * The folder of the bundle for a target. What runs from it has its libraries mapped: a bundle that is there is left alone,
 * and another one gets another folder.
 *
 * @param cache folder of all bundles, which is made if need be
 * @throws SlipwayError E_PLATFORM, or E_FILE when it cannot be written
 */
export function cachedHandler(cache: string, target: HandlerTarget, parts: HandlerParts = {}): string {
  const files = handlerContents(target, parts);
  const folder = join(cache, `${target.platform}-${target.architecture}-${digestOf(files).slice(0, DIGITS)}`);
  const fill = (made: string) => {
    for (const file of files) linked(made, file) || writeHandlerFile(made, file);
  };
  placeFolder(folder, fill, (there) => (files.every((file) => isWhole(there, file)) ? 'keep' : 'replace'));
  return folder;
}

function digestOf(files: readonly HandlerFile[]): string {
  const all = createHash('sha256');
  for (const file of files) {
    const digest = 'content' in file ? createHash('sha256').update(file.content).digest('hex') : fileDigest(file.path);
    all.update(`${file.name} ${digest}\n`);
  }
  return all.digest('hex');
}

/** A second name for a library takes no room: it has 46 MB, and every change of the handler is another bundle. */
function linked(folder: string, file: HandlerFile): boolean {
  if ('content' in file) return false;
  try {
    linkSync(file.path, join(folder, file.name));
    return true;
  } catch {
    return false; // another file system, or one without such names: then it is copied
  }
}

/** A copy may have been cut off by whatever ended the machine. */
function isWhole(folder: string, file: HandlerFile): boolean {
  const bytes = 'content' in file ? file.content.length : statSync(file.path).size;
  return statSync(join(folder, file.name), { throwIfNoEntry: false })?.size === bytes;
}
