import { Argument, type Command } from 'commander';
import { endpointUrl } from '../../lambda/verification/endpoint-url';
import { loadConfig } from '../../lib/config/load';
import { endpointName } from '../../lib/config/model-place';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { samplesOf } from '../../lib/model/formats/prometheus-text';
import { readModelPackage } from '../../lib/model/package/model-package';
import { MIB } from '../../lib/model/units';
import { CHECKS, type CheckName, DEFAULT_THRESHOLDS, isEndpointCheck } from '../../lib/watching/check/checks';
import { ENDPOINT_CHECKS } from '../../lib/watching/check/endpoint-checks';
import { INSTANCE_CHECKS, type InstanceCheck } from '../../lib/watching/check/instance-checks';
import { type Finding, judged, type Outcome, STATES, stated, type Thresholds } from '../../lib/watching/check/outcome';
import { contradict, parseRange } from '../../lib/watching/check/range';
import * as read from '../arguments';
import { isSupervised, supervised } from '../check/supervised';
import { readMetricsOf } from '../local/read-metrics';
import { print } from '../output';
import { stageNamed } from '../stage-named';

interface CheckFlags {
  host?: string;
  url?: string;
  port?: number;
  stage?: string;
  config: string;
  model?: string;
  ca?: string;
  keyFile?: string;
  keyOverHttp?: true;
  warning?: string;
  critical?: string;
  timeout: number;
  interval: number;
  verbose?: true;
}

const LONGEST_PEM = 16 * MIB;
const LONGEST_KEY = 16 * 1024;
/** Where handlers of a fleet listen. */
const INSTANCE_PORT = 8080;
/** What starting and printing takes. */
const MARGIN_MS = 300;

