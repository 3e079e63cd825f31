import { basename, extname } from 'node:path';

/** A name of a model, as near as can be to that of its file. */
export function nameOf(file: string): string {
  const words = basename(file, extname(file))
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['model'];
  return words.join('-').slice(0, 48).replace(/-$/, '');
}
