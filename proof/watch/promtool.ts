/** `promtool test rules`: each rule fires on values that breach and is quiet on those that do not, for as long as it has to be. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { prometheusFiles } from '../../lib/watching/prometheus/prometheus';
import type { WatchedStage } from '../../lib/watching/stage/stage';
import { run } from '../process';
import type { Report } from '../report';

interface Series {
  readonly series: string;
  readonly values: string;
}

/** Fifteen seconds each, for an hour. */
const STEPS = 240;
const REQUESTS = 'slipway_http_requests_total{job="slipway-prod",instance="a:8080",route="/predict",code=';

const constant = (series: string, value: number): Series => ({ series: `${series}`, values: `${value}x${STEPS}` });
const growing = (series: string, by: number): Series => ({ series, values: `0+${by}x${STEPS}` });

const of = (name: string, labels = '', instance = 'a') =>
  `${name}{job="slipway-prod",instance="${instance}:8080"${labels && `,${labels}`}}`;

/** All requests take longer than the bound below, and no longer than this one. */
function latency(upTo: number, below: number): Series[] {
  const bucket = (le: string, by: number) =>
    growing(of('slipway_http_request_duration_seconds_bucket', `route="/predict",le="${le}"`), by);
  return [bucket(String(below), 0), bucket(String(upTo), 150), bucket('+Inf', 150)];
}

const cpu = (busy: number) =>
  ['a', 'b'].flatMap((instance) => [
    growing(of('slipway_instance_cpu_seconds_total', 'mode="user"', instance), 15 * busy),
    growing(of('slipway_instance_cpu_seconds_total', 'mode="idle"', instance), 15 * (1 - busy)),
  ]);

const share = (name: string, used: number) => [
  constant(of(`slipway_instance_${name === 'memory' ? 'memory' : `${name}_size`}_bytes`), 1000),
  constant(of(`slipway_instance_${name}_available_bytes`), Math.round(1000 * (1 - used))),
];

interface Case {
  readonly alert: string;
  readonly breaching: readonly Series[];
  readonly fine: readonly Series[];
  /** Minutes after which it fires, and shortly before which it does not. */
  readonly after: number;
}

function casesOf({ plan }: WatchedStage): Case[] {
  const ready = (...instances: string[]) =>
    instances.map((instance) => constant(of('slipway_model_ready', '', instance), 1));
  const requests = (failing: number) => [growing(`${REQUESTS}"200"}`, 150), growing(`${REQUESTS}"503"}`, failing)];
  const { memoryPercent, diskPercent, cpuPercent = 90 } = plan.alarms;
  const drift = (value: number) => [constant(of('slipway_data_drift', 'model="m",column="c"'), value)];
  const models = (...versions: string[]) =>
    versions.map((version) => constant(of('slipway_model_info', `model="m",version="${version}"`, version), 1));
  return [
    { alert: 'NoHealthyHost', breaching: [], fine: ready('a'), after: 1 },
    { alert: 'UnhealthyHosts', breaching: ready('a'), fine: ready('a', 'b', 'c'), after: 2 },
    { alert: 'ServerErrors', breaching: requests(30), fine: requests(0), after: 3 },
    { alert: 'ErrorBudgetFast', breaching: requests(30), fine: requests(0), after: 0 },
    { alert: 'Latency', breaching: latency(0.5, 0.25), fine: latency(0.005, 0.0025), after: 3 },
    {
      alert: 'Prediction',
      breaching: [...latency(0.5, 0.25), ...requests(0)],
      fine: [...latency(0.0005, 0.0001), ...requests(0)],
      after: 12,
    },
    { alert: 'Cpu', breaching: cpu((cpuPercent + 5) / 100), fine: cpu((cpuPercent - 5) / 100), after: 5 },
    { alert: 'Memory', breaching: share('memory', (memoryPercent + 5) / 100), fine: share('memory', 0.3), after: 4 },
    {
      alert: 'Disk',
      breaching: share('filesystem', (diskPercent + 5) / 100),
      fine: share('filesystem', 0.3),
      after: 2,
    },
    {
      alert: 'Refused',
      breaching: [growing(of('slipway_refused_requests_total', 'reason="queue_full"'), 15)],
      fine: [growing(of('slipway_refused_requests_total', 'reason="access"'), 15)],
      after: 3,
    },
    { alert: 'DataDrift', breaching: drift(0.4), fine: drift(0.1), after: 30 },
    { alert: 'Deploying', breaching: models('1', '2'), fine: models('1'), after: 0 },
  ];
}

/** Alerts whose rules are tried; the others watch for days. */
export async function provePromtool(report: Report, bin: string, stage: WatchedStage, folder: string): Promise<void> {
  report.section('Prometheus: rules');
  for (const [name, text] of Object.entries(prometheusFiles(stage))) writeFileSync(join(folder, name), text);
  const promtool = async (...words: string[]) => {
    const { code, output } = await run([join(bin, 'promtool'), ...words], { cwd: folder });
    return { ok: code === 0, output };
  };
  for (const file of ['prometheus.yml', 'prometheus.static.yml']) {
    const { ok, output } = await promtool('check', 'config', file);
    report.check(ok, `promtool takes ${file}`, ok ? '' : output);
  }
  const rules = `slipway-${stage.name}.rules.yml`;
  const cases = casesOf(stage).filter(({ alert }) => stage.alarms.some(({ name }) => name === alert));
  for (const { alert, breaching, fine, after } of cases) {
    const fires = (minutes: number, firing: boolean) => {
      const alarm = stage.alarms.find(({ name }) => name === alert)!;
      return { eval_time: `${minutes}m`, alertname: `Slipway${alert}`, firing, alarm };
    };
    const test = (input: readonly Series[], expected: ReturnType<typeof fires>[]) => ({
      interval: '15s',
      input_series: input,
      promql_expr_test: expected.map(({ eval_time, alertname, firing }) => ({
        expr: `count(ALERTS{alertname="${alertname}",alertstate="firing"}) or vector(0)`,
        eval_time,
        exp_samples: [{ labels: '{}', value: firing ? 1 : 0 }],
      })),
    });
    const tests = [
      test(breaching, [...(after > 0 ? [fires(Math.max(0, after - 1), false)] : []), fires(after + 3, true)]),
      test(fine, [fires(after + 3, false), fires(50, false)]),
    ];
    const file = `${alert}.test.yml`;
    writeFileSync(join(folder, file), stringify({ rule_files: [rules], evaluation_interval: '15s', tests }));
    const { ok, output } = await promtool('test', 'rules', file);
    report.check(ok, `Slipway${alert} fires when it has to, and only then`, ok ? '' : output.slice(0, 1200));
  }
}
