import type { ComputeProfile, HostKind } from '../../lib/model/package/profile';
import { unsureLines } from '../../lib/report/unsure';
import { type Catalogue, type ServiceLevel, type SizingPlan, sizingPlan } from '../../lib/sizing';
import { thrownBy } from '../../testing/error-of';
import {
  catalogueOf,
  HTTP_MS,
  joiningProfile,
  manifestOf,
  serviceLevel,
  steadyProfile,
  typeNamed,
} from '../../testing/sizing/examples';

interface Case {
  profile?: ComputeProfile;
  level?: Partial<ServiceLevel>;
  catalogue?: Catalogue;
  modelBytes?: number;
  region?: string;
}

const planOf = ({ profile, level, catalogue, modelBytes, region = 'us-east-1' }: Case = {}) =>
  sizingPlan({
    profile: profile ?? steadyProfile(4),
    manifest: manifestOf('scalar', modelBytes),
    serviceLevel: serviceLevel({ bursts: 'none', ...level }), // so that they can be worked out by hand
    region,
    ...(catalogue && { catalogue }),
  });

describe('a plan worked out by hand', () => {
  // c7a.medium: one core of the profiled processor, so a request takes (4 + 0.03) x 1.13 = 4.554 ms there.
  const seconds = ((4 + HTTP_MS) * 1.13) / 1000;

  test('has the fewest instances whose survivors stay below 75 % busy', () => {
    // 450/s are 2.049 busy cores: at 75 % three must survive, and with p99 in 250 ms waiting does not matter
    const plan = planOf({
      level: { requestsPerSecond: 450, p99Ms: 250, availability: 'instance' },
      catalogue: catalogueOf('c7a.medium'),
    });
    expect(plan.choice.instances).toBe(4);
    expect(plan.predicted.utilisation).toBeCloseTo((450 * seconds) / 3, 4);
    expect(plan.predicted.maximumRequestsPerSecond).toBe(Math.floor((3 * 0.75) / seconds));
    expect(plan.binding).toBe(
      'with one instance fewer it fails on utilisation: workers 102 % busy with an instance lost, 75 % allowed',
    );
  });

  test('predicts the p99 by the waiting time of constant service', () => {
    const plan = planOf({
      level: { requestsPerSecond: 100, availability: 'instance' },
      catalogue: catalogueOf('c7a.medium'),
    });
    const ms = 1000 * seconds;
    const busy = 100 * seconds; // of the one survivor
    const wait = Math.log(busy / 0.01) / ((2 * (1 - busy)) / ms);
    expect(plan.choice.instances).toBe(2);
    expect(plan.predicted.p99Ms).toBeCloseTo(1.15 * (ms + wait) + 2, 2);
  });

  test('waits for up to two more of the same client where bursts are as usual, at five rates', () => {
    const plan = planOf({
      level: { requestsPerSecond: 60, availability: 'instance', bursts: undefined },
      catalogue: catalogueOf('c7a.medium'),
    });
    const ms = 1000 * seconds;
    const limit = (plan.predicted.p99Ms - 2) / 1.15;
    const late = [
      [1, 1.2],
      [4, 1.1],
      [6, 1],
      [4, 0.9],
      [1, 0.8],
    ].map(([sixteenths, times]) => {
      const busy = 60 * times! * seconds;
      const decay = (2 * (1 - busy)) / ms / (7 / 3);
      const behind = [3, 2, 1].map((sixths, others) => {
        const answer = (others + 1) * ms;
        return (sixths / 6) * (answer > limit ? 1 : busy * Math.exp(-decay * (limit - answer)));
      });
      return (sixteenths! / 16) * times! * behind.reduce((a, b) => a + b);
    });
    expect(late.reduce((a, b) => a + b)).toBeCloseTo(0.01, 3);
  });

  test('loses less of the fleet with a zone out of three than with one out of two', () => {
    const level = { requestsPerSecond: 3000, meanRequestsPerSecond: 300, p99Ms: 250 } as const;
    const plan = planOf({ level, catalogue: catalogueOf('c7a.large') });
    // 13.66 busy cores at 75 %: 10 instances of two must survive; 15 in three zones keep 10, in two zones it takes 20
    expect(plan).toMatchObject({ zones: 3, choice: { instances: 15 } });
  });
});

describe('the number of instances', () => {
  test('is one VM where a gap is tolerated', () => {
    const plan = planOf({ level: { availability: 'single', requestsPerSecond: 10 } });
    expect(plan).toMatchObject({
      zones: 1,
      instances: { minimum: 1, desired: 1, maximum: 1 },
      choice: { instances: 1 },
    });
  });

  test('is a group in one zone where no one VM carries the load, or several cost less', () => {
    const plan = planOf({ level: { availability: 'single', requestsPerSecond: 40_000 } });
    expect(plan).toMatchObject({ zones: 1 });
    expect(plan.choice.instances).toBeGreaterThan(1);
    expect(plan.instances.maximum).toBeGreaterThan(plan.instances.minimum);
    expect(plan.predicted.utilisation).toBeLessThanOrEqual(0.75);
  });

  test.each([
    ['instance', 1, 3],
    ['zone', 2, 4],
  ] as const)('is a group of at least two for availability %s', (availability, zones, maximum) => {
    const plan = planOf({ level: { availability, requestsPerSecond: 10 } });
    expect(plan).toMatchObject({ zones, choice: { instances: 2 } });
    expect(plan.instances).toEqual({ minimum: 2, desired: 2, maximum });
  });

  test('never grows beyond the budget', () => {
    const level = { requestsPerSecond: 10, availability: 'instance' } as const;
    const { cost } = planOf({ level });
    expect(planOf({ level: { ...level, budgetUsdPerMonth: cost.usdPerMonth } }).instances.maximum).toBe(2);
  });
});

