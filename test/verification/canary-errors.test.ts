/** The function of a deployment withdraws a canary for its errors: what CloudFormation, the log and the alarm are told. */
import type { Answer, StackEvent } from '../../lambda/verification/custom-resource';
import { judge } from '../../lambda/verification/function';
import type { Judged } from '../../lib/model/stage/deployment';
import { EXAMPLE_MODEL } from '../example';
import { Account, settings, Watch } from './canary-account';

const judged = {
  url: 'https://credit.example.com',
  endpoint: 'credit.example.com',
  p99Ms: 50,
  limited: true, // golden rows are another test's affair
  canary: settings,
} as Judged;

async function deployed(metrics: Record<string, number>) {
  const watch = new Watch();
  const account = new Account(watch);
  account.metrics = metrics;
  const log: string[] = [];
  const answers: Answer[] = [];
  const handler = judge({
    stacks: { send: (async () => ({ Stacks: [{ StackStatus: 'UPDATE_IN_PROGRESS', Outputs: [] }] })) as never },
    canary: () => account.clients,
    packageFolder: EXAMPLE_MODEL,
    clock: watch,
    respond: async (_, answer) => {
      answers.push(answer);
    },
    write: (line) => log.push(line),
  });
  const event = {
    RequestType: 'Update',
    StackId: 'stack',
    ResourceProperties: { Task: 'canary', Settings: JSON.stringify(judged), Last: 'true' },
  } as unknown as StackEvent;
  await handler(event);
  return { account, answers, log };
}

test.each([
  [
    'answers of 5xx',
    { RequestCount: 400, HTTPCode_Target_5XX_Count: 20 },
    /\d+ of \d+ requests failed, more than 1 % /,
  ],
  ['connections that fail', { RequestCount: 400, TargetConnectionErrorCount: 20 }, /\d+ of \d+ requests failed, more/],
  [
    'a crash, for which "91 of 2 requests failed" was told: RequestCount has none of what the load balancer answers,',
    { RequestCount: 2, HTTPCode_Target_2XX_Count: 2, TargetConnectionErrorCount: 91 },
    /: 91 of 93 requests failed, more than 1 % /,
  ],
  [
    'a crash whose requests RequestCount has, which must not count twice,',
    { RequestCount: 93, HTTPCode_Target_2XX_Count: 2, TargetConnectionErrorCount: 91 },
    /: 91 of 93 requests failed, more than 1 % /,
  ],
])('%s withdraw it: the share goes first, and all are told why', async (_, metrics, why) => {
  const { account, answers, log } = await deployed({ ...metrics, TargetResponseTime: 0.02 });
  const [{ reason }] = answers as [{ reason: string }];
  expect(reason).toMatch(/^the canary was withdrawn: /);
  expect(reason).toMatch(why);
  expect(account.calls.filter((call, i) => call !== account.calls[i - 1])).toEqual([
    'size canary-group 1',
    'arn:listener: arn:main 95, arn:canary 5',
    'arn:listener: arn:main 100, arn:canary 0',
    'size canary-group 0',
    `withdrawn ALARM: ${reason}`,
  ]);
  expect(log).toContain(reason);
  expect(log.filter((line) => line.includes('_aws')).map((line) => JSON.parse(line))).toMatchObject([
    { Endpoint: 'credit.example.com', CanaryWithdrawn: 1 },
  ]);
});

test('errors of one in a hundred, and few of few, are no reason', async () => {
  for (const metrics of [
    { RequestCount: 400, HTTPCode_Target_5XX_Count: 4 },
    { RequestCount: 400, HTTPCode_Target_5XX_Count: 0 },
  ]) {
    const { answers } = await deployed({ ...metrics, TargetResponseTime: 0.02 });
    expect(answers).toEqual([{ data: expect.objectContaining({ State: expect.stringContaining('"phase":"done"') }) }]);
  }
});
