/**
 * What a check looks at, and what it says of it. Apart from the command, whose first process holds the clock alone, and
 * loads no more than the check needs: a watcher starts it each minute.
 */
import { endpointUrl } from '../../lambda/verification/endpoint-url';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { samplesOf } from '../../lib/model/formats/prometheus-text';
import { MIB } from '../../lib/model/units';
import {
  type CheckName,
  DEFAULT_THRESHOLDS,
  type EndpointCheckName,
  type InstanceCheckName,
  isEndpointCheck,
} from '../../lib/watching/check/checks';
import { INSTANCE_CHECKS, type InstanceCheck } from '../../lib/watching/check/instance-checks';
import { type Finding, judged, type Outcome, stated, type Thresholds } from '../../lib/watching/check/outcome';
import { contradict, parseRange } from '../../lib/watching/check/range';
import { readMetricsOf } from '../local/read-metrics';
import { stageNamed } from '../stage/stage-named';

export interface CheckFlags {
  host?: string;
  url?: string;
  port?: number;
  stage?: string;
  config: string;
  model?: string;
  ca?: string;
  keyFile?: string;
  keyOverHttp?: true;
  anyCertificate?: true;
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
/** What starting and printing takes; after it the first process says that there was no result. */
const MARGIN_MS = 600;

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
async function addressOf(
  { host, url, port, stage, config, anyCertificate, model: named }: CheckFlags,
  instance: boolean,
): Promise<{ url: URL; model?: string }> {
  if ([host, url, stage].filter((one) => one !== undefined).length !== 1) {
    throw new SlipwayError('E_USAGE', 'name one place to check: -H, -u or --stage');
  }
  if (url !== undefined) return { url: endpointUrl(url) };
  if (host !== undefined) {
    const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    const [scheme, usual] = instance ? [anyCertificate ? 'https' : 'http', INSTANCE_PORT] : ['https', 443];
    return { url: endpointUrl(`${scheme}://${shown}:${port ?? usual}`) };
  }
  if (instance) throw new SlipwayError('E_USAGE', 'a stage has several instances: name one with -H');
  const { loadConfig } = require('../../lib/config/load') as typeof import('../../lib/config/load');
  const { stageUrl } = require('../stage/stage-url') as typeof import('../stage/stage-url');
  const { stages } = loadConfig(config);
  const several = stages.some(({ place }) => place);
  const endpoint = stageNamed(stage!, stages, config, several ? named : undefined);
  return { url: endpointUrl(await stageUrl(endpoint)), model: endpoint.model };
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

async function lookAtEndpoint(check: EndpointCheckName, flags: CheckFlags): Promise<Finding> {
  const { url, model = flags.model } = await addressOf(flags, false);
  const trust = trustOf(flags);
  const { ENDPOINT_CHECKS } =
    require('../../lib/watching/check/endpoint-checks') as typeof import('../../lib/watching/check/endpoint-checks');
  return ENDPOINT_CHECKS[check]({
    url,
    trust,
    longestMs: trust.timeoutMs,
    modelPackage: () => {
      if (model === undefined)
        throw new SlipwayError('E_USAGE', 'name the model package that should be served: --model');
      const { readModelPackage } =
        require('../../lib/model/package/model-package') as typeof import('../../lib/model/package/model-package');
      return readModelPackage(model);
    },
  });
}

async function lookAtInstance(check: InstanceCheckName, flags: CheckFlags): Promise<Finding> {
  const { url } = await addressOf(flags, true);
  const trust = { ...trustOf(flags), ...(flags.anyCertificate && { anyCertificate: true }) };
  const { rate, find }: InstanceCheck = INSTANCE_CHECKS[check];
  const look = async () => ({ at: performance.now(), samples: samplesOf(await readMetricsOf(url, trust)) });
  const before = await look();
  if (!rate) return find({ before: before.samples, after: before.samples, seconds: 0 });
  const interval = Math.min(flags.interval * 1000, trust.timeoutMs / 2);
  await new Promise((resolve) => setTimeout(resolve, interval));
  const after = await look();
  return find({ before: before.samples, after: after.samples, seconds: (after.at - before.at) / 1000 });
}