describe('nodes of the load balancer', () => {
  const asked = { requestsPerSecond: 2000, p99Ms: 16, availability: 'zone', bursts: 'usual' } as const;
  const few = catalogueOf('c7a.medium', 'c7a.large');
  const planThrough = (balancerNodes?: number) =>
    planOf({ level: { ...asked, ...(balancerNodes && { balancerNodes }) }, catalogue: few });

  test('that are few take fewer instances where p99 decides, and many nearly as many as random routing', () => {
    const usd = [2, 3, 6, 100].map((nodes) => planThrough(nodes).choice.usdPerMonth);
    expect(usd).toEqual([...usd].sort((a, b) => a - b));
    expect(usd[0]).toBeLessThan(0.7 * planThrough().choice.usdPerMonth);
    expect(usd.at(-1)).toBeLessThanOrEqual(planThrough().choice.usdPerMonth);
    expect(usd.at(-1)).toBeGreaterThan(0.9 * planThrough().choice.usdPerMonth);
  });

  test('that nobody states are named with what few of them would save', () => {
    const { uncertainty } = planThrough();
    const zones = uncertainty.balancer!.nodes;
    expect(uncertainty.balancer!.next).toEqual(planThrough(zones).choice);
    expect(unsureLines(planThrough()).join()).toContain(`With ${zones} at the most`);
    expect(planThrough(zones).uncertainty.balancer).toBeUndefined();
  });

  test('are of no concern where p99 does not decide', () => {
    expect(planOf({ level: { ...asked, p99Ms: 500 }, catalogue: few }).uncertainty.balancer).toBeUndefined();
  });

  test.each([0, 1, 2.5, 101, Number.NaN])('cannot be %d', (balancerNodes) => {
    expect(thrownBy(() => planOf({ level: { balancerNodes } })).problems).toEqual([
      `balancerNodes must be a whole number of 2 to 100, as many as a load balancer can have, got ${balancerNodes}`,
    ]);
  });
});

describe('burstable types', () => {
  const level = { requestsPerSecond: 50, p99Ms: 250, availability: 'single' } as const;
  const surplusOf = (plan: SizingPlan) => plan.cost.lines.find(({ unit }) => unit === 'vCPU');

  test('are billed for what they need over their baseline', () => {
    const plan = planOf({ level, catalogue: catalogueOf('t3.medium') });
    // 25 % CPU at the peak, no mean given: of 80 % of the baseline, 20 % of two vCPU, 0.21 vCPU too much, at 0.05 USD
    const share = (0.05 * (4 + HTTP_MS) * (1.57 / 0.82) * 1.27) / 2;
    expect(surplusOf(plan)!.quantity).toBeCloseTo(2 * (share / 0.8 - 0.2), 3);
    expect(surplusOf(plan)!.usdPerMonth).toBeCloseTo(2 * (share / 0.8 - 0.2) * 0.05 * 730, 2);
  });

  test('are billed by what requests take where there are few of them', () => {
    const lit = (lightCpuMs: number) =>
      steadyProfile(4, { http: [0, 1].map((rows) => ({ rows, cpuMs: HTTP_MS, lightCpuMs })) });
    const boughtAt = (requestsPerSecond: number, lightCpuMs: number) => {
      const asked = { ...level, requestsPerSecond, p99Ms: 2000 };
      const plan = planOf({ profile: lit(lightCpuMs), level: asked, catalogue: catalogueOf('t3.medium') });
      return (surplusOf(plan)?.quantity ?? 0) / plan.choice.instances;
    };
    const slower = (1.57 / 0.82) * 1.27;
    const share = (rate: number) => (rate * (4 + HTTP_MS) * slower) / 2 / 1000;
    const more = 5 / (4 + HTTP_MS);
    // a tenth of a vCPU is where light load was measured, 0.6 where busy load was; between them a line
    const light = 0.1 * (1 + more);
    const at = (rate: number) => light + ((share(rate) - 0.1) * (0.6 - light)) / 0.5;
    expect(boughtAt(20, HTTP_MS + 5)).toBeCloseTo(2 * ((share(20) * (1 + more)) / 0.8 - 0.2), 3);
    expect(boughtAt(50, HTTP_MS + 5)).toBeCloseTo(2 * (at(50) / 0.8 - 0.2), 3);
    expect(boughtAt(50, HTTP_MS + 5)).toBeGreaterThan(boughtAt(50, HTTP_MS) + 0.2);
    expect(share(20)).toBeLessThan(0.1);
    expect(share(50)).toBeGreaterThan(0.2);
  });

  test('of a profile without light load are billed as under load, and the plan doubts it', () => {
    const http = [0, 1].map((rows) => ({ rows, cpuMs: HTTP_MS }));
    const plan = planOf({ profile: steadyProfile(4, { http }), level, catalogue: catalogueOf('t3.medium') });
    expect(plan.cost).toEqual(planOf({ level, catalogue: catalogueOf('t3.medium') }).cost);
    expect(plan.uncertainty.doubts).toEqual([expect.stringMatching(/^CPU time at light load, .* profile again$/)]);
  });

  test('are left for another type where that comes cheaper', () => {
    const dear = { ...level, requestsPerSecond: 115, meanRequestsPerSecond: 110 };
    expect(planOf({ level, catalogue: catalogueOf('t3.medium', 'm5.large') }).choice.instanceType).toBe('t3.medium');
    expect(planOf({ level: dear, catalogue: catalogueOf('t3.xlarge', 'c7a.medium') }).choice.instanceType).toBe(
      'c7a.medium',
    );
  });

  test('cost nothing over their price when the mean is below the baseline', () => {
    const plan = planOf({ level: { ...level, meanRequestsPerSecond: 20 }, catalogue: catalogueOf('t3.medium') });
    expect(surplusOf(plan)).toBeUndefined();
  });

  test('of a flex family are refused where they would be throttled', () => {
    const catalogue = catalogueOf('m7i-flex.2xlarge', 'm7i.2xlarge');
    const busy = { ...level, requestsPerSecond: 500 };
    const plan = planOf({ level: busy, catalogue });
    expect(plan.choice.instanceType).toBe('m7i.2xlarge');
    expect(plan.rejected).toMatchObject([
      {
        instanceType: 'm7i-flex.2xlarge',
        reason: expect.stringMatching(
          /^burstable: CPU \d+ % at the peak and no mean rate given, 32 % of its 40 % baseline allowed/,
        ),
      },
    ]);
    const mean = { ...busy, meanRequestsPerSecond: 300 };
    expect(planOf({ level: mean, catalogue }).choice.instanceType).toBe('m7i-flex.2xlarge');
  });

  test('are watched at their baseline, unless the mean is known to be below it', () => {
    const catalogue = catalogueOf('t3.medium');
    const steady = planOf({ level: { ...level, availability: 'zone', requestsPerSecond: 20 }, catalogue });
    expect(steady.alarms.cpuPercent).toBe(20);
    expect(steady.scalingTargetCpuPercent).toBeLessThanOrEqual(20);
    const bursts = planOf({ level: { ...level, meanRequestsPerSecond: 10 }, catalogue }); // 27 % at its peak
    expect(bursts.alarms.cpuPercent).toBe(45); // its one worker 90 % busy on two vCPU
  });
});

