import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Leash, leashed } from '../../../lib/model/process/leash';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { closing } from '../../closing';

const folder = temporaryFolder();
const scratch = join(folder, 'scratch');
const started: number[] = [];
beforeEach(() => mkdirSync(scratch, { recursive: true }));
afterEach(() => {
  for (const pid of started.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {} // as it should be
  }
});

/** Computes and never listens; says its number first. */
const BUSY = 'process.stdout.write(String(process.pid), () => { for (;;); });';
/** Waits for ever in its event loop. */
const IDLE = 'process.stdout.write(String(process.pid)); setInterval(() => {}, 1000);';
/** Starts another and waits with it. */
const WITH_CHILD = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(IDLE)}], { stdio: ['ignore', 'inherit', 'inherit'] });`;

/** A parent of its own process, which starts the child on the leash and waits; and its child's standard output. */
function parentOf(code: string, leash: Leash): ChildProcess {
  const { execArgv, env, stdin } = leashed(leash);
  const parent = join(folder, 'parent.cjs');
  writeFileSync(
    parent,
    `const options = { env: { ...process.env, ...${JSON.stringify(env)} }, stdio: ['${stdin}', 'inherit', 'inherit'], detached: ${leash.group === true} };
     const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify([...execArgv, '-e', code])}, options);
     child.on('exit', (code, signal) => console.log(signal));`,
  );
  const child: ChildProcess = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  return closing(child, (each) => each.kill('SIGKILL'));
}

/** The next line that a process says; undefined at its end. */
async function said(process_: ChildProcess): Promise<string | undefined> {
  for await (const chunk of process_.stdout!.iterator({ destroyOnReturn: false })) return String(chunk).trim();
  return undefined;
}

/** Waits until nobody holds the standard output of a process any more: it has ended, and so has whatever it started. */
async function allEnded(process_: ChildProcess): Promise<void> {
  process_.stdout!.resume();
  if (!process_.stdout!.readableEnded) await once(process_.stdout!, 'end');
}

test.each([
  ['computes and does not listen', BUSY, {}],
  ['waits', IDLE, {}],
  ['waits, without a thread that watches', IDLE, { thread: false }],
  ['has started others', WITH_CHILD, { group: true }],
])('a child that %s ends when its parent is killed, and its folder goes', async (_name, code, leash) => {
  const parent = parentOf(code, { folder: scratch, ...leash });
  started.push(parent.pid!, Number(await said(parent)));
  parent.kill('SIGKILL');
  await allEnded(parent);
  expect(existsSync(scratch)).toBe(false);
});

test('a child ends when its time is over, whatever it does', async () => {
  const parent = parentOf(BUSY, { seconds: 0.2 });
  started.push(parent.pid!, Number(await said(parent)));
  expect(await said(parent)).toBe('SIGKILL');
});

test('a child that is done ends by itself', async () => {
  const parent = parentOf('process.stdout.write("1");', { folder: scratch, seconds: 600 });
  expect(await said(parent)).toMatch(/^1(null)?$/);
  await allEnded(parent);
  expect(existsSync(scratch)).toBe(true);
});
