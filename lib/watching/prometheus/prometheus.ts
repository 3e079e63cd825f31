/** Configuration, recording and alerting rules for Prometheus, and what silences alerts in Alertmanager while a deployment runs. */
import { stringify } from 'yaml';
import type { PlannedAlarm, Severity } from '../../sizing/alarms/alarm';
import { type Files, madeBy, runbookLink, split, type WatchedStage } from '../stage/stage';
import { duration, EXPRESSIONS, type Expression, jobOf, recordings, type Watched } from './expressions';

const COMPARISON = { above: '>', 'at least': '>=', below: '<' } as const;

/** Label by which Alertmanager routes; `note` is for its rule of silence alone. */
const SEVERITY: Readonly<Record<Severity, string>> = {
  page: 'page',
  'page always': 'page',
  inform: 'inform',
  note: 'none',
};

/** A cluster may wait for workers that do not answer. */
const SCRAPE = { scrape_interval: '15s', scrape_timeout: '10s' } as const;
const INSTANCE_PORT = 8080;

export { jobOf };

/** How instances are asked. With HTTPS each has a certificate of its own making, which nobody could check. */
export const scraping = ({ plan }: WatchedStage): object => ({
  ...SCRAPE,
  ...(plan.serviceLevel.backendTls && { scheme: 'https', tls_config: { insecure_skip_verify: true } }),
});

export const alertName = ({ name }: Pick<PlannedAlarm, 'name'>) => `Slipway${name}`;

function expressionOf(alarm: PlannedAlarm, of: (minutes: number) => Watched): string {
  const { comparison, threshold, minutes, alsoMinutes } = alarm;
  const breached = ({ value, and }: Watched) => {
    const compared = `${value} ${COMPARISON[comparison]} ${threshold}`;
    return and === undefined ? compared : `(${compared}) and (${and})`;
  };
  const parts = [minutes, ...(alsoMinutes === undefined ? [] : [alsoMinutes])].map((window) => breached(of(window)));
  return parts.length === 1 ? parts[0]! : parts.map((part) => `(${part})`).join(' and ');
}

/** CloudWatch looks at datapoints, some of which must breach; Prometheus at every moment of as many minutes. */
function forMinutes({ breaching, datapoints, minutes }: PlannedAlarm): number {
  return ((breaching ?? datapoints) - 1) * minutes;
}

function alertOf(stage: WatchedStage, alarm: PlannedAlarm, expression: Expression): object {
  const of = (minutes: number) => expression(jobOf(stage), stage.plan, minutes);
  const lasting = forMinutes(alarm);
  return {
    alert: alertName(alarm),
    expr: expressionOf(alarm, of),
    ...(lasting > 0 && { for: duration(lasting) }),
    labels: {
      severity: SEVERITY[alarm.severity],
      ...(alarm.severity === 'page' && { during_deployment: 'silent' }),
      stage: stage.name,
      endpoint: stage.domainName,
    },
    annotations: {
      summary: `${stage.domainName}: ${alarm.symptom}`,
      description: alarm.meaning,
      first_step: alarm.firstStep,
      runbook_url: runbookLink(stage, alarm),
    },
  };
}

function configuration(stage: WatchedStage, discovery: object): object {
  return {
    global: { evaluation_interval: SCRAPE.scrape_interval },
    rule_files: [`${jobOf(stage)}.rules.yml`],
    scrape_configs: [
      {
        job_name: jobOf(stage),
        ...scraping(stage),
        ...(stage.keys && { authorization: { credentials_file: `${jobOf(stage)}.key` } }),
        ...discovery,
      },
    ],
  };
}

/** A part of a scrape configuration. */
export function ec2Discovery({ name, region, model }: WatchedStage): object {
  const relabelled = (source: string, target: string) => ({
    source_labels: [`__meta_ec2_${source}`],
    target_label: target,
  });
  return {
    ec2_sd_configs: [
      {
        region,
        port: INSTANCE_PORT,
        filters: [
          { name: 'tag:slipway:stage', values: [name] },
          { name: 'tag:slipway:model', values: [model.name] },
          { name: 'instance-state-name', values: ['running'] },
        ],
      },
    ],
    relabel_configs: [relabelled('instance_id', 'instance_id'), relabelled('availability_zone', 'zone')],
  };
}

/** One rule of silence: a deployment ends by itself, and what it can cause does not page meanwhile. */
const silence = (stage: WatchedStage) => ({
  inhibit_rules: [
    {
      source_matchers: ['alertname = SlipwayDeploying', `stage = ${stage.name}`],
      target_matchers: ['during_deployment = silent', `stage = ${stage.name}`],
      equal: ['endpoint'],
    },
  ],
});

export const prometheusUnwatched = (stage: WatchedStage) => split(stage, EXPRESSIONS).unwatched;

export function prometheusFiles(stage: WatchedStage): Files {
  const job = jobOf(stage);
  const { watched } = split(stage, EXPRESSIONS);
  const yaml = (value: object) => `# ${madeBy(stage, 'prometheus')}\n${stringify(value, { lineWidth: 0 })}`;
  const targets = stage.instances.map((address) => `${address}:${INSTANCE_PORT}`);
  return {
    'prometheus.yml': yaml(configuration(stage, ec2Discovery(stage))),
    'prometheus.static.yml': yaml(configuration(stage, { file_sd_configs: [{ files: [`${job}.targets.yml`] }] })),
    [`${job}.targets.yml`]: yaml([{ targets }]),
    [`${job}.rules.yml`]: yaml({
      groups: [
        { name: `${job}-recordings`, rules: recordings(stage) },
        { name: `${job}-alerts`, rules: watched.map(([alarm, expression]) => alertOf(stage, alarm, expression)) },
      ],
    }),
    'alertmanager.inhibit.yml': yaml(silence(stage)),
  };
}
