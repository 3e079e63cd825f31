/** A canary of several models that share instances: all of them get the share together, and one that is worse takes it back. */
import { join } from 'node:path';
import type { Answer, StackEvent } from '../../lambda/verification/custom-resource';
import { judge } from '../../lambda/verification/function';
import { writeFleetVerificationBundle } from '../../lib/artifacts/verification-bundle';
import { readModelPackage } from '../../lib/model/package/model-package';
import type { CanaryModel, Judged, JudgeProperties } from '../../lib/model/stage/deployment';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { Account, settings, Watch } from './canary-account';

const mockAsked: string[] = [];
let mockWrong: string | undefined;
jest.mock('../../lambda/verification/replay', () => ({
  ...jest.requireActual<object>('../../lambda/verification/replay'),
  verifyEndpoint: async (url: URL, { digest }: { digest: string }) => {
    mockAsked.push(`${url.href} ${digest}`);
    if (digest !== mockWrong) return { rows: 1, outputs: 1, differences: [] };
    return { rows: 1, outputs: 1, differences: [{ row: 0, output: 'predict', expected: 1, actual: 0 }] };
  },
}));

const packages = new Map([
  ['screening', readModelPackage(EXAMPLE_MODEL)],
  ['loans', readModelPackage(LOAN_MODEL)],
]);

const modelOf = (member: string, i: number): CanaryModel => ({
  ...{ member, url: `https://models.example.com/${member}`, p99Ms: 50 },
  rule: `arn:rule-${member}`,
  main: { targetGroup: i === 0 ? 'arn:main' : `arn:main-${member}`, targetGroupName: `targetgroup/main-${member}/1` },
  canary: { targetGroup: `arn:canary-${member}`, targetGroupName: `targetgroup/canary-${member}/1` },
});
const models = [...packages.keys()].map(modelOf);

async function deployed(change: (account: Account) => void = () => {}, task: JudgeProperties['Task'] = 'canary') {
  const watch = new Watch();
  const account = new Account(watch);
  account.hostsBy['arn:main-loans'] = account.main;
  change(account);
  const folder = temporaryFolder();
  writeFleetVerificationBundle(folder, new Map([...packages].map(([name, one]) => [name, [one]])));
  const { listener: _, ...of } = settings;
  const judged = {
    ...{ url: models[0]!.url, endpoint: 'models.example.com small', p99Ms: 50 },
    canary: { ...of, rule: models[0]!.rule },
  };
  const answers: Answer[] = [];
  const lines: string[] = [];
  await judge({
    stacks: { send: (async () => ({ Stacks: [{ StackStatus: 'UPDATE_IN_PROGRESS', Outputs: [] }] })) as never },
    canary: () => account.clients,
    packageFolder: join(folder, 'package'),
    clock: watch,
    respond: async (_, answer) => void answers.push(answer),
    write: (line) => void lines.push(line),
  })({
    RequestType: 'Update',
    StackId: 'stack',
    ResourceProperties: {
      ...{ Task: task, Settings: JSON.stringify(judged as unknown as Judged), Last: 'true' },
      Models: JSON.stringify(models.map((model) => [model])),
    },
  } as unknown as StackEvent);
  return { answer: answers[0]!, calls: account.calls, lines };
}

const WITHDRAWN = [
  'arn:rule-screening: arn:main 100, arn:canary-screening 0',
  'arn:rule-loans: arn:main-loans 100, arn:canary-loans 0',
  'size canary-group 0',
];

beforeEach(() => {
  mockAsked.length = 0;
  mockWrong = undefined;
});

test('all models get the share together, once the golden rows of each hold at its own address', async () => {
  const { answer, calls } = await deployed();
  expect(answer).toEqual({ data: expect.objectContaining({ State: expect.stringContaining('done') }) });
  expect([...new Set(mockAsked)].sort()).toEqual(
    [...packages].map(([name, { digest }]) => `https://models.example.com/${name} ${digest}`).sort(),
  );
  expect(calls.slice(0, 3)).toEqual([
    'size canary-group 1',
    'arn:rule-screening: arn:main 95, arn:canary-screening 5',
    'arn:rule-loans: arn:main-loans 95, arn:canary-loans 5',
  ]);
});

test('a wrong answer of one of them takes all of them back before a client is answered, and says whose it was', async () => {
  mockWrong = packages.get('loans')!.digest;
  const { answer, calls } = await deployed();
  expect(answer).toEqual({ reason: expect.stringMatching(/^the canary was withdrawn: loans: .*golden rows do not/) });
  expect(calls.slice(0, 4)).toEqual(['size canary-group 1', ...WITHDRAWN]);
});

test('failed requests of one model are not lost among the many of another', async () => {
  const { answer, calls } = await deployed((account) => {
    account.metricsBy['targetgroup/canary-screening/1'] = { RequestCount: 100_000 };
    account.metricsBy['targetgroup/canary-loans/1'] = { RequestCount: 10, HTTPCode_Target_5XX_Count: 5 };
  });
  const reason = /^the canary was withdrawn: loans: \d+ of \d+ requests failed, .* at 5 % of the requests$/;
  expect(answer).toEqual({ reason: expect.stringMatching(reason) });
  expect(calls).toEqual(expect.arrayContaining(WITHDRAWN));
});

test('a model that is new to the fleet has no instance of the main group, and is tried as the others', async () => {
  const { answer } = await deployed((account) => {
    account.hostsBy['arn:main-loans'] = [];
  });
  expect(answer).toEqual({ data: expect.objectContaining({ State: expect.stringContaining('done') }) });
});

test('a fleet without a healthy instance has nothing to be held against', async () => {
  const { answer, calls } = await deployed((account) => {
    account.main = [];
    account.hostsBy['arn:main-loans'] = [];
  });
  expect(answer).toEqual({ data: expect.objectContaining({ State: expect.stringContaining('skipped') }) });
  expect(calls).toEqual([]);
});

test('when the main group is new all requests of all models go to it, and the alarm ends', async () => {
  const { answer, calls, lines } = await deployed((account) => {
    account.desired = 1;
  }, 'hand');
  expect(answer).toEqual({ data: {} });
  expect(calls).toEqual([...WITHDRAWN, expect.stringMatching(/^withdrawn OK: /)]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ Endpoint: 'models.example.com small', CanaryWithdrawn: 0 }),
  ]);
});
