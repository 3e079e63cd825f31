/** The command line: inspect, pack, profile, plan, serve, verify, check, compare, catalog, and `start`, which does them all. */
import { Command, CommanderError, Option } from 'commander';
import { undoAtEnd } from '../lib/model/process/interruption';
import { printableLines } from '../lib/model/text/printable';
import { fitTo } from '../lib/report/table';
import { version } from '../package.json';
import { asCalled } from './terminal/as-called';
import { COMMAND_NAMES, type CommandName } from './terminal/command-names';
import { reportError, reportUsage, silence, tellOfWork } from './terminal/output';

interface CommandEntry {
  readonly summary: string;
  /** What a command needs is loaded when it is called: reading models, the catalogue and AWS take most of a second. */
  readonly load: () => (slipway: Command) => void;
}

const COMMANDS: Readonly<Record<CommandName, CommandEntry>> = {
  init: {
    summary: 'make a folder that can be deployed of a model file',
    load: () => (require('./commands/init') as typeof import('./commands/init')).addInit,
  },
  start: {
    summary: 'the whole path on this machine, without an AWS account',
    load: () => (require('./commands/start') as typeof import('./commands/start')).addStart,
  },
  inspect: {
    summary: 'show what is inside a model file',
    load: () => (require('./commands/inspect') as typeof import('./commands/inspect')).addInspect,
  },
  pack: {
    summary: 'turn a model file into a verified model package',
    load: () => (require('./commands/pack') as typeof import('./commands/pack')).addPack,
  },
  'python-helper': {
    summary: 'write a file that saves a model with golden rows, for Python',
    load: () => (require('./commands/python-helper') as typeof import('./commands/python-helper')).addPythonHelper,
  },
  push: {
    summary: 'store a model package in a bucket, by its digest',
    load: () => (require('./commands/push') as typeof import('./commands/push')).addPush,
  },
  pull: {
    summary: 'fetch a model package from a bucket',
    load: () => (require('./commands/pull') as typeof import('./commands/pull')).addPull,
  },
  versions: {
    summary: 'list the model packages of a bucket, and where each is deployed',
    load: () => (require('./commands/versions') as typeof import('./commands/versions')).addVersions,
  },
  profile: {
    summary: 'measure what serving one request costs',
    load: () => (require('./commands/profile') as typeof import('./commands/profile')).addProfile,
  },
  plan: {
    summary: 'choose instance type and count, with the whole bill and the reasons',
    load: () => (require('./commands/plan') as typeof import('./commands/plan')).addPlan,
  },
  serve: {
    summary: 'serve a model package on https://localhost',
    load: () => (require('./commands/serve') as typeof import('./commands/serve')).addServe,
  },
  verify: {
    summary: 'replay the golden rows against a running endpoint',
    load: () => (require('./commands/verify') as typeof import('./commands/verify')).addVerify,
  },
  check: {
    summary: 'check an endpoint or an instance as a plugin of Nagios',
    load: () => (require('./commands/check') as typeof import('./commands/check')).addCheck,
  },
  watch: {
    summary: 'write the alarms of a stage for Prometheus, Grafana, Nagios, Zabbix or OpenTelemetry',
    load: () => (require('./commands/watch') as typeof import('./commands/watch')).addWatch,
  },
  review: {
    summary: 'say what a pull request changes: fleets, bills, answers of the models, templates',
    load: () => (require('./commands/review') as typeof import('./commands/review')).addReview,
  },
  compare: {
    summary: 'hold two model packages against each other, or a deployed stage against its plan',
    load: () => (require('./commands/compare') as typeof import('./commands/compare')).addCompare,
  },
  preflight: {
    summary: 'say what of a deployment would be refused, or harm clients, before it begins',
    load: () => (require('./commands/preflight') as typeof import('./commands/preflight')).addPreflight,
  },
  status: {
    summary: 'say how a deployed stage stands, and what its last deployment failed of',
    load: () => (require('./commands/status') as typeof import('./commands/status')).addStatus,
  },
  why: {
    summary: 'say in one answer why a deployed stage, or its last deployment, fails',
    load: () => (require('./commands/why') as typeof import('./commands/why')).addWhy,
  },
  logs: {
    summary: 'print what the instances of a deployed stage have logged',
    load: () => (require('./commands/logs') as typeof import('./commands/logs')).addLogs,
  },
  rollback: {
    summary: 'deploy the model package that a stage had before',
    load: () => (require('./commands/rollback') as typeof import('./commands/rollback')).addRollback,
  },
  shadow: {
    summary: 'say how the answers of a shadow differ from those that are served',
    load: () => (require('./commands/shadow') as typeof import('./commands/shadow')).addShadow,
  },
  key: {
    summary: 'make an API key and the line that lets it in',
    load: () => (require('./commands/key') as typeof import('./commands/key')).addKey,
  },
  image: {
    summary: 'pin the machine images of the stages, or say how old they are',
    load: () => (require('./commands/image') as typeof import('./commands/image')).addImage,
  },
  bundle: {
    summary: 'write the handler for a container or a server of your own',
    load: () => (require('./commands/bundle') as typeof import('./commands/bundle')).addBundle,
  },
  runtime: {
    summary: 'fetch the pinned Node.js that instances run',
    load: () => (require('./commands/runtime') as typeof import('./commands/runtime')).addRuntime,
  },
  catalog: {
    summary: 'the catalogue of instance types and prices',
    load: () => (require('./commands/catalog') as typeof import('./commands/catalog')).addCatalog,
  },
  completion: {
    summary: 'print what bash, zsh or fish needs to complete the words of this command',
    load: () => (slipway) => {
      const { addCompletion } = require('./commands/completion') as typeof import('./commands/completion');
      addCompletion(slipway, () => program(() => true));
    },
  },
};

