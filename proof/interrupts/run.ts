/**
 * `npm run proof:interrupts`: commands that are ended in the middle of their work, at moments spread over all of it.
 *
 * 1. Ctrl-C: the terminal sends SIGINT to the command and to whatever it has started.
 * 2. SIGTERM to the command alone, as a cancelled CI job does. After both: no process is left, no temporary folder, nothing
 *    half-written, and the command has ended by the signal.
 * 3. SIGKILL to the command alone, which can do nothing any more: what it has started ends by itself.
 *
 * `--moments 10` of each, `--command pack` (again for more than one); without, all. It takes Linux.
 */
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { fetchNodeRuntime, RUNTIME_ARCHITECTURES } from '../../lib/artifacts/node-runtime';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { ProofProblem } from '../problem';
import { Report } from '../report';
import { MARK, marked } from './processes';

const ROOT = resolve(__dirname, '../..');
const LAUNCHER = join(ROOT, 'bin/launcher.js');
const EXAMPLE = join(ROOT, 'examples/breast-cancer');
const PORT = 8396;

const ENDINGS = [
  { name: 'Ctrl-C', signal: 'SIGINT', group: true },
  { name: 'SIGTERM', signal: 'SIGTERM', group: false },
  { name: 'SIGKILL', signal: 'SIGKILL', group: false },
] as const;

type Ending = (typeof ENDINGS)[number];

/** A process that is told to end, or notices that it is alone, is gone by then on a machine that is busy. */
const GONE_MS = 10_000;

/** What `serve` is let do after it says that it serves. */
const SERVING_MS = 1000;

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  pack: [
    'pack',
    join(EXAMPLE, 'model.joblib'),
    '--golden',
    join(EXAMPLE, 'golden.json'),
    '--name',
    'x',
    '--out',
    'packed',
  ],
  profile: ['profile', 'model'],
  serve: ['serve', 'model', '--port', String(PORT), '--workers', '2'],
  start: ['start', '--port', String(PORT), '--exit-after-verify'],
};

/** What `start` takes from the repository, apart from the example. */
const LINKED = [
  'bin',
  'lib',
  'lambda',
  'node_modules',
  'cdk.json',
  'package.json',
  'tsconfig.json',
  'examples',
  'models',
  'slipway.yaml',
];

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly milliseconds: number;
  readonly said: string;
}

class Bench {
  readonly work: string;
  private readonly temporary: string;
  private runs = 0;

  constructor(folder: string) {
    this.work = join(folder, 'work');
    this.temporary = join(folder, 'temporary');
    mkdirSync(this.work);
    mkdirSync(this.temporary);
    for (const name of LINKED) symlinkSync(join(ROOT, name), join(this.work, name));
    cpSync(join(ROOT, 'models/breast-cancer'), join(this.work, 'model'), { recursive: true });
    mkdirSync(join(this.work, '.slipway'));
    cpSync(resolve('.slipway/runtime'), join(this.work, '.slipway/runtime'), { recursive: true });
  }

