/** Names of modules, which have moved since some files were written. */

/** Old name -> name since. */
const MOVED = new Map([
  ['__builtin__', 'builtins'],
  ['copy_reg', 'copyreg'],
]);

/** The name of a module today: Python 2's own, and numpy 2's private ones for those of numpy 1. */
export function currentModule(module: string): string {
  const moved = MOVED.get(module) ?? module;
  return moved.replace(/^numpy\._core(?=\.|$)/, 'numpy.core');
}
