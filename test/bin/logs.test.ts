import { EXAMPLE_CONFIG } from '../example';
import { slipway } from './run-slipway';

let lines: object[] = [];
let asked: unknown[] = [];
jest.mock('../../lib/deployed/logs', () => ({
  logGroupOf: async (stack: string) => `/slipway/${stack}`,
  async *logLines(...parameters: unknown[]) {
    asked = parameters;
    yield* lines;
  },
}));

let steps: string[] = [];
jest.mock('../../lib/deployed/why', () => ({
  whyOf: async (stack: string) => ({
    status: { stack, state: 'ROLLBACK_COMPLETE', alarms: [], told: [] },
    targets: [{ instance: 'i-1', state: 'unhealthy', reason: 'codes: [503]' }],
    launches: [{ at: '2026-11-30T09:00:00.000Z', reason: 'no capacity\u001b[31m' }],
    boot: { stream: 'i-1/boot', lines: ['cannot fetch\u001b[31m'] },
    steps,
  }),
}));

const stage = ['--stage', 'prod', '--config', EXAMPLE_CONFIG];

test('logs prints the time, the instance and the line, and no command to a terminal', async () => {
  lines = [{ at: '2026-11-30T10:00:00.000Z', stream: 'i-1/handler', message: 'x\u001b[31m' }];
  const { status, stdout } = await slipway('logs', ...stage, '--since', '15m', '--errors');
  expect([status, stdout]).toEqual([0, expect.stringMatching(/^2026-11-30T10:00:00\.000Z i-1\/handler x/)]);
  expect(stdout).not.toContain('\u001b');
  const [group, query] = asked as [string, { since: Date; errors: boolean }];
  expect([group, query.errors]).toEqual(['/slipway/screening-example-com-endpoint', true]);
  expect((Date.now() - query.since.getTime()) / 60_000).toBeCloseTo(15, 0);
  expect(JSON.parse((await slipway('logs', ...stage, '--json')).stdout)).toEqual(lines[0]);
});

test('logs that have nothing say where to look', async () => {
  lines = [];
  const { status, stdout, stderr } = await slipway('logs', ...stage);
  expect([status, stdout, stderr]).toEqual([0, '', expect.stringContaining('--since looks further back')]);
});

test('a time without a unit is refused with an example', async () => {
  const { status, stderr } = await slipway('logs', ...stage, '--since', '15');
  expect([status, stderr]).toEqual([2, expect.stringContaining('e.g. 90s, 15m or 12h')]);
});

test('why says what is wrong and what to do, and status 1 tells of it', async () => {
  steps = ['mend it'];
  const { status, stdout } = await slipway('why', ...stage);
  expect(stdout).toContain('instance i-1: unhealthy, codes: [503]\nNOT LAUNCHED 2026-11-30T09:00:00.000Z: no capacity');
  expect(stdout).toContain('\nend of i-1/boot:\n  cannot fetch');
  expect(stdout).toContain('next: mend it');
  expect(stdout).not.toContain('\u001b');
  expect(status).toBe(1);
});

test('why of a stage that is well ends with status 0', async () => {
  steps = [];
  const { status, stdout } = await slipway('why', ...stage);
  expect([status, stdout]).toEqual([0, expect.stringContaining('nothing is wrong that AWS tells of')]);
});