export function addCheck(program: Command): void {
  const names = Object.keys(CHECKS) as CheckName[];
  const width = Math.max(...names.map((name) => name.length)) + 2;
  program
    .command('check')
    .description(
      'Check an endpoint or an instance as a plugin of Nagios, Icinga, Naemon or Zabbix: one line with performance data,\n' +
        'and exit status 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, within the time-out whatever happens.',
    )
    .addArgument(new Argument('<check>', 'what is checked').choices(names))
    .option('-H, --host <name>', 'name of the endpoint, or address of the instance')
    .option('-p, --port <number>', 'port (default: 443 of an endpoint, 8080 of an instance)', read.port)
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
    .option('-t, --timeout <seconds>', 'CRITICAL when there is no result after so long', read.positiveNumber, 10)
    .option('--interval <seconds>', 'of cpu, errors and refused: how long to look', read.positiveNumber, 5)
    .option('--ca <file>', 'PEM of a certificate authority to trust')
    .option('--key-file <file>', 'file with the API key (else the environment variable SLIPWAY_KEY)')
    .option('--key-over-http', 'send the key over plain HTTP to another machine too: to instances in your own network')
    .option('-v, --verbose', 'more lines: the rows that differ')
    .addHelpText(
      'after',
      `
Checks:
${names.map((name) => `  ${name.padEnd(width)}${CHECKS[name].summary}`).join('\n')}

Examples:
  slipway check predictions -H credit.example.com --model models/credit-risk
  slipway check latency --stage prod -w 60 -c 100
  slipway check certificate -H credit.example.com -w 30: -c 7:
  slipway check memory -H 10.0.1.7 -w 80 -c 90`,
    )
    .action(async (check: CheckName, flags: CheckFlags, command: Command) => {
      const { rawArgs } = command.parent as Command & { readonly rawArgs: readonly string[] };
      const outcome = isSupervised()
        ? await outcomeOf(check, flags)
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

/** Never rejects. */
export async function outcomeOf(check: CheckName, flags: CheckFlags): Promise<Outcome> {
  try {
    const thresholds = thresholdsOf(check, flags);
    const finding = await (isEndpointCheck(check) ? lookAtEndpoint(check, flags) : lookAtInstance(check, flags));
    const { details: _, ...short } = finding;
    return judged(check, flags.verbose ? finding : short, thresholds);
  } catch (error) {
    const { message } = error as Error;
    // what does not answer is what a client meets; all else keeps the check from seeing it
    const down = SlipwayError.is(error) && error.code === 'E_UNREACHABLE';
    return stated(check, down ? 'CRITICAL' : 'UNKNOWN', message);
  }
}

function thresholdsOf(check: CheckName, { warning, critical }: CheckFlags): Thresholds {
  const none = warning === undefined && critical === undefined;
  const given: { warning?: string; critical?: string } = none
    ? (DEFAULT_THRESHOLDS[check] ?? {})
    : { warning, critical };
  const thresholds: Thresholds = {
    ...(given.warning !== undefined && { warning: parseRange(given.warning, '-w') }),
    ...(given.critical !== undefined && { critical: parseRange(given.critical, '-c') }),
  };
  if (thresholds.warning && thresholds.critical && contradict(thresholds.warning, thresholds.critical)) {
    throw new SlipwayError(
      'E_USAGE',
      `-w ${given.warning} and -c ${given.critical} contradict: all that would be WARNING is CRITICAL already`,
    );
  }
  return thresholds;
}

/** @throws SlipwayError E_USAGE unless exactly one place is named */
function addressOf(
  { host, url, port, stage, config, model: named }: CheckFlags,
  instance: boolean,
): { url: URL; model?: string } {
  if ([host, url, stage].filter((one) => one !== undefined).length !== 1) {
    throw new SlipwayError('E_USAGE', 'name one place to check: -H, -u or --stage');
  }
  if (url !== undefined) return { url: endpointUrl(url) };
  if (host !== undefined) {
    const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    const [scheme, usual] = instance ? ['http', INSTANCE_PORT] : ['https', 443];
    return { url: endpointUrl(`${scheme}://${shown}:${port ?? usual}`) };
  }
  if (instance) throw new SlipwayError('E_USAGE', 'a stage has several instances: name one with -H');
  const { stages } = loadConfig(config);
  const several = stages.some(({ place }) => place);
  const endpoint = stageNamed(stage!, stages, config, several ? named : undefined);
  return { url: endpointUrl(`https://${endpointName(endpoint)}`), model: endpoint.model };
}

function trustOf({ ca, keyFile, keyOverHttp, timeout }: CheckFlags) {
  const key =
    keyFile === undefined ? process.env.SLIPWAY_KEY : readRegularFile(keyFile, LONGEST_KEY).toString('utf8').trim();
  return {
    ...(ca !== undefined && { ca: readRegularFile(ca, LONGEST_PEM).toString('utf8') }),
    ...(key && { key }),
    ...(keyOverHttp && { keyOverHttp }),
    timeoutMs: Math.max(100, timeout * 1000 - performance.now() - MARGIN_MS),
  };
}

function lookAtEndpoint(check: keyof typeof ENDPOINT_CHECKS, flags: CheckFlags): Promise<Finding> {
  const { url, model = flags.model } = addressOf(flags, false);
  const trust = trustOf(flags);
  return ENDPOINT_CHECKS[check].find({
    url,
    trust,
    longestMs: trust.timeoutMs,
    modelPackage: () => {
      if (model === undefined)
        throw new SlipwayError('E_USAGE', 'name the model package that should be served: --model');
      return readModelPackage(model);
    },
  });
}

async function lookAtInstance(check: keyof typeof INSTANCE_CHECKS, flags: CheckFlags): Promise<Finding> {
  const { url } = addressOf(flags, true);
  const trust = trustOf(flags);
  const { rate, find }: InstanceCheck = INSTANCE_CHECKS[check];
  const look = async () => ({ at: performance.now(), samples: samplesOf(await readMetricsOf(url, trust)) });
  const before = await look();
  if (!rate) return find({ before: before.samples, after: before.samples, seconds: 0 });
  const interval = Math.min(flags.interval * 1000, trust.timeoutMs / 2);
  await new Promise((resolve) => setTimeout(resolve, interval));
  const after = await look();
  return find({ before: before.samples, after: after.samples, seconds: (after.at - before.at) / 1000 });
}
