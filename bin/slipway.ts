/** The command line: inspect, pack, profile, plan, serve, verify, compare, catalog, and `start`, which does them all. */
import { Command, CommanderError } from 'commander';
import { undoAtEnd } from '../lib/model/interruption';
import { printableLines } from '../lib/model/printable';
import { version } from '../package.json';
import { addBundle } from './commands/bundle';
import { addCatalog } from './commands/catalog';
import { addCompare } from './commands/compare';
import { addInspect } from './commands/inspect';
import { addKey } from './commands/key';
import { addPack } from './commands/pack';
import { addPlan } from './commands/plan';
import { addProfile } from './commands/profile';
import { addRuntime } from './commands/runtime';
import { addServe } from './commands/serve';
import { addStart } from './commands/start';
import { addVerify } from './commands/verify';
import { reportError, reportUsage } from './output';

function program(): Command {
  const slipway = new Command('slipway')
    .description('From a tuned model file to a right-sized, watched HTTPS endpoint in your own AWS account.')
    .version(version)
    .configureOutput({
      writeOut: (text) => process.stdout.write(printableLines(text)),
      writeErr: (text) => process.stderr.write(printableLines(text)),
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
Exit status: 0 done, 1 the check failed, 2 the input is wrong, 3 a fault of Slipway.`,
    );
  for (const add of [
    addStart,
    addInspect,
    addPack,
    addProfile,
    addPlan,
    addServe,
    addVerify,
    addCompare,
    addKey,
    addBundle,
    addRuntime,
    addCatalog,
  ])
    add(slipway);
  for (const command of [slipway, ...slipway.commands]) command.exitOverride();
  return slipway;
}

/** Whether errors are a result: a command that fails before its options are read prints JSON too. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

/**
 * A signal that came meanwhile ends the process here. Ctrl-C is sent to children too, and what failed because they ended
 * is no error to tell of.
 */
async function letSignalsCome(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Run the command line; the exit status is left in `process.exitCode`. */
export async function run(argv: readonly string[]): Promise<void> {
  const release = undoAtEnd(() => {}); // from now on a signal waits until what is written in one go is whole
  try {
    await program().parseAsync(argv);
  } catch (error) {
    await letSignalsCome();
    const json = wantsJson(argv);
    if (!(error instanceof CommanderError)) process.exitCode = reportError(error, json);
    // commander has printed its message already; help and --version are no errors
    else process.exitCode = error.exitCode === 0 ? 0 : reportUsage(error.message, json);
  } finally {
    release();
  }
}

/** What nobody has caught: it ends the command as any other fault of ours. */
export function fault(error: unknown): void {
  process.exit(reportError(error, wantsJson(process.argv)));
}
