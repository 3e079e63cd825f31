/** What measures a model on a machine that has nothing of ours: the profiler, the measuring process, and the handler. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MEASURE, PROFILER } from '../model/instance/profiler-files';
import { type HandlerFile, type HandlerTarget, handlerContents, handlerOptions } from './handler-bundle';
import { programCode } from './program';

const LEASH = 'leash.preload.js';

/** The machines that can be borrowed. */
export const PROFILER_TARGETS: readonly HandlerTarget[] = [
  { platform: 'linux', architecture: 'x64' },
  { platform: 'linux', architecture: 'arm64' },
];

/** Its JavaScript by the names of the files; and by those of the files among the built programs. */
export function profilerPrograms(target: HandlerTarget) {
  const { banner: _, ...options } = handlerOptions(target);
  return [
    [PROFILER, 'lib/profiling/elsewhere.ts'],
    [MEASURE, 'lib/profiling/measure.ts'],
  ].map(([name, entry]) => {
    const program = `${target.architecture}-${name}`; // which tells its processor
    return { name: name!, program, content: programCode(program, { ...options, entryPoints: [entry!] }) };
  });
}

/** It runs without node_modules: `node elsewhere.cjs PACKAGE ROWS RESULT`. */
export function profilerContents(target: HandlerTarget): HandlerFile[] {
  const leash = readFileSync(join(__dirname, '..', 'model', 'process', LEASH));
  const programs = profilerPrograms(target).map(({ name, content }) => ({ name, content }));
  return [...handlerContents(target), ...programs, { name: LEASH, content: leash }];
}
