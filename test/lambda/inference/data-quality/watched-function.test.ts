/** What a function tells for alarms and canaries. */
import { DataQuality } from '../../../../lambda/inference/data-quality/data-quality';
import { WatchedFunction } from '../../../../lambda/inference/data-quality/watched-function';
import type { Log } from '../../../../lambda/inference/log/log';
import type { TrainingDistribution } from '../../../../lib/model/package/training';
import type { Signature } from '../../../../lib/model/rows/signature';

const signature = {
  columns: [{ name: 'age', type: 'number' }],
  inputs: [{ name: 'input', type: 'double', columns: [0] }],
} as unknown as Signature;
const training = {
  rows: 1000,
  columns: [
    { kind: 'number', minimum: 0, maximum: 10, edges: [2, 4, 6, 8], shares: [0.2, 0.2, 0.2, 0.2, 0.2], missing: 0 },
  ],
} as unknown as TrainingDistribution;

function setUp(known: { readonly training: boolean } = { training: true }) {
  const lines: Record<string, unknown>[] = [];
  const log = ((_level: string, message: string, fields: object) => lines.push({ message, ...fields })) as Log;
  const quality = new DataQuality(signature, known.training ? training : undefined, () => 0);
  let at = 0;
  const watched = new WatchedFunction({
    endpoint: 'credit-dev',
    models: [{ name: 'credit', quality }],
    log,
    environment: { AWS_LAMBDA_FUNCTION_VERSION: '8' },
    now: () => at,
  });
  const row = (value: number) =>
    quality.observe({ input: { type: 'double', data: new Float64Array([value]), shape: [1, 1] } as never });
  return { lines, watched, row, wait: (ms: number) => (at += ms) };
}

test('an answer 5xx is told at once, by the version that gave it', () => {
  const { lines, watched } = setUp({ training: false });
  for (const status of [200, 422, 500]) watched.answered(status);
  expect(lines).toEqual([expect.objectContaining({ Endpoint: 'credit-dev', FunctionVersion: '8', FailedAnswers: 1 })]);
});

test('rows unlike those of training are counted and told once a minute', () => {
  const { lines, watched, row, wait } = setUp();
  row(11);
  watched.answered(200);
  expect(lines).toEqual([
    expect.objectContaining({ message: 'data quality', Endpoint: 'credit-dev', OutOfRangeValues: 1 }),
  ]);
  row(12);
  wait(30_000);
  watched.answered(200);
  expect(lines).toHaveLength(1);
  wait(30_000);
  watched.answered(200);
  expect(lines[1]).toMatchObject({ OutOfRangeValues: 1 });
});

test('without rows of training nothing of them is told', () => {
  const { lines, watched, row } = setUp({ training: false });
  row(11);
  watched.answered(200);
  expect(lines).toEqual([]);
});