  /**
   * Run a command, and end it after so long.
   *
   * @param afterMs undefined to let it come to its end; a command that serves is ended when it does
   */
  async run(words: readonly string[], ending?: Ending, afterMs?: number): Promise<Ended & { mark: string }> {
    const mark = `${process.pid}-${++this.runs}`;
    const from = performance.now();
    const child = spawn(process.execPath, [LAUNCHER, ...words], {
      cwd: this.work,
      env: { PATH: process.env.PATH, HOME: this.work, TMPDIR: this.temporary, [MARK]: mark },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a group, as a terminal has it
    });
    let said = '';
    let serves = false;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = (said + text).slice(-4000);
        if (serves || !said.includes('Ctrl-C stops it')) return;
        serves = true;
        if (afterMs === undefined) void setTimeout(SERVING_MS).then(() => child.kill('SIGTERM'));
      });
    }
    const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) =>
      child.once('exit', (code, signal) => done({ code, signal })),
    );
    if (ending && afterMs !== undefined) {
      const first = await Promise.race([ended, setTimeout(afterMs)]);
      if (!first) process.kill(ending.group ? -child.pid! : child.pid!, ending.signal);
    }
    const { code, signal } = await ended;
    return { code, signal, said, mark, milliseconds: performance.now() - from };
  }

  /** What is there that should not be: temporary folders, and results that are not whole. */
  leftovers(): string[] {
    const left = readdirSync(this.temporary);
    const folders = [
      this.work,
      ...['.', 'runtime', 'start', 'handler'].map((name) => join(this.work, '.slipway', name)),
      ...this.shown().map((name) => join(this.work, name)),
    ];
    const hidden = folders
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder).filter((name) => /^\.(?!slipway$)|^synthesis-/.test(name)));
    return [...left, ...hidden, ...this.broken()];
  }

  /** Folders of what `start` has packed, one for each pair of files. */
  private shown(): string[] {
    const start = '.slipway/start';
    const path = join(this.work, start);
    return existsSync(path) ? readdirSync(path).map((name) => `${start}/${name}`) : [];
  }

  private broken(): string[] {
    const problems: string[] = [];
    const attempt = (name: string, look: () => void) => {
      try {
        if (existsSync(join(this.work, name))) look();
      } catch (error) {
        problems.push(`${name}: ${(error as Error).message}`);
      }
    };
    const path = (name: string) => join(this.work, name);
    for (const name of ['packed', 'model', ...this.shown().map((folder) => `${folder}/breast-cancer`)]) {
      attempt(name, () => {
        const package_ = readModelPackage(path(name));
        if (existsSync(join(path(name), 'profile.json'))) readProfile(package_);
      });
    }
    attempt('.slipway/tls', () => new X509Certificate(readFileSync(path('.slipway/tls/certificate.pem'))));
    attempt('cdk.out', () => {
      const { artifacts } = JSON.parse(readFileSync(path('cdk.out/manifest.json'), 'utf8'));
      for (const stage of Object.keys(artifacts).filter((name) => name.startsWith('assembly-'))) {
        JSON.parse(readFileSync(path(`cdk.out/${stage}/manifest.json`), 'utf8'));
      }
    });
    return problems;
  }

  clear(): void {
    for (const name of ['packed', 'cdk.out', '.slipway/start', '.slipway/tls', '.slipway/handler']) {
      rmSync(join(this.work, name), { recursive: true, force: true });
    }
    for (const name of readdirSync(this.temporary))
      rmSync(join(this.temporary, name), { recursive: true, force: true });
  }
}

/** Wait until nothing that the command has started is there. @returns what still is */
async function left(mark: string): Promise<string[]> {
  for (const until = performance.now() + GONE_MS; performance.now() < until; ) {
    if (marked(mark).length === 0) return [];
    await setTimeout(20);
  }
  const found = marked(mark);
  for (const { pid } of found) process.kill(pid, 'SIGKILL');
  return found.map(({ command }) => command);
}

async function prove(report: Report, bench: Bench, name: string, moments: number): Promise<void> {
  report.section(`${name}, ended at ${moments} moments`);
  const words = COMMANDS[name]!;
  const whole = await bench.run(words);
  report.check(whole.code === 0, 'without interruption it ends well', `${(whole.milliseconds / 1000).toFixed(1)} s`);
  for (const ending of ENDINGS) {
    let slowest = 0;
    const problems: string[] = [];
    for (let moment = 1; moment <= moments; moment++) {
      bench.clear();
      const afterMs = (whole.milliseconds * moment) / (moments + 1);
      const { code, signal, said, mark, milliseconds } = await bench.run(words, ending, afterMs);
      slowest = Math.max(slowest, milliseconds - afterMs);
      const at = `after ${(afterMs / 1000).toFixed(1)} s`;
      // on a quick run it may have been done before, and what serves has stopped as it should
      if (signal !== ending.signal && code !== 0)
        problems.push(`${at}: ended with ${code ?? signal}: ${said.slice(-300)}`);
      if (/E_INTERNAL/.test(said)) problems.push(`${at}: ${said.slice(-300)}`);
      problems.push(...(await left(mark)).map((command) => `${at}: ${command} goes on`));
      if (ending.signal !== 'SIGKILL') problems.push(...bench.leftovers().map((found) => `${at}: ${found}`));
    }
    const found = problems.length === 0 ? `it took ${slowest.toFixed(0)} ms at most` : problems.join('; ');
    report.check(problems.length === 0, `${ending.name} leaves nothing behind`, found);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { moments: { type: 'string', default: '10' }, command: { type: 'string', multiple: true } },
  });
  if (process.platform !== 'linux') throw new ProofProblem('this proof looks at /proc, and so needs Linux');
  const names = values.command ?? Object.keys(COMMANDS);
  const unknown = names.find((name) => COMMANDS[name] === undefined);
  if (unknown !== undefined)
    throw new ProofProblem(`there is no command ${unknown} to end; there are ${Object.keys(COMMANDS)}`);
  for (const architecture of RUNTIME_ARCHITECTURES) await fetchNodeRuntime(architecture);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-interrupts-'));
  const report = new Report((line) => console.log(line));
  try {
    const bench = new Bench(folder);
    for (const name of names) await prove(report, bench, name, Number(values.moments));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = report.close().failed === 0 ? 0 : 1;
}

main().catch((error) => {
  console.error(error instanceof ProofProblem ? error.message : error);
  process.exitCode = 1;
});
