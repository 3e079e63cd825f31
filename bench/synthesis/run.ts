/**
 * How long synthesis takes, next to importing aws-cdk-lib and rendering one empty stack.
 *
 * Run: `npm run bench:synthesis -- [runs]`. The two take turns, so that a busy machine slows
 * both, and the fastest run of each counts: what makes a run slower than that is the machine. CPU time, user and
 * system of all processes, is read on Linux. Needs the Node.js runtime in its cache (`npx slipway runtime`).
 *
 * The empty app runs as any app does, ours with the flags of Node.js that cdk.json gives it. What the flags alone do is
 * seen where the empty app has them, too.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { stageSchema } from '../../lib/config/schema';
import { SYNTHESIS_FLAGS } from '../../lib/model/process/synthesis-flags';
import { TYPESCRIPT } from '../../lib/model/process/typescript';

const root = resolve(__dirname, '../..');
const runs = Number(process.argv[2] ?? 5);
const TWO = 'bench/synthesis/two-stages.yaml';
const EVERY = 'bench/synthesis/every-option.yaml';
/** A network and a load balancer that are there exclude the options of those that are made; several models are as many endpoints. */
const LEFT_OUT = ['network', 'listener', 'models', 'fleets'];
const GOAL = 2;

const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
const EMPTY = 'bench/synthesis/empty-app.ts';
const APP = 'bin/app.ts';

/** Arguments of Node.js; `quick` are those of cdk.json. */
const node = (script: string, quick = script === APP) => [...(quick ? SYNTHESIS_FLAGS : []), ...TYPESCRIPT, script];

type Command = (outdir: string) => { arguments: string[]; environment: Record<string, string> };

/** The app alone, as the CLI would start it. */
const direct =
  (script: string, validation: boolean, config = TWO): Command =>
  (outdir) => ({
    arguments: node(script),
    environment: {
      CDK_OUTDIR: outdir,
      CDK_VALIDATION: String(validation),
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'slipway:config': config }),
    },
  });

const cli =
  (script: string, config = TWO, quick?: boolean): Command =>
  (outdir) => ({
    arguments: [
      'node_modules/aws-cdk/bin/cdk',
      'synth',
      '--quiet',
      '--no-lookups',
      ...['--app', ['node', ...node(script, quick)].join(' ')],
      ...['--context', `slipway:config=${config}`],
      ...['--output', outdir],
    ],
    environment: {},
  });

interface Sample {
  readonly wall: number;
  readonly cpu: number;
}

/** Seconds of CPU time of all children that have ended: fields 16 and 17 of proc_pid_stat(5), in hundredths. */
function childrenCpu(): number {
  if (process.platform !== 'linux') return Number.NaN;
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function measure(command: Command): Sample {
  const outdir = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const { arguments: args, environment } = command(outdir);
  const cpu = childrenCpu();
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '1', CI: '1', ...environment },
  });
  const sample = { wall: Number(process.hrtime.bigint() - start) / 1e9, cpu: childrenCpu() - cpu };
  rmSync(outdir, { recursive: true });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with status ${status}\n${stderr}`);
  return sample;
}

/** Prints a line for wall time and one for CPU time, and returns the ratio of the wall times. */
function compare(name: string, two: Command, empty: Command): number {
  const samples = Array.from({ length: runs }, () => ({ empty: measure(empty), two: measure(two) }));
  const [wall] = (['wall', 'cpu'] as const).map((kind) => {
    const fastestEmpty = Math.min(...samples.map((sample) => sample.empty[kind]));
    const fastestTwo = Math.min(...samples.map((sample) => sample.two[kind]));
    const cells = [fastestEmpty, fastestTwo, fastestTwo / fastestEmpty].map((value) => value.toFixed(2).padStart(10));
    console.log(`${`${name}, ${kind}`.padEnd(42)}${cells.join('')}`);
    return fastestTwo / fastestEmpty;
  });
  return wall!;
}

/** Keys of a stage that the file with every option has in no stage. */
function missing(): string[] {
  const { defaults, stages } = parse(readFileSync(join(root, EVERY), 'utf8'));
  const used = new Set([defaults, ...Object.values(stages)].flatMap((stage) => Object.keys(stage)));
  return Object.keys(stageSchema.shape).filter((key) => !used.has(key) && !LEFT_OUT.includes(key));
}

const version = (name: string) =>
  JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
console.log(
  `${cpus().length} x ${cpus()[0]?.model}, Node.js ${process.version}, aws-cdk-lib ${version('aws-cdk-lib')}, aws-cdk ${version('aws-cdk')}, fastest of ${runs}`,
);
console.log(`${''.padEnd(42)}${['empty, s', 'stages, s', 'ratio'].map((title) => title.padStart(10)).join('')}`);
const ratio = compare('cdk synth', cli(APP), cli(EMPTY));
const every = compare('cdk synth, every option', cli(APP, EVERY), cli(EMPTY));
compare('both with the flags, every option', cli(APP, EVERY), cli(EMPTY, TWO, true));
compare('the app alone', direct(APP, true), direct(EMPTY, true));
compare('the app alone, every option', direct(APP, true, EVERY), direct(EMPTY, true));
compare('the app alone, without validation', direct(APP, false), direct(EMPTY, false));
const met = (found: number) => (found < GOAL ? 'met' : 'missed');
console.log(`goal: cdk synth of two stages below ${GOAL} x of an empty stack: ${met(ratio)}`);
console.log(`goal: cdk synth of three stages with every option below ${GOAL} x of it: ${met(every)}`);
if (missing().length > 0) console.log(`not measured, add to ${EVERY}: ${missing().join(', ')}`);
