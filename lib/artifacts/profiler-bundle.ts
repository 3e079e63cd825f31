/** What measures a model on a machine that has nothing of ours: the profiler, the measuring process, and the handler. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { MEASURE, PROFILER } from '../model/instance/profiler-files';
import { bundleOptions, type HandlerFile, type HandlerTarget, handlerContents } from './handler-bundle';

const LEASH = 'leash.preload.js';

/** It runs without node_modules: `node elsewhere.cjs PACKAGE ROWS RESULT`. */
export function profilerContents(target: HandlerTarget): HandlerFile[] {
  const programs = [
    [PROFILER, 'lib/profiling/elsewhere.ts'],
    [MEASURE, 'lib/profiling/measure.ts'],
  ].flatMap(([name, entry]) => {
    // as the handler's own: the library for this target, whose binding the handler's bundle brings
    const { banner: _, ...options } = bundleOptions('/', target);
    const { outputFiles } = buildSync({
      ...options,
      entryPoints: [entry!],
      outfile: join('/', name!),
      write: false,
    });
    return outputFiles
      .filter(({ path }) => basename(path) === name)
      .map(({ contents }) => ({ name: name!, content: contents }));
  });
  const leash = readFileSync(join(__dirname, '..', 'model', 'process', LEASH));
  return [...handlerContents(target), ...programs, { name: LEASH, content: leash }];
}
