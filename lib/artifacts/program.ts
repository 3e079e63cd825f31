/** How a program that runs elsewhere is made one JavaScript file, which needs no node_modules. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { keptProgram, type Sources } from './kept-program';

/** Oldest Node.js that it runs on, as `engines` in package.json. */
const NODE = 'node20.19';

/** The folder that holds `lib` and `lambda`. */
export const ROOT = join(__dirname, '..', '..');

/**
 * Where the programs of a package lie: they were built with it, so that every installation runs the bytes that were
 * tested. There are none in a clone, which builds them when they are needed.
 */
export const BUILT_PROGRAMS = join(ROOT, 'programs');

/** Of a clone, which bundles them when their sources have changed. */
const KEPT_PROGRAMS = join(ROOT, 'node_modules/.cache/slipway/programs');
const SOURCES: Sources = {
  root: ROOT,
  folders: ['lib', 'lambda'],
  files: ['package.json', 'tsconfig.json', 'node_modules/.package-lock.json'],
};

export const PROGRAM = {
  absWorkingDir: ROOT, // paths in comments are relative to it
  bundle: true,
  platform: 'node',
  target: NODE,
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true, // but not identifiers: a stack trace in the log should still tell something
  logLevel: 'silent', // a failure is thrown, with what esbuild has to say
} as const satisfies BuildOptions;

const made = new Map<string, Uint8Array>();

/**
 * A program's JavaScript. Same sources, same bytes, from wherever it is called; made once in a process.
 *
 * @param name of its file among the built ones
 * @param options of esbuild, beside those of every program
 */
export function programCode(name: string, options: BuildOptions): Uint8Array {
  const code = made.get(name) ?? readOrBuilt(name, options);
  made.set(name, code);
  return code;
}

function readOrBuilt(name: string, options: BuildOptions): Uint8Array {
  const built = join(BUILT_PROGRAMS, name);
  if (existsSync(built)) return readFileSync(built);
  const { buildSync, version } = require('esbuild') as typeof import('esbuild'); // no part of a package
  const all: BuildOptions = { ...PROGRAM, outfile: '/program.js', ...options };
  return keptProgram(KEPT_PROGRAMS, JSON.stringify([version, all]), SOURCES, all, buildSync);
}
