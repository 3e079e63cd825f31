import { DEFAULT_REGION, type SizingPlan, sizingPlan } from '../../../lib/sizing';
import { baselineOf } from '../../../lib/sizing/catalogue/burstable';
import type { InstanceChoice } from '../../../lib/sizing/service-level/restriction';
import { thrownBy } from '../../../testing/error-of';
import { FIXED_CATALOGUE, manifestOf, serviceLevel, steadyProfile } from '../../../testing/sizing/examples';

const planWith = (instances: InstanceChoice | undefined, level = {}): SizingPlan =>
  sizingPlan({
    profile: steadyProfile(1),
    manifest: manifestOf(),
    serviceLevel: serviceLevel({ requestsPerSecond: 20, ...level, ...(instances && { instances }) }),
    region: DEFAULT_REGION,
    catalogue: FIXED_CATALOGUE,
  });

const everyType = ({ choice, runnersUp, rejected }: SizingPlan) =>
  [choice, ...runnersUp, ...rejected].map(({ instanceType }) => instanceType);

test.each<[string, InstanceChoice, (type: string) => boolean]>([
  ['families', { families: ['c7g', 'm7g.large'] }, (type) => type.startsWith('c7g.') || type === 'm7g.large'],
  ['exclude', { exclude: ['t4g', 't3.micro'] }, (type) => !type.startsWith('t4g.') && type !== 't3.micro'],
  ['architecture', { architecture: 'x86_64' }, (type) => !/g[dn]*\./.test(type)],
  ['burstable', { burstable: false }, (type) => baselineOf(type) === undefined],
])('no plan has a type that %s does not allow', (_, instances, allowed) => {
  expect(everyType(planWith(instances)).filter((type) => !allowed(type))).toEqual([]);
});

test('what a restriction costs is said', () => {
  const free = planWith(undefined);
  const plan = planWith({ burstable: false });
  expect(plan.restriction!.types).toBeGreaterThan(20);
  expect(plan.restriction!.without).toEqual(free.choice);
  expect(plan.choice.usdPerMonth).toBeGreaterThan(free.choice.usdPerMonth);
  expect(free.restriction).toBeUndefined();
  expect(planWith({ exclude: ['r5.24xlarge'] }).restriction).toEqual({ types: 1 }); // what nobody would take costs nothing
});

test('a restriction never makes a plan cheaper', () => {
  const free = planWith(undefined).choice.usdPerMonth;
  for (const family of ['t3', 'm5', 'c7a', 'r8g']) {
    expect(planWith({ families: [family] }).choice.usdPerMonth).toBeGreaterThanOrEqual(free);
  }
});

test('a family that the region has not is refused, with the nearest', () => {
  const error = thrownBy(() => planWith({ families: ['c7q', 'm7g'] }), 'E_USAGE');
  expect(error.problems).toEqual([
    expect.stringMatching(/^instances.families: no c7q is offered in us-east-1; did you mean c7[aig]\?$/),
  ]);
});

test.each([
  ['c7gg', 'c7g'],
  ['m5.larg', 'm5.large'],
])('a slip in what is excluded is refused, with the nearest: %s', (slip, nearest) => {
  expect(thrownBy(() => planWith({ exclude: ['t3a', slip] }), 'E_USAGE').problems).toEqual([
    `instances.exclude: no ${slip} is offered in any region; did you mean ${nearest}?`,
  ]);
});

test('what is excluded may be of another region, or of a kind that is never chosen', () => {
  expect(planWith({ exclude: ['g4dn', 'p5en.48xlarge', 'u-3tb1'] }).choice).toEqual(planWith(undefined).choice);
});

test('a restriction that leaves no type is refused with the nearest that works', () => {
  const error = thrownBy(() => planWith({ families: ['t4g'], architecture: 'x86_64' }), 'E_INFEASIBLE');
  expect(error.message).toMatch(
    /^instances: none of the \d+ types of us-east-1 is left \(only t4g; x86_64\); one of these/,
  );
  expect(error.problems[0]).toMatch(/^without instances.families: \d+ x .*USD\/month$/);
});

test('a restriction under which nothing keeps the service level is named as what could go', () => {
  const error = thrownBy(() => planWith({ families: ['t3.nano'] }, { p99Ms: 4 }), 'E_INFEASIBLE');
  expect(error.problems).toContainEqual(expect.stringMatching(/^without instances: \d+ x /));
});
