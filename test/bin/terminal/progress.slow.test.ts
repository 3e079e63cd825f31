/** What takes longer than two seconds is told of while it goes on: real commands, each with a part that takes its time. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { FakeBucket } from '../../../testing/fake-bucket';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../../example';
import { onLinux } from '../../on-linux';

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

const ROOT = join(__dirname, '../../..');
const LAUNCHER = join(ROOT, 'bin/launcher.js');

/** How long the slow part of each takes at the least, milliseconds; a profile takes it by itself. */
const SLOW_MS = 4000;

const folder = temporaryFolder();
const bucket = new FakeBucket('models-of-ours');
const stop = join(folder, 'slow.js');
let endpoint: string;

beforeAll(async () => {
  endpoint = await bucket.start();
  for (const file of ['model.joblib', 'golden.json'])
    cpSync(join(ROOT, 'examples/breast-cancer', file), join(folder, file));
  // the process that packs stands still when it has said that it replays the golden rows
  writeFileSync(
    stop,
    `if (/child-main/.test(process.argv[1] ?? '')) {
      const { send } = process;
      process.send = function (message, ...rest) {
        const sent = send.call(this, message, ...rest);
        if (/^replaying/.test(message.text)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${SLOW_MS});
        return sent;
      };
    }\n`,
  );
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/npm'), `#!/bin/sh\nsleep ${SLOW_MS / 1000}\nexit 1\n`);
  chmodSync(join(folder, 'bin/npm'), 0o755);
  bucket.delayMs = 0.4 * SLOW_MS; // it is asked about each file, and for it: a line comes after more than two seconds
});
beforeEach(() => bucket.objects.clear());
afterAll(() => bucket.stop());

const copied = (name: string) => {
  const to = join(folder, name);
  cpSync(EXAMPLE_MODEL, to, { recursive: true });
  return to;
};

/** The words of a command whose work takes its time, what it tells of first, and how it ends. */
const COMMANDS: Readonly<Record<string, () => { words: string[]; begins: RegExp; status: number }>> = {
  pack: () => ({
    words: ['pack', 'model.joblib', '--golden', 'golden.json', '--name', 'a', '--out', join(temporaryFolder(), 'a')],
    begins: /^reading model\.joblib/,
    status: 0,
  }),
  profile: () => ({ words: ['profile', copied('profiled')], begins: /^(fetching|loading) /, status: 0 }),
  runtime: () => ({
    words: ['runtime'],
    begins: /^fetching Node\.js \S+ for x86_64/,
    status: 1,
  }),
  push: () => ({
    words: ['push', copied('pushed'), 's3://models-of-ours/credit'],
    begins: /^pushing \d files to s3:\/\/models-of-ours\/credit@sha256:/,
    status: 0,
  }),
};

const { npm_execpath: _, ...outside } = process.env;

const environment = () => ({
  ...outside,
  PATH: [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
  NODE_OPTIONS: `--require ${stop}`,
  XDG_CACHE_HOME: folder,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'eu-west-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_ENDPOINT_URL: endpoint,
});

interface Told {
  readonly status: number;
  /** What came on stderr, and when after the start, milliseconds. */
  readonly pieces: readonly { readonly text: string; readonly afterMs: number }[];
  readonly text: string;
  readonly tookMs: number;
}

async function run(program: string, words: readonly string[]): Promise<Told> {
  const began = Date.now();
  const child = spawn(program, words, { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
  const pieces: { text: string; afterMs: number }[] = [];
  const take = (chunk: Buffer) => pieces.push({ text: chunk.toString(), afterMs: Date.now() - began });
  child.stderr!.on('data', take);
  // a terminal has one stream
  if (program === 'script') child.stdout!.on('data', take);
  else child.stdout!.resume();
  const [status] = await once(child, 'close');
  return { status, pieces, text: pieces.map(({ text }) => text).join(''), tookMs: Date.now() - began };
}

describe.each(Object.keys(COMMANDS))('%s', (name) => {
  test('tells in a log what it does before it is done', async () => {
    const { words, begins, status } = COMMANDS[name]!();
    const told = await run(process.execPath, [LAUNCHER, ...words]);
    expect([told.status, told.text]).toEqual([status, expect.stringMatching(begins)]);
    expect(told.tookMs).toBeGreaterThan(SLOW_MS);
    const lines = told.pieces.map(({ afterMs }) => told.tookMs - afterMs);
    expect(Math.max(...lines)).toBeGreaterThan(SLOW_MS / 2);
    expect([told.text.includes('\r'), told.text.includes('\u001b')]).toEqual([false, false]);
  });

  test('tells with --quiet nothing of it', async () => {
    const { words, status } = COMMANDS[name]!();
    const { status: found, text } = await run(process.execPath, [LAUNCHER, ...words, '--quiet']);
    expect([found, text.replace(/^(error|warning| {2}- ).*\n/gm, '')]).toEqual([status, '']);
  });

  const atTerminal = spawnSync('script', ['--version']).status === 0 ? onLinux : test.skip;
  atTerminal('counts the seconds at a terminal, in one line that goes away', async () => {
    const { words } = COMMANDS[name]!();
    const line = [process.execPath, LAUNCHER, ...words].map((word) => `'${word}'`).join(' ');
    const { text } = await run('script', ['--quiet', '--return', '--command', line, '/dev/null']);
    const clock = text.split('\r\u001b[2K').slice(1);
    expect(clock).toContainEqual(expect.stringMatching(/^\.\.\. \d+ s$/));
    expect(clock.at(-1)).not.toMatch(/^\.\.\. /);
  });
});
