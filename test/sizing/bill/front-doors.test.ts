/** What a front door costs, and from which rate on which is cheaper. */
import { type ServiceLevel, sizingPlan } from '../../../lib/sizing';
import { bill } from '../../../lib/sizing/bill/bill';
import { requestCost } from '../../../lib/sizing/demand/service';
import type { FrontDoorKind } from '../../../lib/sizing/service-level/front-door';
import { FIXED_CATALOGUE, manifestOf, serviceLevel, steadyProfile, typeNamed } from '../../../testing/sizing/examples';

const request = { ...requestCost(steadyProfile(1), 1), requestBytes: 1000, answerBytes: 500 };

const linesOf = (frontDoor: FrontDoorKind, change: Partial<ServiceLevel> = {}, of = request) =>
  Object.fromEntries(
    bill({
      catalogue: FIXED_CATALOGUE,
      type: typeNamed('c7g.medium'),
      instances: 1,
      zones: 2,
      volumeGiB: 8,
      serviceLevel: serviceLevel({ requestsPerSecond: 10, frontDoor, ...change }),
      request: of,
    }).lines.map(({ item, usdPerMonth }) => [item, usdPerMonth]),
  );

test('CloudFront is billed by the request and by what goes both ways, and has no addresses', () => {
  const lines = linesOf('cloudfront');
  expect(lines).toMatchObject({
    'requests through CloudFront': 26.28, // 10/s x 2,628,000 s = 26.28 million x 1.00
    'answers of CloudFront': 1.12, // x 500 bytes = 13.14 GB x 0.085
    'bodies through CloudFront': 0.53, // x 1,000 bytes = 26.28 GB x 0.02
  });
  for (const item of ['public addresses of the load balancer', 'answers to the internet']) {
    expect(lines).not.toHaveProperty([item]);
  }
});

test('an HTTP API is billed for each begun half of a megabyte', () => {
  expect(linesOf('api')).toMatchObject({ 'requests through API Gateway': 26.28, 'answers to the internet': 1.18 });
  const long = linesOf('api', {}, { ...request, requestBytes: 512 * 1024 + 1 });
  expect(long['requests through API Gateway']).toBe(52.56);
});

test('the free tier of CloudFront is ten million requests', () => {
  const lines = linesOf('cloudfront', { freeTier: true });
  expect(lines['free tier: requests through CloudFront']).toBe(-10);
  expect(lines['free tier: answers of CloudFront']).toBe(-1.12);
});

const planOf = (change: Partial<ServiceLevel>) =>
  sizingPlan({
    profile: steadyProfile(1),
    manifest: manifestOf(),
    region: 'us-east-1',
    serviceLevel: serviceLevel({ requestsPerSecond: 1, availability: 'single', hostedZone: true, ...change }),
  });

test.each(['cloudfront', 'api'] as const)(
  '%s is cheaper below the rate that the plan says, and dearer above',
  (edge) => {
    const offer = planOf({}).frontDoors.find(({ frontDoor }) => frontDoor === edge)!;
    const rate = offer.cheaperBelow!;
    expect(rate).toBeGreaterThan(1);
    for (const [factor, cheaper] of [
      [0.9, true],
      [1.1, false],
    ] as const) {
      const { frontDoors } = planOf({ requestsPerSecond: 20, meanRequestsPerSecond: rate * factor });
      const usd = (kind: FrontDoorKind) => frontDoors.find(({ frontDoor }) => frontDoor === kind)!.usdPerMonth;
      expect(usd(edge) < usd('alb')).toBe(cheaper);
    }
  },
);

test('what the plan offers is what the plan with it costs', () => {
  const { frontDoors } = planOf({});
  for (const { frontDoor, usdPerMonth } of frontDoors) {
    if (frontDoor === 'alb') continue;
    expect(planOf({ frontDoor, hostedZone: undefined }).cost.usdPerMonth).toBe(usdPerMonth);
  }
});

test('an endpoint that must have a load balancer of its own is offered nothing else', () => {
  expect(planOf({ internal: true }).frontDoors).toEqual([]);
  expect(planOf({ p99Ms: 40_000 }).frontDoors.map(({ frontDoor }) => frontDoor)).toEqual(['alb', 'cloudfront']);
  expect(() => planOf({ frontDoor: 'api', p99Ms: 40_000 })).toThrow(
    expect.objectContaining({ problems: [expect.stringContaining('api gives up what takes longer')] }),
  );
});
