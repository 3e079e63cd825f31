/** The report of a shadow, from what a handler publishes and logs. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { publishShadow, shadowMetrics } from '../../../lambda/inference/shadow/metrics';
import type { Shadow } from '../../../lambda/inference/shadow/shadow';
import { readLog } from '../../../lib/comparison/shadow/log-text';
import { readMetrics } from '../../../lib/comparison/shadow/metrics-text';
import { shadowReport } from '../../../lib/comparison/shadow/verdict';
import { addCounts, NO_COUNTS, type ShadowCounts } from '../../../lib/model/instance/shadow-counts';
import { shadowReportText } from '../../../lib/report';
import { thrownBy } from '../../../testing/error-of';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { slipway } from '../../bin/run-slipway';

const COUNTS: ShadowCounts = {
  ...NO_COUNTS,
  requests: 40,
  rows: 1200,
  agreeingRows: 1190,
  refusedRows: 3,
  droppedRows: 17,
  restarts: 1,
  cpuMs: 600,
  runMs: 120,
  outputs: { predict: { rows: 1200, agreeing: 1190, sumOfDifferences: 10, largest: 1 } },
  confusion: [
    ['say "no"\\', 'yes', 10],
    ['yes', 'yes', 1190],
  ],
  largest: [
    { requestId: 'req-1', row: 3, output: 'predict', difference: null, served: 'say "no"\\', shadow: 'yes' },
    { requestId: 'req-2', row: 0, output: 'predict', difference: 1, served: 'say "no"\\', shadow: 'yes' },
  ],
};
const NAMES = { model: 'credit', version: 'abcdef012345', served: '0123456789ab' };

async function metricsText(counts = COUNTS): Promise<string> {
  const registry = new Registry();
  const { model: name, version, served } = NAMES;
  publishShadow(registry, {
    name,
    version,
    served: { version: served },
    total: counts,
    ready: true,
    queuedRows: 0,
  } as never as Shadow);
  return registry.metrics();
}

const logLine = (counts = COUNTS, names = NAMES) =>
  JSON.stringify({ time: '2026-11-29T10:00:00.000Z', level: 'info', event: 'shadow', pid: 1, ...names, ...counts });

test('what a handler publishes is read as it was counted', async () => {
  expect(readMetrics(await metricsText(), 'x')).toEqual({ shadow: NAMES, counts: COUNTS });
});

test('lines of several handlers add up, those of the shadow before do not', () => {
  const old = logLine(COUNTS, { ...NAMES, version: 'before' });
  const text = [old, `2026-11-29T10:00:00Z i-0123 ${logLine()}`, '{"time":"cut', logLine(), 'other'].join('\n');
  expect(readLog(text, 'x')).toEqual({ shadow: NAMES, counts: addCounts(COUNTS, COUNTS) });
});

test.each([
  ['agrees', {}, 0.98, 1000],
  ['differs', {}, 0.99, 1000],
  ['differs', { refusedRows: 200 }, 0.9, 1000],
  ['too few rows', {}, 0.5, 1204],
  ['too few rows', { rows: 0, agreeingRows: 0, refusedRows: 0 }, 0.5, 1],
] as const)('the verdict is %s with %j, %d and %d', (verdict, change, agreement, rows) => {
  const counts = { ...COUNTS, agreeingRows: 1185, ...change };
  expect(shadowReport({ counts }, { agreement, rows }).verdict).toBe(verdict);
});

test('the report as text', () => {
  const report = shadowReport({ counts: COUNTS, shadow: NAMES, servedMsPerRow: 0.05 });
  expect(shadowReportText('handler.log', report)).toBe(`Shadow    credit abcdef012345 beside 0123456789ab, handler.log
Verdict   differs from the served model: 98.919 % of 1203 rows agree, 99 % are wanted; 3 have no
          answer, which counts as another one
Rows      40 requests, 1200 rows answered, 3 refused, 17 dropped, started again 1 x
Cost      0.499 ms of CPU a row with all that comparing takes, 0.600 s in all; 0.100 ms of the
          engine; the served model's runs take 0.0500 ms a row

By output
  output   rows    agree  mean difference  largest
  predict  1200  99.17 %          0.00833     1.00

By label
  served     shadow  rows
  yes        yes     1190
  say "no"\\  yes       10

Largest differences
  request  row  output   served     shadow  difference
  req-1      3  predict  say "no"\\  yes      no number
  req-2      0  predict  say "no"\\  yes           1.00
`);
});

test('CloudWatch gets six numbers that JSON has', () => {
  const metrics = shadowMetrics(COUNTS);
  expect(metrics.map(({ name, value }) => [name, value])).toEqual([
    ['ShadowRows', 1200],
    ['ShadowAgreeingRows', 1190],
    ['ShadowUnansweredRows', 3],
    ['ShadowDroppedRows', 17],
    ['ShadowLargestDifference', 1e100],
    ['ShadowCpu', 600],
  ]);
});

describe('slipway shadow', () => {
  const folder = temporaryFolder();
  const log = join(folder, 'handler.log');
  writeFileSync(log, logLine());

  test('reads a log, and ends with 1 unless it agrees', async () => {
    expect((await slipway('shadow', '--log', log)).status).toBe(1);
    const { status, stdout } = await slipway('shadow', '--log', log, '--agreement', '98%', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'agrees', givenRows: 1203, counts: COUNTS });
  });

  test('reads a running handler', async () => {
    const text = await metricsText();
    const server = createServer((request, response) => response.end(request.url === '/metrics' ? text : '')).listen(0);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { stdout } = await slipway('shadow', '--url', url, '--json');
    server.close();
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'differs', counts: COUNTS });
  });

  test.each([
    [[], 'name one place to read: --stage, --url or --log'],
    [['--log', log, '--stage', 'prod'], 'name one place to read: --stage, --url or --log'],
    [['--log', join(folder, 'none')], 'none: '],
  ])('%j is refused', async (words, message) => {
    const { status, stderr } = await slipway('shadow', ...words);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a text without a shadow is told', async () => {
    expect(thrownBy(() => readMetrics('slipway_queue_rows 0\n', 'http://x'))).toMatchObject({
      code: 'E_UNREACHABLE',
      message: expect.stringContaining('there is no shadow'),
    });
    expect(thrownBy(() => readLog('', 'x.log'))).toMatchObject({ code: 'E_UNREACHABLE' });
  });
});