test('a type is not chosen for more zones than offer it', () => {
  const [type] = catalogueOf('c7a.medium').types;
  const oneZone = { ...catalogueOf(), types: [{ ...type!, zones: ['use1-az4'] }] };
  expect(planOf({ level: { availability: 'single', requestsPerSecond: 10 }, catalogue: oneZone })).toMatchObject({
    zones: 1,
    offeredIn: ['use1-az4'],
  });
  const error = thrownBy(
    () => planOf({ level: { availability: 'zone', requestsPerSecond: 10 }, catalogue: oneZone }),
    'E_INFEASIBLE',
  );
  expect(error.message).toContain('fails on zones: offered in one zone, 2 needed');
  expect(error.problems).toContainEqual(expect.stringMatching(/^availability instance: 2 x c7a.medium/));
  const cheap = { ...typeNamed('t3a.small'), zones: ['use1-az4'] };
  const { rejected } = planOf({
    level: { availability: 'zone', requestsPerSecond: 10 },
    catalogue: { ...oneZone, types: [type!, cheap] },
  });
  expect(rejected).toMatchObject([{ instanceType: 't3a.small', reason: 'zones: offered in one zone, 2 needed' }]);
});

test('a catalogue in which nothing has a price is told to be renewed', () => {
  const error = thrownBy(() => planOf({ catalogue: catalogueOf() }), 'E_FILE');
  expect(error.message).toMatch(/has no instance type with a price .*"slipway catalog refresh --region us-east-1"/);
});

test('a model that takes too long to come to an instance is refused there', () => {
  const huge = { profile: { ...steadyProfile(4), memory: { ...steadyProfile(4).memory } }, modelBytes: 60e9 };
  const error = thrownBy(
    () => planOf({ ...huge, catalogue: catalogueOf('c5a.2xlarge', 'r7i.4xlarge') }),
    'E_INFEASIBLE',
  );
  expect(error.message).toMatch(/fails on start: the model takes \d+ s to come to an instance with \d+ MB\/s/);
});

