/** A listener of a load balancer that is there. */
import { NETWORK } from '../../testing/stage-variants';
import { mistakes, read } from './configuration';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/shared/0123456789abcdef/fedcba9876543210';
const GROUP = 'securityGroup: sg-0123456789abcdef0';

const line = (name: string, listener: string, more = NETWORK) =>
  `  ${name}: { region: eu-west-1, account: "111111111111", availability: single, domain: { name: ${name}.example.com }, listener: { ${listener} }, ${more} }`;

const stages = (...lines: string[]) =>
  [
    'model: models/a',
    'defaults:',
    '  traffic: { requestsPerSecond: 5, p99: 100ms }',
    '  monitoring: { notify: none }',
    'stages:',
    ...lines,
  ].join('\n');

const at = (priority: number, more = '') => `arn: "${ARN}", ${GROUP}, priority: ${priority}${more}`;
const ROLLOUT = `${NETWORK}, rollout: { canary: 5 %, for: 10m }`;

test('what is no ARN of a listener is told', () => {
  const [first] = mistakes(stages(line('dev', at(7).replace('/app/', '/net/'))));
  expect(first).toContain('stages.dev.listener.arn must be the ARN of a listener');
});

test('a name without a zone has the certificates of the listener', () => {
  const [stage] = read(stages(line('dev', at(7)))).stages;
  expect(stage).toMatchObject({ endpoint: { listener: { priority: 7 } }, serviceLevel: { existingListener: true } });
});

test.each([
  ['another region', line('dev', at(7).replace('eu-west-1', 'us-east-1')), 'arn is in us-east-1'],
  ['no network', line('dev', at(7), 'internal: false'), 'network is missing: with listener'],
  ['a path that hides /docs', line('dev', at(7, ', path: /docs')), 'listener.path is /docs, which hides the route'],
  ['a rollout without a priority before', line('dev', at(1), ROLLOUT), 'listener.priority is 1, and a rollout takes'],
  ['half an address', line('dev', at(7, ', dnsName: a.elb.amazonaws.com')), 'listener.zoneId is missing, and dnsName'],
  ['within, without an address', line('dev', at(7), `${NETWORK}, internal: true`), 'listener.dnsName is missing'],
  ['WAF', line('dev', at(7), `${NETWORK}, waf: {}`), 'waf is of the load balancer, which is yours'],
  ['callers', line('dev', at(7), `${NETWORK}, allowFrom: [10.0.0.0/8]`), 'allowFrom is of the load balancer'],
])('%s is told', (_, text, told) => {
  expect(mistakes(stages(text))).toEqual([expect.stringContaining(told)]);
});

test.each([
  ['a priority given twice', line('dev', at(7)), line('prod', at(7)), 'is 7, and dev takes 7 of the same listener'],
  [
    'the one that a rollout takes',
    line('dev', at(7)),
    line('prod', at(8), ROLLOUT),
    'is 8, and dev takes 7 of the same',
  ],
  ['another', line('dev', at(7)), line('prod', at(8)), undefined],
])('%s', (_, one, other, told) => {
  const found = mistakes(stages(one, other));
  expect(found).toEqual(told === undefined ? [] : [expect.stringContaining(`stages.prod.listener.priority ${told}`)]);
});
