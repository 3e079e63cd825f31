/**
 * `npm run proof:quiet`: every command, the handler, and the synthesis under strace. No process may connect to anything but
 * this machine itself, or write anywhere but in the folder it works in and the temporary one; at the end the home folder must
 * be as it was, and the temporary one empty. What was compiled of the sources is kept beside the libraries.
 *
 * It takes Linux and strace, which is installed where this user may do so.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HANDLER_FILE } from '../../lib/artifacts/handler-bundle';
import { fetchNodeRuntime, RUNTIME_ARCHITECTURES } from '../../lib/artifacts/node-runtime';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import { ProofProblem } from '../problem';
import { endAll, run, serve } from '../process';
import { Report } from '../report';
import { bundleHandler } from '../serving/handler';
import { NUMBERS } from '../serving/models';
import { writeNetwork } from '../serving/network';
import { CALLS, readTrace, type Seen } from './trace';

const ROOT = resolve(__dirname, '../..');
const LAUNCHER = join(ROOT, 'bin/launcher.js');
const EXAMPLE = join(ROOT, 'examples/breast-cancer');
const CDK = [process.execPath, '--env-file=cdk.env', require.resolve('aws-cdk/bin/cdk')];
/** See lib/model/process/typescript.preload.js. */
const COMPILED = join(ROOT, 'node_modules/.cache');
const PORT = 8397;

/** Where the C library asks the machine itself for names. */
const NAME_SERVICE = '/var/run/nscd/socket';

/** What belongs to a process or a terminal, and to nobody's disk. */
const NO_FILES = /^\/dev\/(null|tty|pts\/|shm\/)|^\/proc\/|^(pipe|socket|anon_inode):/;

class Watch {
  readonly home: string;
  readonly temporary: string;
  readonly work: string;
  private traces = 0;

  constructor(
    private readonly folder: string,
    private readonly report: Report,
  ) {
    this.home = join(folder, 'home');
    this.temporary = join(folder, 'temporary');
    this.work = join(folder, 'work');
    for (const each of [this.home, this.temporary, this.work]) mkdirSync(each);
  }

  private traced(command: readonly string[]): { words: string[]; file: string } {
    const file = join(this.folder, `trace-${++this.traces}`);
    return {
      file,
      words: [
        'strace',
        '-f',
        '-qq',
        '-y',
        '-s',
        '256',
        '--seccomp-bpf',
        '-e',
        `trace=${CALLS}`,
        '-o',
        file,
        ...command,
      ],
    };
  }

  private environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, HOME: this.home, TMPDIR: this.temporary, ...more };
  }

  /** Run to the end. @returns what was seen that should not have been */
  async look(command: readonly string[], directory = this.work): Promise<{ seen: Seen; code: number; output: string }> {
    const { words, file } = this.traced(command);
    const { code, output } = await run(words, { cwd: directory, env: this.environment() });
    return { seen: this.wrong(file, directory), code, output };
  }

  async command(name: string, command: readonly string[], directory?: string): Promise<void> {
    const { seen, code, output } = await this.look(command, directory);
    this.quiet(name, seen, code === 0, output);
  }

  /** Run until it says so, do something with it, and stop it as a terminal would. */
  async server(
    name: string,
    command: readonly string[],
    environment: NodeJS.ProcessEnv,
    up: RegExp,
    use: () => Promise<void> = async () => {},
  ): Promise<void> {
    const { words, file } = this.traced(command);
    const log = join(this.folder, `log-${this.traces}`);
    const child = serve(words, log, { cwd: this.work, env: this.environment(environment) });
    const said = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');
    while (!up.test(said()) && child.exitCode === null) await new Promise((wake) => setTimeout(wake, 50));
    const ready = up.test(said());
    if (ready) await use();
    const ended = new Promise((gone) => child.once('exit', gone));
    if (child.exitCode === null) {
      process.kill(-child.pid!, 'SIGTERM'); // strace stays until all are gone
      await ended;
    }
    this.quiet(name, this.wrong(file, this.work), ready, said());
  }

  private wrong(file: string, directory: string): Seen {
    const { addresses, written } = readTrace(readFileSync(file, 'utf8'), directory);
    const own = [this.work, this.temporary, COMPILED];
    const mine = (path: string) => own.some((folder) => path === folder || path.startsWith(`${folder}/`));
    return {
      addresses: addresses.filter((address) => address !== NAME_SERVICE && !mine(address)),
      written: written.filter((path) => !mine(path) && !NO_FILES.test(path)),
    };
  }

  private quiet(name: string, { addresses, written }: Seen, done: boolean, output: string): void {
    this.report.check(done, `${name}: is done`, done ? '' : output.slice(-800));
    this.report.check(addresses.length === 0, `${name}: talks to nobody`, addresses.join(', '));
    this.report.check(
      written.length === 0,
      `${name}: writes nothing outside its folders`,
      written.slice(0, 8).join(', '),
    );
  }
}