describe('threads', () => {
  const scan = [1, 2, 4].map((threads) => ({ threads, rows: 1, cpuMs: 40, wallMs: 40 / threads }));
  const profile = steadyProfile(40, { threads: scan });
  const planFor = (p99Ms: number, measured = profile) =>
    sizingPlan({
      profile: measured,
      manifest: manifestOf('gemm'),
      serviceLevel: serviceLevel({ p99Ms, requestsPerSecond: 4, bursts: 'none' }),
      region: 'us-east-1',
      catalogue: catalogueOf('c7a.medium', 'c7a.xlarge'),
    });

  test('are used where one run on one core is too slow, and not before', () => {
    expect(planFor(140)).toMatchObject({ threadsPerWorker: 1, choice: { instanceType: 'c7a.medium' } });
    expect(planFor(60)).toMatchObject({
      threadsPerWorker: 2,
      workersPerInstance: 2,
      choice: { instanceType: 'c7a.xlarge' },
    });
    expect(planFor(30)).toMatchObject({ threadsPerWorker: 4, workersPerInstance: 1 });
  });

  test('are not planned for the native engine, which has one, though a restless machine measured a gain', () => {
    const native = { ...profile, machine: { ...profile.machine, engineKind: 'native' } } as const;
    expect(planFor(100, native)).toMatchObject({ threadsPerWorker: 1 });
    thrownBy(() => planFor(25, native), 'E_INFEASIBLE');
  });
});

describe('joined requests', () => {
  const profile = joiningProfile(4, 0.2);
  const catalogue = catalogueOf('c7a.medium');
  const level = { requestsPerSecond: 1000, p99Ms: 250, availability: 'instance' } as const;
  const plan = planOf({ profile, catalogue, level });
  /** A run of 16 on c7a.medium. */
  const runMs = (4 + 16 * 0.2 + 16 * HTTP_MS) * 1.13;

  test('make do with fewer instances, worked out by hand', () => {
    // alone: 4.78 busy cores, seven survivors; by 16: 0.543 of one; by 8 it would be 0.82, more than 75 %
    expect(plan).toMatchObject({ requestsPerRun: 16, choice: { instances: 2, requestsPerRun: 16 } });
    expect(plan.withoutJoining).toMatchObject({ instanceType: 'c7a.medium', instances: 8 });
    expect(plan.withoutJoining!.usdPerMonth).toBeGreaterThan(plan.cost.usdPerMonth);
    expect(plan.predicted.utilisation).toBeCloseTo(runMs / 16, 4);
  });

  test('wait for the run before, and as groups', () => {
    const limit = (plan.predicted.p99Ms - 2) / 1.15;
    const decay = (2 * (1 / runMs - 1 / 16)) / (1 / 16);
    const late = Array.from({ length: 20 }, (_, i) => {
      const answer = runMs * (1 + (i + 0.5) / 20);
      return answer > limit ? 1 : (runMs / 16) * Math.exp(-decay * (limit - answer));
    });
    expect(late.reduce((a, b) => a + b) / 20).toBeCloseTo(0.01, 3);
  });

  test('are no more than are needed', () => {
    const fewer = planOf({ profile, catalogue, level: { ...level, requestsPerSecond: 500 } });
    expect(fewer).toMatchObject({ requestsPerRun: 4, choice: { instances: 2 } }); // 0.65 busy; by 2 it would be 1.2
    expect(planOf({ profile, catalogue, level: { ...level, requestsPerSecond: 100 } })).toMatchObject({
      requestsPerRun: 1,
      choice: { instances: 2 },
    });
  });

  test('are not counted on where a run more to wait for is too long', () => {
    const hasty = planOf({ profile, catalogue, level: { ...level, requestsPerSecond: 100, p99Ms: 12 } });
    expect(hasty.requestsPerRun).toBe(1);
  });

  test('have the fleet grow, and somebody told, by requests instead of CPU', () => {
    const most = plan.predicted.maximumRequestsPerSecond;
    expect(plan.scalingTargetCpuPercent).toBeUndefined();
    expect(plan.scalingTargetRequestsPerMinute).toBe(Math.floor((60 * most) / 2));
    expect(plan.alarms).toMatchObject({ requestsPerSecond: most });
    expect(plan.alarms.cpuPercent).toBeUndefined();
    const alone = planOf({ catalogue, level });
    expect(alone.scalingTargetRequestsPerMinute).toBeUndefined();
    expect(alone.alarms.requestsPerSecond).toBeUndefined();
  });

  test('save no credits: without any to join with they take as much CPU as ever', () => {
    const burstable = planOf({ profile, catalogue: catalogueOf('t3.medium'), level });
    expect(burstable.requestsPerRun).toBeGreaterThan(1);
    const surplus = burstable.cost.lines.find(({ item }) => /credit/i.test(item))!;
    // all of both vCPUs but the baseline of 20 %, which is more than they can use once requests join
    expect(surplus.quantity).toBeCloseTo(burstable.choice.instances * 2 * 0.8, 2);
  });
});