/** The command line with the options of the commands that are called; of the others it knows names and summaries. */
export function program(isCalled: (name: string) => boolean): Command {
  const slipway = new Command('slipway')
    .description('From a tuned model file to a right-sized, watched HTTPS endpoint in your own AWS account.')
    .version(version)
    .configureOutput({
      writeOut: (text) => process.stdout.write(asCalled(printableLines(text))),
      writeErr: (text) => process.stderr.write(asCalled(printableLines(text))),
    })
    .showHelpAfterError('(--help shows what is allowed)')
    .addHelpText(
      'after',
      `
The way of a model:
  slipway inspect model.joblib
  slipway pack model.joblib --golden golden.json --name credit-risk --out models/credit-risk
  slipway profile models/credit-risk
  slipway plan models/credit-risk --rps 400 --p99 40ms --availability zone
  slipway serve models/credit-risk
  npx cdk deploy 'dev/*'
  slipway verify https://credit.dev.example.com --model models/credit-risk
  slipway compare --stage prod

With --json a command prints JSON on stdout in any case; of an error {"error": {"code", "message", "problems"}}.
With --quiet it tells no progress, and not what to do next.
Exit status: 0 done, 1 the check failed, 2 the input is wrong, 3 a fault of Slipway; of "check" that of a plugin.`,
    );
  for (const name of COMMAND_NAMES) {
    const { summary, load } = COMMANDS[name];
    if (isCalled(name)) load()(slipway);
    else slipway.command(name);
    const made = slipway.commands.at(-1)!.summary(summary);
    for (const each of isCalled(name) ? [made, ...made.commands] : []) {
      each.addOption(new Option('--quiet', 'results, warnings and errors alone: no progress, and no hints'));
    }
  }
  for (const command of [slipway, ...slipway.commands]) command.exitOverride();
  return slipway;
}

/** Whether errors are a result: a command that fails before its options are read prints JSON too. */
const wantsJson = (argv: readonly string[]) => has(argv, '--json');

/** Before the options are read, and what follows `--` is none. */
function has(argv: readonly string[], option: string): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes(option);
}

/**
 * A signal that came meanwhile ends the process here. Ctrl-C is sent to children too, and what failed because they ended
 * is no error to tell of.
 */
async function letSignalsCome(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** What asks before it works, and what a watcher runs each minute. */
const WITHOUT_CLOCK: ReadonlySet<string> = new Set(['init', 'check']);

/** Whose exit status is that of a plugin in any case. */
const CHECK = 'check';

/** Run the command line; the exit status is left in `process.exitCode`. */
export async function run(argv: readonly string[]): Promise<void> {
  const release = undoAtEnd(() => {}); // from now on a signal waits until what is written in one go is whole
  fitTo(process.stdout.isTTY ? process.stdout.columns : undefined, asCalled);
  silence({ hints: has(argv, '--quiet') || wantsJson(argv), progress: has(argv, '--quiet') });
  const called = argv.slice(2).find((word) => COMMAND_NAMES.some((name) => name === word));
  const done = tellOfWork(called === undefined || WITHOUT_CLOCK.has(called) ? undefined : called);
  try {
    await program((name) => name === called).parseAsync(argv);
  } catch (error) {
    done();
    await letSignalsCome();
    const json = wantsJson(argv);
    if (argv[2] === CHECK && !(error instanceof CommanderError && error.exitCode === 0)) {
      const { usageOutcome } = require('./commands/check') as typeof import('./commands/check');
      process.exitCode = usageOutcome((error as Error).message);
    } else if (!(error instanceof CommanderError)) process.exitCode = reportError(error, json);
    // commander has printed its message already; help and --version are no errors
    else process.exitCode = error.exitCode === 0 ? 0 : reportUsage(error.message, json);
  } finally {
    done();
    fitTo(undefined);
    release();
  }
}

/** What nobody has caught: it ends the command as any other fault of ours. */
export function fault(error: unknown): void {
  process.exit(reportError(error, wantsJson(process.argv)));
}
