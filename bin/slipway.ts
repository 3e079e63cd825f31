/** The command line: inspect, pack, profile, plan, serve, verify, compare, catalog, and `start`, which does them all. */
import { Command, CommanderError } from 'commander';
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
import { reportError } from './output';

function program(): Command {
  const slipway = new Command('slipway')
    .description('From a tuned model file to a right-sized, watched HTTPS endpoint in your own AWS account.')
    .version(version)
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

/** Run the command line; the exit status is left in `process.exitCode`. */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    // commander has printed its message already; help and --version are no errors
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else process.exitCode = reportError(error);
  }
}