describe('what would change the plan', () => {
  test('growth is bound by what breaks first, which need not be the processor', () => {
    const level = { requestsPerSecond: 100, p99Ms: 250, availability: 'instance' } as const;
    const catalogue = catalogueOf('c7a.medium');
    expect(planOf({ level, catalogue }).growth.bound).toMatch(/^utilisation: workers 75\.\d+ % busy/);
    const small = steadyProfile(0.05);
    const wide = { ...small, bytesPerRow: { request: 100_000, answer: 20 } };
    expect(planOf({ level, catalogue, profile: wide }).growth.bound).toMatch(/^network: [\d.]+ Mbit\/s/);
  });

  test.each([0.05, 0.7, 4, 60])(
    'what one request too many breaks is over its limit to the eye, for runs of %d ms',
    (ms) => {
      const level = { requestsPerSecond: 100, p99Ms: 250, availability: 'instance' } as const;
      const { bound } = planOf({ level, profile: steadyProfile(ms) }).growth;
      const [over, limit] = /: (?:workers )?([\d.]+) .*, ([\d.]+) \S+ allowed/.exec(bound!)!.slice(1).map(Number);
      expect(over).toBeGreaterThan(limit!);
    },
  );

  test.each([
    [99.7, 2.7],
    [2.1, 0.02],
    [1733.3, 400],
  ])('growth of %d requests/s with %d USD to spare never ends below what is asked', (requestsPerSecond, spare) => {
    const level = { requestsPerSecond, availability: 'instance' } as const;
    const small = { level, catalogue: catalogueOf('c7a.medium'), profile: steadyProfile(0.1) };
    const budgetUsdPerMonth = planOf(small).cost.usdPerMonth + spare;
    const { growth } = planOf({ ...small, level: { ...level, budgetUsdPerMonth } });
    expect(growth.upToRequestsPerSecond).toBeGreaterThanOrEqual(requestsPerSecond);
  });

  test('growth ends where the bill is over the budget, though the fleet could carry more', () => {
    const level = { requestsPerSecond: 100, meanRequestsPerSecond: 50, availability: 'instance' } as const;
    const small = { level, catalogue: catalogueOf('c7a.medium'), profile: steadyProfile(0.1) };
    const { cost, growth: unbounded } = planOf(small);
    const budgetUsdPerMonth = cost.usdPerMonth + 5;
    const at = (peak: number) =>
      planOf({
        ...small,
        level: { ...level, requestsPerSecond: peak, meanRequestsPerSecond: peak / 2, budgetUsdPerMonth },
      });
    const { growth } = at(100);
    expect(growth.upToRequestsPerSecond).toBeLessThan(unbounded.upToRequestsPerSecond);
    expect(growth.bound).toMatch(/^budget: [\d.]+ USD\/month, [\d.]+ allowed$/);
    expect(growth.next).toBeUndefined();
    expect(at(growth.upToRequestsPerSecond).choice).toMatchObject({ instanceType: 'c7a.medium', instances: 2 });
    thrownBy(() => at(growth.upToRequestsPerSecond + 1), 'E_INFEASIBLE');
  });

  test('a profile of few runs, of a restless machine, or by another Node.js is doubted in the plan', () => {
    const profile = steadyProfile(4);
    expect(planOf({ profile }).uncertainty).not.toHaveProperty('doubts');
    const few = { ...profile, batches: profile.batches.map((batch) => ({ ...batch, samples: 15 })) };
    const doubtful = { ...few, machine: { ...few.machine, spread: 0.23, node: '20.20.2' } };
    expect(planOf({ profile: doubtful }).uncertainty.doubts).toEqual([
      expect.stringMatching(/^a request of 1 row was run 15 times only/),
      expect.stringMatching(/^measuring windows differed by 23 %/),
      expect.stringMatching(/^it was measured with Node\.js 20\.20\.2, and instances run 24\./),
    ]);
  });

  test('what a busy machine did, and rows out of order, are doubted', () => {
    const profile = steadyProfile(4);
    const on = (others: number, stolen: number): ComputeProfile => ({
      ...profile,
      machine: { ...profile.machine, disturbance: { others, stolen, switchesPerSecond: 9 } },
    });
    expect(planOf({ profile: on(0.15, 0.01) }).uncertainty).not.toHaveProperty('doubts');
    expect(planOf({ profile: on(0.4, 0.01) }).uncertainty.doubts).toEqual([
      expect.stringMatching(/^other programs had 40 % of the processors/),
    ]);
    expect(planOf({ profile: on(0.4, 0.07) }).uncertainty.doubts).toEqual([
      expect.stringMatching(/^the host gave 7 % of the processors/),
    ]);
    const [one, two] = profile.batches;
    const disordered = { ...profile, batches: [{ ...one!, cpuMs: 9 }, two!] };
    expect(planOf({ profile: disordered }).uncertainty.doubts).toEqual([
      'a request of 1 row took more CPU time than one with more rows: profile again',
    ]);
  });

  test('a plan near a border names the fleets on its other side', () => {
    const level = { requestsPerSecond: 100, p99Ms: 250, availability: 'instance' } as const;
    const catalogue = catalogueOf('c7a.medium');
    const at = (ms: number) => planOf({ profile: steadyProfile(ms), level, catalogue });
    // the CPU time at which another instance is needed, by halves
    let [few, many] = [4, 40];
    const { instances } = at(few).choice;
    for (let step = 0; step < 20; step++) {
      const middle = (few + many) / 2;
      if (at(middle).choice.instances > instances) many = middle;
      else few = middle;
    }
    expect(at(few / 1.1).uncertainty).not.toHaveProperty('border');
    expect(at(few / 1.01).uncertainty.border).toEqual({ off: 0.03, more: at(many).choice });
    expect(at(many * 1.01).uncertainty.border).toEqual({ off: 0.03, less: at(few).choice });
    expect(unsureLines(at(few / 1.01))).toContainEqual(
      expect.stringMatching(/^near a border, .* CPU time of 3 % more: \d+ x c7a\.medium, [\d.]+ USD\/month\. /),
    );
  });

  test('a profile made where others share the processors says so, and the plan names the fleets that it may be', () => {
    const level = { requestsPerSecond: 100, p99Ms: 250, availability: 'instance' } as const;
    const catalogue = catalogueOf('c7a.medium');
    const at = (ms: number, host: HostKind) => {
      const profile = steadyProfile(ms);
      return planOf({ profile: { ...profile, machine: { ...profile.machine, host } }, level, catalogue });
    };
    const fleets = [0.6, 0.8, 1, 1.2, 1.4].map((times) => at(30 * times, 'dedicated').choice);
    expect(new Set(fleets.map(({ instances }) => instances)).size).toBe(5);
    const plan = at(30, 'shared');
    expect(plan.choice).toEqual(fleets[2]);
    const { between, ...ends } = plan.uncertainty.border!;
    expect(ends).toEqual({ off: 0.4, less: fleets[0], more: fleets[4] });
    expect(between).toEqual(expect.arrayContaining([fleets[1], fleets[3]]));
    expect(plan.uncertainty.doubts).toEqual([
      expect.stringMatching(/^other machines may share the processors .* another profile may differ by 40 %/),
    ]);
    expect(unsureLines(plan)).toContainEqual(
      expect.stringMatching(/CPU time of 40 % less: \d+ x [^;]*; in between: \d+ x .*; 40 % more: \d+ x /),
    );
    expect(at(30, 'dedicated').uncertainty).not.toHaveProperty('doubts');
  });

  test('fleets of other types that another profile may give are named, however few of the interval they are for', () => {
    const level = { requestsPerSecond: 2000, p99Ms: 100, availability: 'zone' } as const;
    const shared = (ms: number): ComputeProfile => {
      const profile = steadyProfile(ms);
      return { ...profile, machine: { ...profile.machine, host: 'shared' } };
    };
    const plan = planOf({ profile: shared(2), level });
    const { less, between = [], more } = plan.uncertainty.border!;
    const named = [plan.choice, less, ...between, more].filter((fleet) => fleet !== undefined);
    for (let times = 0.65; times < 1.4; times += 0.1) {
      const { instanceType, usdPerMonth } = planOf({ profile: shared(2 * times), level }).choice;
      expect(named.map((fleet) => fleet.instanceType)).toContain(instanceType);
      expect(usdPerMonth).toBeGreaterThanOrEqual(less!.usdPerMonth);
      expect(usdPerMonth).toBeLessThanOrEqual(more!.usdPerMonth);
    }
    expect(new Set(named.map(({ instanceType }) => instanceType)).size).toBeGreaterThan(1);
    expect(unsureLines(plan)).toContainEqual(expect.stringContaining('; in between: '));
  });

  test('requests of more rows than were measured, or than the handler takes as JSON, are doubted', () => {
    const doubtsFor = (rowsPerRequest: number) =>
      planOf({ profile: steadyProfile(0.001), level: { rowsPerRequest, p99Ms: 500 } }).uncertainty.doubts;
    expect(doubtsFor(2)).toBeUndefined();
    expect(doubtsFor(3)).toEqual([expect.stringMatching(/^the largest run has 2 rows: one of 3 is taken/)]);
    expect(doubtsFor(40_000)).toEqual([
      expect.anything(),
      expect.stringMatching(
        /^40000 rows are 7\.6 MiB of JSON, and the handler takes 6\.0 MiB in a request: send fewer/,
      ),
    ]);
  });

  test('is the traffic at which another fleet is the answer', () => {
    const level = { requestsPerSecond: 100, p99Ms: 250, availability: 'instance' } as const;
    const catalogue = catalogueOf('c7a.medium', 'c7a.large');
    const { growth } = planOf({ level, catalogue });
    const after = planOf({ level: { ...level, requestsPerSecond: growth.upToRequestsPerSecond + 1 }, catalogue });
    expect(growth.next).toEqual(after.choice);
    const before = planOf({ level: { ...level, requestsPerSecond: growth.upToRequestsPerSecond - 1 }, catalogue });
    expect(before.choice).toMatchObject({ instanceType: 'c7a.medium', instances: 2 });
    const single = { ...level, availability: 'single', requestsPerSecond: 10 } as const;
    const one = catalogueOf('c7a.medium');
    const vm = planOf({ level: single, catalogue: one });
    expect(vm.growth.next).toMatchObject({ instanceType: 'c7a.medium', instances: 2 });
    const budgetUsdPerMonth = vm.cost.usdPerMonth + 5;
    expect(planOf({ level: { ...single, budgetUsdPerMonth }, catalogue: one }).growth.next).toBeUndefined();
  });

  test('is a profile on the type that doubt alone keeps from being chosen', () => {
    const catalogue = catalogueOf('c7g.medium', 'c7a.medium');
    const level = { requestsPerSecond: 90, p99Ms: 250, availability: 'single' } as const;
    const { choice, uncertainty } = planOf({ level, catalogue });
    expect(choice.instanceType).toBe('c7a.medium');
    expect(uncertainty.profileOn).toMatchObject({ instanceType: 'c7g.medium', usdPerHour: 0.03625 });
    expect(uncertainty.profileOn!.next.usdPerMonth).toBeLessThan(choice.usdPerMonth);
    expect(planOf({ level, catalogue: catalogueOf('c7a.medium') }).uncertainty.profileOn).toBeUndefined();
  });

  test('is shown beside what is likely, which is never worse than what is planned with', () => {
    const { likely, predicted } = planOf();
    expect(likely.p99Ms).toBeLessThan(predicted.p99Ms);
    expect(likely.utilisation).toBeLessThan(predicted.utilisation);
  });
});

