import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is that of a folder, or below it. Both are compared as they are spelled: links are for the caller to follow. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path); // `..data` is a name like any other
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
