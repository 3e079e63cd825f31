import type { Command } from 'commander';
import { endpointUrl, shownUrl } from '../../lambda/verification/endpoint-url';
import { readLog } from '../../lib/comparison/shadow/log-text';
import { readMetrics } from '../../lib/comparison/shadow/metrics-text';
import { DEFAULT_BOUNDS, type ShadowObservation, shadowReport } from '../../lib/comparison/shadow/verdict';
import { loadConfig } from '../../lib/config/load';
import { endpointName, endpointTitle } from '../../lib/config/model-place';
import { endpointStack } from '../../lib/config/stack-names';
import { SlipwayError } from '../../lib/model/error';
import { readRegularFile } from '../../lib/model/files/read-file';
import { MIB } from '../../lib/model/units';
import { shadowReportText } from '../../lib/report';
import { readMetricsOf } from '../local/read-metrics';
import { MODEL_OF_STAGE, stageNamed } from '../stage/stage-named';
import * as read from '../terminal/arguments';
import { print, printJson } from '../terminal/output';

interface ShadowFlags {
  stage?: string;
  model?: string;
  url?: string;
  log?: string;
  ca?: string;
  days: number;
  agreement: number;
  rows: number;
  config: string;
  json?: boolean;
}

const DAY_MS = 24 * 3600 * 1000;
const LONGEST_LOG = 1024 * MIB;
const LONGEST_PEM = 16 * MIB;

export function addShadow(program: Command): void {
  program
    .command('shadow')
    .description(
      'Say how the answers of a shadow differ from those that are served: agreement, by label, the largest differences, ' +
        'cost. Of a deployed stage CloudWatch has the counts; /metrics of a running handler, and its log, have all of it. ' +
        'Exit status 1 unless it agrees.',
    )
    .option('--stage <name>', 'a stage of slipway.yaml, read from CloudWatch with your AWS credentials')
    .option('--model <name>', MODEL_OF_STAGE)
    .option('--url <url>', 'a running handler, e.g. https://localhost:8443, or http://10.0.1.7:8080/metrics')
    .option('--log <file>', 'log of a handler, or of several')
    .option('--ca <file>', 'PEM of a certificate authority to trust, for a local handler')
    .option('--days <number>', 'how far to look back in CloudWatch, at most 63', read.days, 7)
    .option('--agreement <percent>', 'share of the rows that must agree', read.percent, DEFAULT_BOUNDS.agreement)
    .option('--rows <number>', 'rows without which nothing is said', read.positiveInteger, DEFAULT_BOUNDS.rows)
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      `
Examples:
  slipway shadow --stage prod
  slipway shadow --url https://localhost:8443 --ca .slipway/tls/certificate.pem
  slipway shadow --log handler.log --agreement 99.5% --json`,
    )
    .action(async (flags: ShadowFlags) => {
      const { where, observation } = await observed(flags);
      const report = shadowReport(observation, { agreement: flags.agreement, rows: flags.rows });
      if (flags.json) printJson(report);
      else print(shadowReportText(where, report));
      if (report.verdict !== 'agrees') process.exitCode = 1;
    });
}

async function observed(flags: ShadowFlags): Promise<{ where: string; observation: ShadowObservation }> {
  const { stage, url, log } = flags;
  if ([stage, url, log].filter((one) => one !== undefined).length !== 1) {
    throw new SlipwayError('E_USAGE', 'name one place to read: --stage, --url or --log');
  }
  if (url !== undefined) {
    const target = endpointUrl(url);
    const text = await readMetricsOf(target, {
      ...(flags.ca !== undefined && { ca: readRegularFile(flags.ca, LONGEST_PEM).toString('utf8') }),
      key: process.env.SLIPWAY_KEY,
    });
    return { where: shownUrl(target), observation: readMetrics(text, shownUrl(target)) };
  }
  if (log !== undefined) {
    return { where: log, observation: readLog(readRegularFile(log, LONGEST_LOG).toString('utf8'), log) };
  }
  const config = loadConfig(flags.config);
  const endpoint = stageNamed(stage!, config.stages, flags.config, flags.model);
  const title = endpointTitle(endpoint);
  const { region, shadow } = endpoint;
  if (shadow === undefined) {
    throw new SlipwayError(
      'E_CONFIG',
      `stage "${title}" of ${flags.config} has no shadow; name its package with shadow`,
    );
  }
  // the AWS SDK takes a while to load
  const { clients } = require('../../lib/comparison/cloudwatch') as typeof import('../../lib/comparison/cloudwatch');
  const { observeShadow } =
    require('../../lib/comparison/shadow/cloudwatch') as typeof import('../../lib/comparison/shadow/cloudwatch');
  const until = new Date();
  const span = { from: new Date(until.getTime() - flags.days * DAY_MS), until };
  const deployed = { stack: endpointStack(endpoint), name: endpointName(endpoint), region };
  const observation = await observeShadow(deployed, span, clients(region));
  return { where: `stage ${title}, the last ${flags.days} days`, observation };
}
