import type { Log } from '../../../../lambda/inference/log/log';
import { tracerOptions } from '../../../../lambda/inference/tracing/environment';

const model = { name: 'm', version: '1' };
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/' };

function read(environment: Record<string, string>) {
  const told: unknown[] = [];
  const log: Log = (level, event, fields) => told.push({ level, event, ...fields });
  return { options: tracerOptions(environment, model, log), told };
}

const leftOut = (variable: string) => [
  { level: 'warn', event: 'setting left out', variable, reason: expect.any(String) },
];

test.each([
  ['OTEL_RESOURCE_ATTRIBUTES', 'x=%zz'],
  ['OTEL_RESOURCE_ATTRIBUTES', 'good=1,x=%c3'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'x=%zz'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'x=a%0ab'],
  ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'a b=1'],
  ['OTEL_TRACES_SAMPLER_ARG', 'half'],
  ['OTEL_TRACES_SAMPLER_ARG', '2'],
])('%s=%s is left out and told, and the rest holds', (variable, value) => {
  const { options, told } = read({ ...endpoint, [variable]: value });
  expect(told).toEqual(leftOut(variable));
  expect(options).toEqual(read(endpoint).options);
});

test.each(['localhost', 'nonsense://x', 'http://', 'http://me:%zz@h'])(
  'an endpoint %s is told, and nothing is traced',
  (url) => {
    const { options, told } = read({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    expect(told).toEqual(leftOut('OTEL_EXPORTER_OTLP_ENDPOINT'));
    expect(options).toBeUndefined();
  },
);

test('a password in the URL of the collector becomes a header, and is not told with the URL', () => {
  const { options } = read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://me:p%40ss@collector.example/spans' });
  expect(options).toMatchObject({
    url: 'https://collector.example/spans',
    headers: { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
  });
});

test('without an endpoint nothing else is looked at', () => {
  expect(read({ OTEL_RESOURCE_ATTRIBUTES: 'x=%zz' })).toEqual({ options: undefined, told: [] });
});
