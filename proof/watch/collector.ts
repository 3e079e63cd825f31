/** A real collector of OpenTelemetry that takes spans, metrics and the log of a handler with two workers. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { serve, stop } from '../process';
import type { Report } from '../report';
import { goldenRequest } from '../serving/golden-requests';
import { startHandler } from '../serving/handler';
import { NUMBERS } from '../serving/models';
import { until } from './world';

const PORT = 14_318;

const pipeline = { receivers: ['otlp'], exporters: ['debug'] };
const CONFIGURATION = {
  receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${PORT}` } } } },
  exporters: { debug: { verbosity: 'detailed' } },
  service: {
    telemetry: { metrics: { level: 'none' } },
    pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
  },
};

export async function proveCollector(report: Report, program: string, bundle: string, folder: string): Promise<void> {
  report.section('OpenTelemetry');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'collector.yml');
  const output = join(folder, 'collector.log');
  writeFileSync(file, stringify(CONFIGURATION));
  const collector = serve([program, '--config', file], output);
  const told = () => (existsSync(output) ? readFileSync(output, 'utf8') : '');
  await until(60, () => told().includes('Everything is ready'));
  const handler = await startHandler(
    bundle,
    { model: NUMBERS, workers: 2, requestLog: true },
    { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${PORT}`, OTEL_METRIC_EXPORT_INTERVAL: '2000' },
  );
  try {
    const { body } = goldenRequest(0, 3);
    for (let i = 0; i < 20; i++) {
      const headers = {
        'content-type': 'application/json',
        'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678',
      };
      await (await fetch(`${handler.url}/predict`, { method: 'POST', body, headers })).arrayBuffer();
    }
    const seen = (what: RegExp) => until(60, () => what.test(told()));
    const took = async (what: string, pattern: RegExp) => {
      const seconds = await seen(pattern);
      report.check(seconds !== undefined, `the collector has ${what}`, seconds === undefined ? told().slice(-600) : '');
    };
    await took('a span of a request', /Name\s*: POST \/predict/);
    await took('its stages', /Name\s*: queue and run/);
    await took('requests as a sum that only grows', /Name: slipway_http_requests_total[\s\S]{0,200}IsMonotonic: true/);
    await took(
      'latency as a histogram',
      /Name: slipway_http_request_duration_seconds\n[\s\S]{0,200}DataType: Histogram/,
    );
    await took(
      'memory of the instance, in bytes',
      /Name: slipway_instance_memory_available_bytes\n[\s\S]{0,200}Unit: By/,
    );
    await took('both workers in one count', /Name: slipway_http_requests_total[\s\S]{0,1500}Value: 20\.0/);
    await took(
      'lines of the log, with the trace of the load balancer',
      /Body: Str\(request\)[\s\S]{0,1200}Trace ID: 67891233abcdef012345678912345678/,
    );
    await took('the name of the service', /service\.name: Str\(breast-cancer\)/);
    const failed = handler.events.filter(({ event }) => String(event).endsWith('not sent'));
    report.equal(failed, [], 'nothing was refused');
  } finally {
    await handler.stop();
    await stop(collector);
  }
}
