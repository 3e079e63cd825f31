import { type Beside, functionText, orFunctionText } from '../../lib/report';
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

test('says where p99 is the cold start, whose prices are counted, and what is given up', () => {
  expect(functionText(of(0.001))).toMatch(/p99 is\s+the cold start/);
  expect(functionText(of(1))).toContain('List prices of 2026-07-20 in us-east-1.');
  expect(functionText(of(1, 'ca-central-1'))).toContain('in ca-central-1.');
  expect(functionText(of(1))).toMatch(/Gives up bodies and answers above 6 MB/);
});

test('says what is let through, and that a new account has too few environments for many requests', () => {
  expect(functionText(of(1)).replace(/\s+/g, ' ')).toContain(
    'lets 2 requests/s through in the long run and 1000 at once, others are answered 429',
  );
  expect(functionText(of(1))).not.toContain('a new account has');
  expect(functionText(of(1000)).replace(/\s+/g, ' ')).toMatch(
    /needs \d\d environments at a time, and a new account has 10/,
  );
});

test('a plan of instances says what a function would cost, or why there is none', () => {
  const { plan } = beside;
  const told = orFunctionText({ plan: of(2), cheaperBelow: 12.7 }, plan);
  expect(told).toMatch(
    /^a function of AWS Lambda with \d+ MB \(compute: lambda\) would cost \d+\.\d\d USD\/month, \d+\.\d\d USD\/month less, with a p99 of \d+ ms\. A function is cheaper below 13 requests/,
  );
  expect(orFunctionText({ plan: of(100), cheaperBelow: 12.7 }, plan)).toContain('USD/month more');
  expect(orFunctionText({ refused: 'no function: why' }, plan)).toBe('no function: why');
});
