import { EXAMPLE_CONFIG } from '../example';
import { slipway } from './run-slipway';

const REASON = 'Message returned: the canary was withdrawn: 1 of 32 golden rows do not hold';

let alarms: object[] = [];
let told: object[] = [];
let failure: object | undefined;
jest.mock('../../lib/deployed/status', () => ({
  stageStatus: async (stack: string) => ({
    stack,
    state: failure ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE',
    changed: '2026-11-29T12:01:00.000Z',
    package: { name: 'breast-cancer', digest: 'a'.repeat(64), bucket: 'assets', objects: {} },
    ...(failure && { failure }),
    alarms,
    told,
  }),
}));

const status = (...more: string[]) => slipway('status', '--stage', 'prod', '--config', EXAMPLE_CONFIG, ...more);

beforeEach(() => {
  alarms = [];
  told = [];
  failure = undefined;
});

test('a stage that is well ends with status 0', async () => {
  const { status: code, stdout } = await status();
  expect(stdout).toMatch(/^prod: screening-example-com-endpoint is UPDATE_COMPLETE, changed 2026-11-29T12:01/);
  expect(stdout).toMatch(/\npackage: breast-cancer aaaaaaaaaaaa, this folder has [0-9a-f]{12}\n/);
  expect(stdout).toContain('the last deployment did not fail\nno alarm is on');
  expect(code).toBe(0);
});

test('why a canary was withdrawn is said, and status 1 tells of it', async () => {
  failure = { at: '2026-11-29T12:09:00.000Z', resource: 'Canary2', reason: REASON };
  alarms = [{ name: 'x-canary-withdrawn', since: '2026-11-29T12:09:00.000Z', reason: 'p99\u001b[31m' }];
  const { status: code, stdout } = await status();
  expect(stdout).toContain(`the last deployment failed: 2026-11-29T12:09:00.000Z Canary2: ${REASON}`);
  expect(stdout).toMatch(/ALARM x-canary-withdrawn since 2026-11-29T12:09:00.000Z: p99/);
  expect(stdout).not.toContain('\u001b');
  expect(code).toBe(1);
  expect(JSON.parse((await status('--json')).stdout)).toMatchObject({ failure, alarms });
});

test('whether those who are to hear of alarms have confirmed it is said', async () => {
  told = [{ who: 'ops@example.com', confirmed: true }];
  expect((await status()).stdout).toContain('\nwho is to be told of alarms has confirmed it\n');
  told.push({ who: 'team@example.com', confirmed: false });
  const { status: code, stdout } = await status();
  expect(stdout).toContain('\nNOT CONFIRMED: team@example.com hears of no alarm until');
  expect(stdout).not.toContain('has confirmed it');
  expect(code).toBe(0);
});

test('a stage that nobody has named is a mistake', async () => {
  const { status: code, stderr } = await slipway('status', '--stage', 'prood', '--config', EXAMPLE_CONFIG);
  expect([code, stderr]).toEqual([2, expect.stringContaining('has no stage "prood"')]);
});
