import { planSummary, planText, profileText } from '../../lib/report';
import { loadCatalogue, type ServiceLevel, sizingPlan } from '../../lib/sizing';
import { smoothDay } from '../../lib/sizing/service-level/day';
import { joiningProfile, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

const textOf = (level: Partial<ServiceLevel>, region = 'eu-west-1') =>
  planText(
    sizingPlan({
      profile: steadyProfile(4),
      manifest: manifestOf(),
      serviceLevel: serviceLevel(level),
      region,
      catalogue: loadCatalogue('us-east-1'), // whatever regions have one of their own here
    }),
  );

test('a plan for a group says what is chosen, what it costs and why the cheaper ones fail', () => {
  expect(
    textOf({ requestsPerSecond: 400, meanRequestsPerSecond: 120, p99Ms: 40, budgetUsdPerMonth: 600 }),
  ).toMatchSnapshot();
});

test('a plan for a single VM has no group and no loss in it', () => {
  const text = textOf({ requestsPerSecond: 5, availability: 'single' }, 'us-east-1');
  expect(text).toMatchSnapshot();
  expect(text).not.toContain('stand in for');
});

test('the summary of a plan has what was asked, what is chosen and why, and the total of the bill', () => {
  const plan = sizingPlan({
    profile: steadyProfile(4),
    manifest: manifestOf(),
    serviceLevel: serviceLevel({ requestsPerSecond: 400, p99Ms: 40 }),
    region: 'us-east-1',
  });
  const [bill, ...before] = planSummary(plan, 'more is there').trimEnd().split('\n').reverse();
  expect(bill).toBe(`Bill     ${plan.cost.usdPerMonth.toFixed(2)} USD/month; more is there`);
  expect(planText(plan).split('\n').slice(0, before.length)).toEqual(before.reverse());
});

test('every line of the bill is its quantity times its price, as they are printed', () => {
  const text = textOf({ requestsPerSecond: 400, p99Ms: 40 }, 'us-east-1');
  const lines = [...text.matchAll(/ {2}([\d.]+) [A-Za-z ]+? {2,}([\d.]+) +([\d.]+)$/gm)].map((line) => line.slice(1));
  expect(lines.length).toBeGreaterThan(10);
  for (const [quantity, price, usd] of lines.map((line) => line.map(Number))) {
    // a quantity may be rounded to 0.5 % of itself
    expect(Math.abs(quantity! * price! - usd!)).toBeLessThan(0.01 + 0.006 * usd!);
  }
});

test('growth says that it is for a mean that grows alike, and for which traffic the next fleet is billed', () => {
  const text = textOf({ requestsPerSecond: 400, meanRequestsPerSecond: 120, p99Ms: 40 }).replaceAll(/\s+/g, ' ');
  expect(text).toMatch(/requests\/s within the service level if the mean grows alike;/);
  expect(text).toMatch(/Beyond: \d+ x \S+, for [\d.]+ USD\/month with that traffic/);
});

test.each([
  [{ requestsPerSecond: 1000, rowsPerRequest: 20, p99Ms: 600 }],
  [{ requestsPerSecond: 1, availability: 'instance' }],
] as const)('no line of the plan for %j is longer than 100 columns', (level) => {
  const lines = textOf(level).split('\n');
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
});

describe('a plan that follows the day', () => {
  const level = { requestsPerSecond: 2000, p99Ms: 60, availability: 'instance', day: smoothDay(0.4) } as const;
  const words = textOf(level).replaceAll(/\s+/g, ' ');

  test('says what was asked, how many instances it has by the hour, how it grows, and what that saves', () => {
    expect(words).toMatch(
      /2000 requests\/s at the peak, 800 in the mean, over the day 0 to 2000, rising by at most [\d.]+ in/,
    );
    expect(words).toMatch(/Chosen (\d+) to (\d+) x \S+ \(.*an autoscaling group in one zone, \1 to \d+ instances/);
    expect(words).toMatch(
      /Day instances by the hour (\d+ ){23}\d+, [\d.]+ in the mean\. A group grows in \d+ s; until then/,
    );
    expect(words).toMatch(/as many all day, \d+ x \S+, would cost [\d.]+ USD\/month more/);
    expect(words).toMatch(/Bill: .* at the mean rate all month .* \d+ to \d+ x \S+ [\d.]+ instances/);
  });

  test('has no line longer than 100 columns', () => {
    expect(
      textOf(level)
        .split('\n')
        .filter((line) => line.length > 100),
    ).toEqual([]);
  });

  test('says so where the night saves nothing', () => {
    expect(textOf({ ...level, requestsPerSecond: 5 })).toContain('no group that shrinks at night would cost less');
  });
});

describe('a plan that joins requests', () => {
  const plan = sizingPlan({
    profile: joiningProfile(4, 0.2),
    manifest: manifestOf(),
    serviceLevel: serviceLevel({ requestsPerSecond: 5000, p99Ms: 60, availability: 'instance' }),
    region: 'us-east-1',
  });
  const text = planText(plan);

  test('says how many a run answers, and what that saves', () => {
    const { requestsPerRun, withoutJoining, choice } = plan;
    const { instances, instanceType, usdPerMonth } = withoutJoining!;
    const words = text.replaceAll(/\s+/g, ' ');
    expect(words).toContain(`Joined requests that wait are answered together, up to ${requestsPerRun} in a run`);
    expect(words).toContain(
      `with a run for each it would be ${instances} x ${instanceType}, so that it saves ${(usdPerMonth - choice.usdPerMonth).toFixed(2)} USD/month`,
    );
    expect(words).toMatch(/busy [\d.]+ % of the workers if runs are full, with the loss/);
    expect(words).toMatch(/\d+ x \S+, \d+ joined/);
  });

  test('has no line longer than 100 columns', () => {
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('is not mentioned where each request has a run of its own', () => {
    expect(textOf({ requestsPerSecond: 400 })).not.toMatch(/joined/i);
  });
});

test('a profile is a table by rows', () => {
  expect(profileText(steadyProfile(4))).toMatchSnapshot();
});

test('a profile from a restless machine says so', () => {
  const { machine } = steadyProfile(4);
  const text = profileText(steadyProfile(4, { machine: { ...machine, spread: 0.31 } }));
  expect(text).toContain('agree within 31 %');
  expect(text).toContain('profile again');
});
