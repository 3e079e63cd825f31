import { SlipwayError } from '../../lib/model/error';
import { EXAMPLE_CONFIG } from '../example';
import { slipway } from './run-slipway';

const REASON = 'Message returned: the canary was withdrawn: 1 of 32 golden rows do not hold';

let alarms: object[] = [];
let told: object[] = [];
let failure: object | undefined;
let unread: Error | undefined;
let looks = 0;
jest.mock('../../lib/deployed/status', () => ({
  stageStatus: async (stack: string) => ({
    stack,
    state: failure ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE',
    changed: '2026-11-29T12:01:00.000Z',
    package: { name: 'breast-cancer', digest: 'a'.repeat(64), bucket: 'assets', objects: {} },
    ...(failure && { failure }),
    alarms,
    told,
    drift: { state: 'NOT_CHECKED' },
    resources: [],
    created: '2026-11-29T12:00:00.000Z',
  }),
}));
jest.mock('../../lib/deployed/instances', () => ({
  targetsOf: async () => {
    looks++;
    return [];
  },
  instanceGroups: async () => {
    if (unread) throw unread;
    const outOfService = [{ instance: 'i-2', state: 'unhealthy', reason: 'codes: [503]' }];
    return [{ of: 'endpoint', desired: 2, fewest: 2, most: 6, inService: 1, outOfService }];
  },
}));
jest.mock('../../lib/comparison/cloudwatch', () => ({
  glance: async (_: unknown, { from, until }: { from: Date; until: Date }) => ({
    ...{ from: from.toISOString(), until: until.toISOString(), periodSeconds: 300, requests: 60_000, failed: 12 },
    periods: [9, 4].map((p99Ms) => ({ at: 'T', requestsPerSecond: 100, p99Ms, cpuPercent: 12, instances: 2 })),
  }),
}));
jest.mock('../../lib/deployed/drift', () => ({
  detectDrift: async () => {
    const resources = [{ resource: 'Fleet', type: 'AWS::X', state: 'MODIFIED', properties: ['/MinSize'] }];
    return { state: 'DRIFTED', at: '2026-11-30T08:00:00.000Z', resources };
  },
}));

const status = (...more: string[]) => slipway('status', '--stage', 'prod', '--config', EXAMPLE_CONFIG, ...more);

beforeEach(() => {
  alarms = [];
  told = [];
  failure = undefined;
  unread = undefined;
  looks = 0;
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

test('instances, load beside the plan, drift and bill are on the screen', async () => {
  const { stdout } = await status();
  expect(stdout).toMatch(/\ninstances: 1 in service, 1 not; 2 wanted of 2 to 6; the plan has \d+ x \S+ at the peak\n/);
  expect(stdout).toContain('\n  i-2 is unhealthy: codes: [503]\n');
  expect(stdout).toMatch(/\nload: 100 requests\/s in the five minutes from T; the plan is for \d+\n/);
  expect(stdout).toMatch(
    /\np99: 4.0 ms, 9.0 ms at most in the last hour; the plan says [\d.]+ ms at most of this load,/,
  );
  expect(stdout).toContain('\nerrors: 0.02 % in the last hour, 12 of 60000 requests\n');
  expect(stdout).toMatch(/\nCPU: 12 %; the plan says [\d.]+ % to [\d.]+ % of this load\n/);
  expect(stdout).toContain('\ndrift: nobody has looked; --drift does\n');
  expect(stdout).toMatch(/\nbill: about [\d.]+ USD this month so far, [\d.]+ since .* and not by AWS\n/);
});

test('drift is looked for when it is asked for', async () => {
  const { stdout, stderr } = await status('--drift');
  expect(stderr).toContain('CloudFormation compares every resource');
  expect(stdout).toContain('\n  Fleet (AWS::X) was modified: /MinSize\n');
});

test('what cannot be read is named, and the rest is there', async () => {
  unread = new SlipwayError('E_AWS', 'the instances cannot be read: no permission');
  const { status: code, stdout } = await status();
  expect(stdout).toContain('\nNOT KNOWN: instances: the instances cannot be read: no permission\n');
  expect(stdout).toContain('\nCPU: 12 %');
  expect(code).toBe(0);
});

test('without --stage all of them are there, and as JSON each has its name', async () => {
  const { stdout } = await slipway('status', '--config', EXAMPLE_CONFIG, '--json');
  const views = JSON.parse(stdout) as { stage: string; load: object; folder: object }[];
  expect(views.map(({ stage }) => stage)).toEqual(['dev', 'staging', 'prod']);
  expect(views[0]).toMatchObject({ load: { failed: 12 }, folder: { deployed: false }, unknown: [] });
});

test('a watch tells what has changed, a line each, until Ctrl-C', async () => {
  const ended = status('--watch', '--every', '1s');
  while (looks < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  process.emit('SIGINT');
  const { stdout, status: code } = await ended;
  const lines = stdout.trimEnd().split('\n');
  expect(lines.filter((line) => line.includes('prod: '))).toHaveLength(1);
  expect(lines.every((line) => /^2\d{3}-\S+Z /.test(line))).toBe(true);
  expect(code).toBe(0);
});

test('a stage that nobody has named is a mistake', async () => {
  const { status: code, stderr } = await slipway('status', '--stage', 'prood', '--config', EXAMPLE_CONFIG);
  expect([code, stderr]).toEqual([2, expect.stringContaining('has no stage "prood"')]);
});
