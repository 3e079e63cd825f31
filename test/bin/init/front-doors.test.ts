import { cheapest, doorsOf, type Plan, tryEach } from '../../../bin/init/front-doors';
import { SlipwayError } from '../../../lib/model/error';
import { thrownBy } from '../../../testing/error-of';

const costing = (usdPerMonth: number) => ({ cost: { usdPerMonth } }) as Plan;
const refusal = new SlipwayError('E_INFEASIBLE', 'no function: p99 is missed', { problems: ['it starts too slowly'] });

test.each([
  [{ compute: 'cheapest', domain: 'none' }, ['cloudfront', 'api', 'lambda']],
  [{ compute: 'instances', domain: 'none' }, ['cloudfront', 'api']],
  [{ compute: 'lambda', domain: 'none' }, ['lambda']],
  [{ compute: 'cheapest', domain: 'claims.example.com' }, ['alb']],
])('%j leaves %j open', (answers, doors) => {
  expect(doorsOf(answers)).toEqual(doors);
});

test('the cheapest is chosen, and what the others cost is the reason', () => {
  const { door, reason } = cheapest([
    ['cloudfront', costing(97)],
    ['api', costing(95.5)],
    ['lambda', costing(104)],
  ]);
  expect(door).toBe('api');
  expect(reason).toMatch(/^instances behind an HTTP API of API Gateway, for 95\.50 USD\/month, is the cheapest: /);
  expect(reason).toMatch(/instances behind CloudFront would cost 97\.00 USD\/month; a function .* would cost 104/);
});

test('what does not keep the service level is not chosen, however cheap it might be, and the reason says why', () => {
  const { door, reason } = cheapest([
    ['cloudfront', costing(97)],
    ['lambda', refusal],
  ]);
  expect(door).toBe('cloudfront');
  expect(reason).toMatch(/a function .* cannot be had: no function: p99 is missed; it starts too slowly$/);
});

test('of those that cost the same the usual one is chosen', () => {
  const same = cheapest([
    ['cloudfront', costing(97)],
    ['api', costing(97)],
  ]);
  expect(same.door).toBe('cloudfront');
});

test('where there is no choice there is no reason', () => {
  expect(cheapest([['alb', costing(59)]])).toEqual({ door: 'alb', plan: costing(59) });
});

test('where none can be had the usual one says why', () => {
  const make = (door: string) => {
    throw new SlipwayError('E_CONFIG', `${door} is refused`);
  };
  expect(thrownBy(() => tryEach(['cloudfront', 'api'], make)).message).toBe('cloudfront is refused');
  const fault = new Error('a fault of ours');
  expect(() =>
    tryEach(['cloudfront'], () => {
      throw fault;
    }),
  ).toThrow(fault);
});