test('the profiled processor is recognised though it may not be chosen', () => {
  const plan = planOf({ level: { availability: 'single', requestsPerSecond: 20 }, catalogue: catalogueOf('m5.large') });
  expect(plan.uncertainty).toEqual({
    factor: 1.27,
    reason: expect.stringMatching(/^profiled on EPYC 9R14; Xeon 8259CL has the same instruction set/),
  });
});

test('matrix units of the choice and of runners-up are named as not counted, where a model could use them', () => {
  const named = (computeClass: 'gemm' | 'scalar', ...types: string[]) => {
    const plan = sizingPlan({
      profile: steadyProfile(4),
      manifest: manifestOf(computeClass),
      serviceLevel: serviceLevel({ availability: 'single', requestsPerSecond: 20 }),
      region: 'us-east-1',
      catalogue: catalogueOf(...types),
    });
    const told = unsureLines(plan).filter((line) => line.startsWith('matrix units are not counted'));
    return [plan.uncertainty.matrixUnits, told.join()] as const;
  };
  const [units, text] = named('gemm', 'c7a.large', 'c7i.xlarge', 'c7i.2xlarge', 'c8g.large');
  expect(units).toEqual([
    { units: 'AMX', cpu: 'Xeon 8488C', instanceType: 'c7i.xlarge' },
    { units: 'SMMLA and BFMMLA', cpu: 'Graviton4', instanceType: 'c8g.large' },
  ]);
  expect(text).toContain('c7i.xlarge (Xeon 8488C) has AMX');
  expect(named('gemm', 'c7a.large', 'm5.large')).toEqual([undefined, '']);
  expect(named('scalar', 'c7a.large', 'c7i.large')).toEqual([undefined, '']);
});

