/** The commands of a page, run one after the other in the folder of somebody who follows it. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parse } from 'yaml';
import { blocksOf, type CodeBlock } from '../../testing/documents/code-blocks';
import { type ShellCommand, shellCommands } from '../../testing/documents/shell-commands';
import { run, serve, stop } from '../process';
import type { Report } from '../report';

const LAUNCHER = [process.execPath, resolve('bin/launcher.js')];

/** Of Slipway, what needs neither AWS nor an endpoint that runs. */
const LOCAL = /^(inspect|pack|profile|plan|watch|bundle|key|review|completion|python-helper|serve) /;

/** What they would need all the same; the command line has read these in `npm test`. */
const ELSEWHERE = /s3:|--on |--base-app|--url|--stage dev/;

/** Programs of the system that are run as well. */
const SYSTEM = ['cp', 'tar'];

const READY_MS = 60_000;

/** What a section has as a folder of its own, and what is put into it before a command. */
const IN_FOLDER: Readonly<Record<string, string>> = { 'Preprocessing in files of its own': 'iris' };
const BEFORE: readonly (readonly [command: RegExp, from: string, to: string])[] = [
  [/xgboost\.json/, 'golden-of-trees.json', 'golden.json'],
];

/** Run those of a page that can be run here. @returns how many those were */
export async function runCommands(report: Report, page: string, desk: string): Promise<number> {
  let count = 0;
  for (const block of blocksOf(page)) {
    if (block.language === 'yaml') writeConfiguration(block, desk);
    if (block.language !== 'sh') continue;
    const cwd = join(desk, IN_FOLDER[block.heading] ?? '.');
    for (const command of shellCommands(block.code)) {
      const words = runnable(command);
      if (!words) continue;
      const line = command.words.join(' ');
      for (const [which, from, to] of BEFORE) if (which.test(line)) copyFileSync(join(cwd, from), join(cwd, to));
      const failed = await outcome(words, cwd, command.environment);
      report.check(failed === undefined, `${page}:${block.line + command.line}: ${line}`, failed);
      count++;
    }
  }
  return count;
}

/** A page that shows a whole slipway.yaml speaks of that from then on. */
function writeConfiguration({ code }: CodeBlock, desk: string): void {
  const document = parse(code);
  if ('stages' in document && 'models' in document) writeFileSync(join(desk, 'slipway.yaml'), code);
}

/** Its words as they are run; undefined for what only is read. */
function runnable({ words: [program, ...rest] }: ShellCommand): readonly string[] | undefined {
  if (SYSTEM.includes(program!)) return [program!, ...rest];
  const words = program === 'npx' ? rest : [program, ...rest];
  const line = words.slice(1).join(' ');
  if (words[0] !== 'slipway' || !LOCAL.test(`${line} `) || ELSEWHERE.test(line)) return undefined;
  return [...LAUNCHER, ...words.slice(1)] as string[];
}

/** What is wrong; undefined where it did what it says. */
async function outcome(words: readonly string[], cwd: string, set: ShellCommand['environment']) {
  const env = { ...process.env, ...set };
  if (words[2] === 'serve') return served([...words, '--port', String(await freePort())], cwd, env);
  const { code, output } = await run(words, { cwd, env });
  return code === 0 ? undefined : `status ${code}: ${output.trim().slice(-1500)}`;
}

/** One that runs until it is stopped. */
async function served(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  let said = '';
  const child = serve(words, join(cwd, 'serve.log'), { cwd, env });
  child.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const until = Date.now() + READY_MS;
  while (!said.includes('Ctrl-C stops it') && child.exitCode === null && Date.now() < until) await setTimeout(100);
  const ready = said.includes('Ctrl-C stops it');
  await stop(child);
  return ready ? undefined : `it does not serve: ${said.slice(-1500)}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}
