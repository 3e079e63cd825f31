import { type Beside, functionText } from '../../lib/report';
import { functionPlan } from '../../lib/sizing';
import { manifestOf, steadyProfile } from '../../testing/sizing/examples';

const { machine } = steadyProfile(1);
const of = (requestsPerSecond: number, region = 'us-east-1') =>
  functionPlan({
    profile: steadyProfile(0.2, { machine: { ...machine, engine: 'native 1', engineKind: 'native' } }),
    manifest: manifestOf(),
    region,
    serviceLevel: { requestsPerSecond, rowsPerRequest: 1, p99Ms: 3000, availability: 'single' },
  });
const beside = {
  plan: { choice: { instances: 1, instanceType: 't4g.micro', usdPerMonth: 50 } },
  cheaperBelow: 12.7,
} as Beside;

test('says what it costs, what instances would cost, and from which rate on they are cheaper', () => {
  const text = functionText(of(2), beside);
  expect(text).toMatch(/Or +1 x t4g\.micro with what it needs costs 50\.00 USD\/month, \d+\.\d\d USD\/month more/);
  expect(text.replace(/\s+/g, ' ')).toContain('A function is cheaper below 13 requests/s in the mean');
  expect(text).toContain('fewer than one in a hundred');
  expect(functionText(of(100), beside)).toContain('USD/month less');
});

test('says where p99 is the cold start, and that the bill of another region has the prices of one', () => {
  expect(functionText(of(0.001))).toMatch(/p99 is\s+the cold start/);
  expect(functionText(of(1))).not.toContain('prices of Lambda');
  expect(functionText(of(1, 'eu-west-1'))).toContain('those of us-east-1');
});