async function prove(report: Report, folder: string): Promise<void> {
  const watch = new Watch(folder, report);
  const slipway = (...words: string[]) => [process.execPath, LAUNCHER, ...words];

  report.section('the watch itself');
  const loud = `require("fs").writeFileSync(process.env.HOME + "/id", ""); require("net").connect(9, "192.0.2.1").on("error", () => {}).unref()`;
  const { seen } = await watch.look([process.execPath, '-e', loud]);
  report.equal(
    seen,
    { addresses: ['192.0.2.1'], written: [join(watch.home, 'id')] },
    'a process that calls and writes is seen',
  );
  rmSync(join(watch.home, 'id'));

  report.section('commands');
  for (const architecture of RUNTIME_ARCHITECTURES) await fetchNodeRuntime(architecture);
  mkdirSync(join(watch.work, '.slipway'));
  cpSync(resolve('.slipway/runtime'), join(watch.work, '.slipway/runtime'), { recursive: true });
  const [model, golden] = [join(EXAMPLE, 'model.joblib'), join(EXAMPLE, 'golden.json')];
  const packed = join(watch.work, 'packed');
  const network = join(watch.work, 'network');
  writeNetwork(network);
  await watch.command('inspect', slipway('inspect', model));
  await watch.command('pack', slipway('pack', model, '--golden', golden, '--name', 'screening', '--out', packed));
  await watch.command(
    'pack, checked by ONNX Runtime',
    slipway('pack', join(network, 'model.onnx'), '--name', 'network', '--out', join(watch.work, 'packed-network')),
  );
  await watch.command('profile', slipway('profile', packed));
  await watch.command('plan', slipway('plan', packed, '--rps', '40', '--p99', '100ms', '--availability', 'zone'));
  await watch.command(
    'cdk synth',
    [...CDK, 'synth', '--quiet', '--no-lookups', '--output', join(watch.work, 'cdk.out')],
    ROOT,
  );

  report.section('what serves');
  const onnxRuntime = { SLIPWAY_ENGINE: 'onnxruntime' };
  const serving = slipway('serve', packed, '--port', String(PORT), '--workers', '2');
  await watch.server('serve, and verify', serving, onnxRuntime, /Ctrl-C stops it/, () =>
    watch.command(
      'verify',
      slipway(
        ...['verify', `https://localhost:${PORT}`, '--model', packed],
        ...['--ca', join(watch.work, '.slipway/tls/certificate.pem')],
      ),
    ),
  );
  const handler = [process.execPath, join(bundleHandler(watch.work), HANDLER_FILE)];
  const settings = { ...DEFAULT_HANDLER_SETTINGS, host: '127.0.0.1', port: 0 };
  const models: readonly [string, string, number][] = [
    ['ONNX Runtime in the thread that serves', NUMBERS, 1],
    ['ONNX Runtime in two workers', NUMBERS, 2],
    ['ONNX Runtime in a thread of its own', network, 1],
  ];
  for (const [name, directory, workers] of models) {
    const environment = { ...toEnvironment({ ...settings, model: directory, workers }), ...onnxRuntime };
    await watch.server(`the handler: ${name}`, handler, environment, /"event":"ready"/);
  }

  report.section('afterwards');
  report.equal(readdirSync(watch.home), [], 'the home folder is as it was');
  const left = readdirSync(watch.temporary);
  report.equal(left, [], 'the temporary folder is empty');
}

/** @throws ProofProblem */
function needStrace(): void {
  if (process.platform !== 'linux') throw new ProofProblem('this proof needs strace, and with it Linux');
  const there = () => {
    try {
      execFileSync('strace', ['-V'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  if (there()) return;
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    execFileSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'strace'], { stdio: 'ignore' });
  }
  if (!there()) throw new ProofProblem('this proof needs strace: apt-get install strace');
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-quiet-'));
  process.once('exit', endAll);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  try {
    needStrace();
    const report = new Report((line) => console.log(line));
    await prove(report, folder);
    process.exitCode = report.close().failed > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ProofProblem)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
