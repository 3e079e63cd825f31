import { Argument, type Command } from 'commander';
import { CHECKS, type CheckName } from '../../lib/watching/check/checks';
import { STATES, stated } from '../../lib/watching/check/outcome';
import type { CheckFlags } from '../check/look';
import { isSupervised, supervised } from '../check/supervised';
import { port, seconds } from '../terminal/numbers';
import { print } from '../terminal/output';

export function addCheck(program: Command): void {
  const names = Object.keys(CHECKS) as CheckName[];
  const width = Math.max(...names.map((name) => name.length)) + 2;
  program
    .command('check')
    .description(
      'Check an endpoint or an instance as a plugin of Nagios, Icinga, Naemon or Zabbix: one line with performance data, ' +
        'and exit status 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, within the time-out whatever happens.',
    )
    .addArgument(new Argument('<check>', 'what is checked').choices(names))
    .option('-H, --host <name>', 'name of the endpoint, or address of the instance')
    .option('-p, --port <number>', 'port (default: 443 of an endpoint, 8080 of an instance)', port)
    .option('-u, --url <url>', 'the whole address instead, e.g. http://10.0.1.7:8080/metrics')
    .option('--stage <name>', 'endpoint and model package of a stage of slipway.yaml')
    .option('--config <file>', 'configuration file for --stage', 'slipway.yaml')
    .option(
      '--model <folder>',
      'the model package that should be served: for predictions and latency; with --stage the name of one of its models',
    )
    .option(
      '-w, --warning <range>',
      'range of values that are fine; WARNING outside of it, e.g. 80, 30:, 10:20, @10:20',
    )
    .option('-c, --critical <range>', 'the same for CRITICAL')
    .option('-t, --timeout <seconds>', 'CRITICAL when there is no result after so long', seconds, 10)
    .option('--interval <seconds>', 'of cpu, errors and refused: how long to look', seconds, 5)
    .option('--ca <file>', 'PEM of a certificate authority to trust')
    .option(
      '--any-certificate',
      'of an instance with backendTls, which made its certificate itself: HTTPS, and take any',
    )
    .option('--key-file <file>', 'file with the API key (else the environment variable SLIPWAY_KEY)')
    .option('--key-over-http', 'send the key over plain HTTP to another machine too: to instances in your own network')
    .option('-v, --verbose', 'more lines: the rows that differ')
    .addHelpText(
      'after',
      `
Checks:
${names.map((name) => `  ${name.padEnd(width)}${CHECKS[name]}`).join('\n')}

Examples:
  slipway check predictions -H credit.example.com --model models/credit-risk
  slipway check latency --stage prod -w 60 -c 100
  slipway check certificate -H credit.example.com -w 30: -c 7:
  slipway check memory -H 10.0.1.7 -w 80 -c 90`,
    )
    .action(async (check: CheckName, flags: CheckFlags, command: Command) => {
      const { rawArgs } = command.parent as Command & { readonly rawArgs: readonly string[] };
      const outcome = isSupervised()
        ? await (require('../check/look') as typeof import('../check/look')).outcomeOf(check, flags)
        : await supervised(check, rawArgs.slice(2), flags.timeout);
      print(outcome.text);
      process.exitCode = STATES.indexOf(outcome.state);
    });
}

/** What a plugin says of a command line that is wrong. */
export function usageOutcome(reason: string): number {
  print(stated('check', 'UNKNOWN', reason.replace(/^error: /, '')).text);
  return STATES.indexOf('UNKNOWN');
}
