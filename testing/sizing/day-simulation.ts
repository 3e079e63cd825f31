/**
 * A day of a group that follows its load, minute by minute: alarms on three and on fifteen datapoints, instances that take
 * their time to come. Then the hardest minutes request by request. It shares no formula with lib/sizing.
 */
import type { SizingPlan } from '../../lib/sizing';
import { FRONT_DOOR_MS, runOf } from './judge-target';
import { remaining } from './oracle';
import type { RandomTarget } from './random-target';
import { SHAPES, simulatedP99 } from './simulation';

const MINUTES = 24 * 60;
/** The minute under way has no datapoint, and the one before comes a minute later. */
const METRIC_MINUTES = 2;
const GROWS_AFTER = 3;
const SHRINKS_AFTER = 15;

export interface SimulatedDay {
  /** Instances that are paid for, in the mean. */
  readonly meanInstances: number;
  /** What the instances in service have to do, by the minute. */
  readonly minutes: readonly { readonly inService: number; readonly requestsPerSecond: number }[];
}

/** Requests a second at a minute, which may be a fraction. */
function rateAt({ serviceLevel: { day, requestsPerSecond } }: RandomTarget, minute: number): number {
  const hour = Math.floor((minute / 60) % 24);
  const [from, to] = [day![hour]!, day![(hour + 1) % 24]!];
  return requestsPerSecond * (from + (to - from) * ((minute % 60) / 60));
}

/** Requests a second of an instance that is as busy as the group aims at. */
function targetRate(target: RandomTarget, plan: SizingPlan): number {
  if (plan.scalingTargetRequestsPerMinute !== undefined) return plan.scalingTargetRequestsPerMinute / 60;
  const runMs = runOf(target, { ...plan, threadsPerWorker: 1 });
  let cpuMs = 0;
  for (let i = 0; i < 2000; i++) cpuMs += runMs((i + 0.5) / 2000, 1) / 2000;
  return (plan.scalingTargetCpuPercent! * 10 * plan.choice.vCpus) / cpuMs;
}

/** The second of two days, so that nothing depends on how it began. */
export function simulatedDay(target: RandomTarget, plan: SizingPlan): SimulatedDay {
  const { minimum, maximum } = plan.instances;
  const aim = targetRate(target, plan);
  const bootMinutes = plan.daily!.growSeconds / 60 - GROWS_AFTER - METRIC_MINUTES; // launch, and until it gets requests
  let inService = minimum;
  const coming: number[] = []; // minutes at which they will be in service
  /** What an instance had to do over its aim, by the minute. */
  const load: number[] = [];
  const served: number[] = [];
  const minutes: SimulatedDay['minutes'][number][] = [];
  let paid = 0;
  for (let minute = 0; minute < 2 * MINUTES; minute++) {
    while (coming.length > 0 && coming[0]! <= minute) {
      coming.shift();
      inService++;
    }
    const rate = rateAt(target, minute + 0.5);
    load.push(rate / inService / aim);
    served.push(inService);
    const seen = load.slice(0, load.length - METRIC_MINUTES);
    const wanted = inService + coming.length;
    const needed = Math.ceil((served[seen.length - 1] ?? 0) * (seen.at(-1) ?? 0));
    if (seen.length >= GROWS_AFTER && seen.slice(-GROWS_AFTER).every((value) => value > 1) && needed > wanted) {
      for (let n = wanted; n < Math.min(needed, maximum); n++) coming.push(minute + bootMinutes);
    } else if (seen.length >= SHRINKS_AFTER && seen.slice(-SHRINKS_AFTER).every((value) => value < 0.9)) {
      if (coming.length === 0) inService = Math.max(minimum, Math.min(inService, needed));
    }
    if (minute < MINUTES) continue;
    minutes.push({ inService, requestsPerSecond: rate });
    paid += inService + coming.length;
  }
  return { meanInstances: paid / MINUTES, minutes };
}

/** Minutes that are simulated request by request. */
const HARDEST = 4;

/** Simulated p99 over the promised one in the hardest minutes of the day, the tolerated loss included; the worst of them. */
export function latenessOfDay(
  target: RandomTarget,
  plan: SizingPlan,
  { minutes }: SimulatedDay,
  requests: number,
  random: () => number,
): number {
  const { availability, p99Ms, balancerNodes } = target.serviceLevel;
  const left = (inService: number) => remaining(availability, inService, plan.zones);
  /** The highest rate that each number of instances meets, the hardest first. */
  const hardest = new Map<number, number>();
  for (const { inService, requestsPerSecond } of minutes) {
    hardest.set(inService, Math.max(requestsPerSecond, hardest.get(inService) ?? 0));
  }
  const some = [...hardest].sort(([a, ra], [b, rb]) => rb / left(b) - ra / left(a)).slice(0, HARDEST);
  const runMs = runOf(target, plan);
  const shape = SHAPES[Math.floor(random() * SHAPES.length)]!;
  const p99s = some.map(([inService, requestsPerSecond]) =>
    simulatedP99(
      {
        instances: left(inService),
        workers: plan.workersPerInstance,
        requestsPerSecond,
        requestsPerRun: plan.requestsPerRun,
        runMs,
        bursts: { ...target.arrivals, shape },
        ...(balancerNodes === undefined
          ? { routing: 'random' }
          : { routing: 'least outstanding', nodes: balancerNodes }),
      },
      requests,
      random,
    ),
  );
  return (Math.max(...p99s) + FRONT_DOOR_MS) / p99Ms;
}