describe('what follows from the choice', () => {
  test('a queue holds what can be answered within the deadline, and a batch of golden rows in any case', () => {
    const catalogue = catalogueOf('c7a.medium');
    const queue = (p99Ms: number) => planOf({ level: { p99Ms, requestsPerSecond: 20 }, catalogue }).queueRows;
    expect(queue(50)).toBe(256);
    expect(queue(4000)).toBe(Math.floor(3998 / (4.03 * 1.13)));
  });

  test('a request may wait ten times the p99, at least a second, and not longer than a handler takes to stop', () => {
    const catalogue = catalogueOf('c7a.medium');
    const deadline = (p99Ms: number) => planOf({ level: { p99Ms, requestsPerSecond: 20 }, catalogue }).deadlineMs;
    expect([50, 400, 4000].map(deadline)).toEqual([1000, 4000, 25_000]);
  });

  test('the scaling target is the CPU at which the fleet could just bear the loss', () => {
    const plan = planOf({ level: { requestsPerSecond: 100, p99Ms: 250 }, catalogue: catalogueOf('c7a.medium') });
    expect(plan.choice.instances).toBe(2); // one survives at 75 %: 37.5 % of both
    expect(plan.scalingTargetCpuPercent).toBe(37);
  });

  test('workers are as many as run at full speed and fit in memory', () => {
    const large = { ...steadyProfile(4), memory: { baseMiB: 60, loadedMiB: 1500, loadPeakMiB: 1500, sharedMiB: 0 } };
    const catalogue = catalogueOf('c7a.xlarge');
    expect(planOf({ catalogue }).workersPerInstance).toBe(4);
    const plan = planOf({ catalogue, profile: large });
    expect(plan.workersPerInstance).toBe(4);
    expect(planOf({ catalogue: catalogueOf('c7a.large'), profile: large }).workersPerInstance).toBe(1);
    expect(plan.predicted.memoryMiB).toBeLessThanOrEqual(plan.memoryLimitMiB);
    expect(plan.memoryLimitMiB).toBeLessThan(plan.choice.memoryMiB);
  });

  test('a large model gets more time to boot and more disk', () => {
    const small = planOf();
    const big = planOf({ modelBytes: 4e9 });
    expect(big.healthCheckGraceSeconds).toBeGreaterThan(small.healthCheckGraceSeconds);
    expect(big.bootTimeoutSeconds).toBeGreaterThan(big.healthCheckGraceSeconds);
    expect(big.volumeGiB).toBeGreaterThan(small.volumeGiB);
  });

  test('prices of another region are named as what they are', () => {
    expect(planOf({ region: 'eu-west-1' })).toMatchObject({
      region: 'eu-west-1',
      catalogue: { priceRegion: 'us-east-1' },
    });
  });

  test('there are five runners-up, none cheaper, and reasons for every cheaper type', () => {
    const plan = planOf({ level: { requestsPerSecond: 2000 } });
    expect(plan.runnersUp).toHaveLength(5);
    for (const { usdPerMonth } of plan.runnersUp) expect(usdPerMonth).toBeGreaterThanOrEqual(plan.cost.usdPerMonth);
    expect(plan.rejected.length).toBeGreaterThan(0);
    for (const { usdPerMonth, reason } of plan.rejected) {
      expect(usdPerMonth).toBeLessThan(plan.cost.usdPerMonth);
      expect(reason).toMatch(/^(memory|utilisation|p99|burstable|network): /);
    }
  });

  test('the same request gives the same plan', () => {
    expect(JSON.stringify(planOf())).toBe(JSON.stringify(planOf()));
  });
});

