/** How a program that instances run is made one JavaScript file, which needs no node_modules. */
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

/** Oldest Node.js that it runs on, as `engines` in package.json. */
const NODE = 'node20.19';

export const PROGRAM = {
  absWorkingDir: join(__dirname, '..', '..'), // paths in comments are relative to it
  bundle: true,
  platform: 'node',
  target: NODE,
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true, // but not identifiers: a stack trace in the log should still tell something
  logLevel: 'silent', // a failure is thrown, with what esbuild has to say
} as const satisfies BuildOptions;