describe('when nothing will do', () => {
  test('a budget that is too small is told what it must be', () => {
    const error = thrownBy(() => planOf({ level: { budgetUsdPerMonth: 20 } }), 'E_INFEASIBLE');
    const { choice } = planOf();
    expect(error.message).toBe(
      'the budget of 20.00 USD/month is too small: the cheapest fleet that keeps the service level, ' +
        `${choice.instances} x ${choice.instanceType}, costs ${choice.usdPerMonth.toFixed(2)} USD/month; ` +
        'one of these would do',
    );
    expect(error.problems[0]).toMatch(/^a budget of [\d.]+ USD\/month: /);
  });

  test('a p99 below the time of one run is named, with one that can be kept', () => {
    const level = { p99Ms: 5 };
    const error = thrownBy(() => planOf({ level }), 'E_INFEASIBLE');
    expect(error.message).toMatch(/fails on p99: \d+\.\d ms with a zone lost, 5 ms allowed; one of these would do/);
    const relaxed = Number(/^p99 of ([\d.]+) ms: /.exec(error.problems[0]!)![1]);
    expect(planOf({ level: { p99Ms: relaxed } }).cost.usdPerMonth).toBeGreaterThan(0);
    thrownBy(() => planOf({ level: { p99Ms: relaxed * 0.85 } }), 'E_INFEASIBLE');
  });

  test('fewer requests at the peak are fewer in the mean where the mean would be above the peak', () => {
    const level = { requestsPerSecond: 100, meanRequestsPerSecond: 99, availability: 'single' } as const;
    const profile = steadyProfile(0.1);
    const least = planOf({ level: { ...level, requestsPerSecond: 2, meanRequestsPerSecond: 2 }, profile });
    const budgetUsdPerMonth = least.cost.usdPerMonth + 0.5;
    const error = thrownBy(() => planOf({ level: { ...level, budgetUsdPerMonth }, profile }), 'E_INFEASIBLE');
    const change = error.problems.find((line) => line.includes('at the peak and in the mean'))!;
    const rate = Number(/^([\d.]+) requests\/s, at the peak and in the mean: /.exec(change)![1]);
    const relaxed = planOf({
      level: { ...level, requestsPerSecond: rate, meanRequestsPerSecond: rate, budgetUsdPerMonth },
      profile,
    });
    expect(change).toContain(`${relaxed.cost.usdPerMonth.toFixed(2)} USD/month`);
  });

  test('a request of too many rows is told how many would do', () => {
    const error = thrownBy(() => planOf({ level: { rowsPerRequest: 60_000 } }), 'E_INFEASIBLE');
    const rows = Number(/^(\d+) rows? in a request: /.exec(error.problems.at(-1)!)![1]);
    expect(planOf({ level: { rowsPerRequest: rows } }).cost.usdPerMonth).toBeGreaterThan(0);
    thrownBy(() => planOf({ level: { rowsPerRequest: rows + 1 } }), 'E_INFEASIBLE');
  });

  test('a model that fits in no instance is told how much memory it needs', () => {
    const profile = {
      ...steadyProfile(4),
      memory: { baseMiB: 60, loadedMiB: 5_000_000, loadPeakMiB: 5_000_000, sharedMiB: 0 },
    };
    const error = thrownBy(() => planOf({ profile }), 'E_INFEASIBLE');
    expect(error.message).toMatch(/fails on memory: 5500\d\d\d MiB needed, \d+ MiB usable; no single change/);
    expect(error.problems).toEqual([]);
  });

  test('what handler and load balancer refuse is not planned', () => {
    const level = { rowsPerRequest: 1e12, p99Ms: 61_000 };
    expect(thrownBy(() => planOf({ level }), 'E_USAGE').problems).toEqual([
      'p99Ms must be at most 60000, got 61000: the load balancer gives up what takes longer',
      'rowsPerRequest must be at most 65536, got 1000000000000: the handler takes no more in a request',
    ]);
  });

  test('a service level that makes no sense has all its mistakes listed', () => {
    const level = { requestsPerSecond: 0, p99Ms: Number.NaN, rowsPerRequest: 1.5, meanRequestsPerSecond: 7 };
    expect(thrownBy(() => planOf({ level }), 'E_USAGE').problems).toEqual([
      'requestsPerSecond must be a positive number, got 0',
      'p99Ms must be a positive number, got NaN',
      'rowsPerRequest must be a whole number of at least 1, got 1.5',
      'meanRequestsPerSecond is 7, more than the peak requestsPerSecond of 0',
    ]);
  });
});

test.each(['native', 'onnxruntime'] as const)('a model that was measured with %s is served by it', (engineKind) => {
  const profile = steadyProfile(4);
  expect(planOf({ profile: { ...profile, machine: { ...profile.machine, engineKind } } }).engine).toBe(engineKind);
});
