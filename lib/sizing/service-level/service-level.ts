/** What the user needs from an endpoint. */
import { SlipwayError } from '../../model/error';
import { IDLE_TIMEOUT_SECONDS, MOST_QUEUE_ROWS } from '../../model/instance/handler-settings';
import type { BalancerLog, IpAddressKind } from '../../model/stage/balancer';
import type { Rollout } from '../../model/stage/rollout';
import type { SignInLevel } from '../../model/stage/sign-in';
import { type BurstName, type Bursts, burstProblems } from './arrivals';
import { type Day, dayProblems, meanShare } from './day';
import { type Discounts, discountProblems } from './discounts';
import type { Egress } from './egress';
import { type FrontDoorKind, isEdge, LONGEST_EDGE_SECONDS } from './front-door';
import { type Purchase, purchaseProblems } from './purchase';
import type { InstanceChoice } from './restriction';
import { type Schedule, scheduleProblems, WAKE_NEEDS_ITS_DOOR, weeklyShare } from './schedule';

/**
 * How much may fail while the service level holds.
 * - `single`: nothing; one VM, which is replaced when it fails, with a gap while it is, or as many as carry the load
 * - `instance`: any one instance may be lost
 * - `zone`: any one availability zone may be lost
 */
export type Availability = 'single' | 'instance' | 'zone';

export const AVAILABILITIES: readonly Availability[] = ['single', 'instance', 'zone'];

/** What is done with the forecast: instances are started ahead of it, or one may look at it. */
export const PREDICTIVE = ['scale', 'forecastOnly'] as const;
export type Predictive = (typeof PREDICTIVE)[number];

export const PREDICTIVE_NEEDS_A_DAY =
  'is for a group that follows the day, and nothing is known of the day: give traffic.day, or leave it out';

export const WARM_POOL_NEEDS_CHANGE =
  'is for a group that grows, and nothing is known of when this one does: give traffic.day or schedule, or leave it out';

/** EC2 Auto Scaling, where no group with a warm pool may request Spot Instances. */
export const NO_WARM_POOL_OF_SPOT =
  'stands beside purchase: Spot instances are taken back and cannot be kept stopped, so that EC2 Auto Scaling has no warm pool of them; leave one of both out';

/** Names of an endpoint beside its first. */
export interface NamesLevel {
  readonly count: number;
  /** Hosted zones that they are in, beside that of the first. */
  readonly zones: number;
  /** Certificates that they have for themselves. */
  readonly certificates: number;
}

export interface ServiceLevel {
  /** Peak requests per second, over all instances. */
  readonly requestsPerSecond: number;
  /** Mean requests per second over a day, or over the week of `schedule`. @default - the peak goes on all day; what `schedule` has */
  readonly meanRequestsPerSecond?: number;
  /** How the rate goes over a day; the mean follows from it. @default - nothing is known of it, and no fleet scales in */
  readonly day?: Day;
  /** Requests a second more within a minute, at the steepest; no less than what `day` has from one hour to the next. @default - that */
  readonly risePerMinute?: number;
  /** What of the peak the endpoint is ready for at which time of a week. @default - all of it, all the time */
  readonly schedule?: Schedule;
  /** How far arrivals are from those of clients that know nothing of each other. @default 'usual' */
  readonly bursts?: BurstName | Bursts;
  /** Rows in one request. */
  readonly rowsPerRequest: number;
  /** 99th percentile of the latency at the load balancer, milliseconds. */
  readonly p99Ms: number;
  readonly availability: Availability;
  /** Whether callers are checked, and each request is a line in the log: both cost money. @default - neither */
  readonly accessControl?: 'logged' | 'unlogged';
  /** How instances reach AWS; what an existing network costs is of another bill. @default 'endpoints' */
  readonly egress?: Egress;
  /** Whether the load balancer has no public addresses, and a private hosted zone has its name. @default false */
  readonly internal?: boolean;
  /** What clients call. @default 'alb' */
  readonly frontDoor?: FrontDoorKind;
  /** Logs of the load balancer beside that of requests. @default - none */
  readonly balancerLogs?: readonly BalancerLog[];
  /** Rules of WAF before the load balancer. @default - there is no WAF */
  readonly firewallRules?: number;
  /** Whether callers show certificates. @default false */
  readonly mutualTls?: boolean;
  /** Addresses of the load balancer. @default 'ipv4' */
  readonly ipAddressType?: IpAddressKind;
  /** Issuer of the tokens that the load balancer checks. @default - it checks none */
  readonly verifyJwt?: string;
  /** By what people sign in at the load balancer. @default - they do not */
  readonly signIn?: SignInLevel;
  /** Whether a service of PrivateLink leads to it, which takes a network load balancer. @default false */
  readonly privateLink?: boolean;
  /** Whether a zone can be left for the others. @default false */
  readonly zonalShift?: boolean;
  /** Whether somebody is told of alarms, by a topic with a key of its own, which costs money. @default true */
  readonly alarmTopic?: boolean;
  /** Whether what nobody looks at is left out: alarms that inform, the dashboard, CPU by the minute, a key of the topic. @default false */
  readonly leanMonitoring?: boolean;
  /** By which a new package first gets a part of the requests: it takes instances for a while. @default - none */
  readonly rollout?: Rollout;
  /**
   * Nodes that the load balancer has at the most; each sends a request to the instance with the fewest of its own.
   * @default - not known: planned as if instances were chosen at random
   */
  readonly balancerNodes?: number;
  /** Requests that a client sends over one connection, in the mean. @default 10 */
  readonly requestsPerConnection?: number;
  /** Whether the free tier of the account is taken off the bill: nothing else of the account uses it. @default false */
  readonly freeTier?: boolean;
  /** Whether a hosted zone of Route 53 has the name of the endpoint. @default false */
  readonly hostedZone?: boolean;
  /** Of a function: whether clients call a name of the user's, whose certificate is watched. @default - a name of AWS's */
  readonly ownName?: boolean;
  /** Whether it stands behind a load balancer that is there, of another bill. @default false */
  readonly existingListener?: boolean;
  /** Its names beside the first. @default - there is one */
  readonly names?: NamesLevel;
  /** Whether its network and its front door are of other models, too, and so on another bill. @default false */
  readonly sharedDoor?: boolean;
  /** Whether it has a certificate for itself behind a front door that is shared. @default - that of the front door */
  readonly ownCertificate?: boolean;
  /** Whether a key of KMS encrypts what is kept: one of the stage's own, or one that is there. @default - those of the services */
  readonly encryptionKey?: 'own' | 'given';
  /** Whether people may open a shell on instances, for which the network has an endpoint more. @default false */
  readonly sessionManager?: boolean;
  /** Whether the load balancer calls instances by HTTPS, which costs CPU. @default false */
  readonly backendTls?: boolean;
  /** Which instance types are allowed. @default - all */
  readonly instances?: InstanceChoice;
  /** What is paid for instances. @default - list prices */
  readonly discounts?: Discounts;
  /** Whether EC2 forecasts the load of a group that follows the day, and starts instances by that. @default - it does not */
  readonly predictive?: Predictive;
  /** Whether instances that are not needed at the time are stopped, and started when they are. @default false: they are terminated */
  readonly warmPool?: boolean;
  /** How instances are bought. @default - all of them on demand */
  readonly purchase?: Purchase;
  /** Upper bound of the whole monthly bill in USD. */
  readonly budgetUsdPerMonth?: number;
}

/**
 * Certificates whose end an endpoint is watched for.
 *
 * @param part of a fleet: that watches those of the front door once, and each model its own
 */
export function certificatesOf(level: ServiceLevel, part?: 'fleet' | 'model'): number {
  const { existingListener, hostedZone, names, ownCertificate } = level;
  if (part === 'model') return ownCertificate ? 1 : 0;
  if (existingListener) return hostedZone ? 1 : 0;
  return 1 + (names?.certificates ?? 0);
}

/** Mean requests per second over a day, or over the week of a schedule; undefined where it is not known. */
export function meanRate(level: ServiceLevel): number | undefined {
  const { day, schedule, requestsPerSecond, meanRequestsPerSecond } = level;
  if (day) return requestsPerSecond * meanShare(day);
  return meanRequestsPerSecond ?? (schedule && requestsPerSecond * weeklyShare(schedule));
}

/** The rate that goes on all day: the mean if it is known, else the peak. */
export const sustainedRate = (level: ServiceLevel): number => meanRate(level) ?? level.requestsPerSecond;

/** The same while a schedule has the peak, if the rate goes with the schedule. */
export const busyRate = (level: ServiceLevel): number =>
  level.schedule ? sustainedRate(level) / weeklyShare(level.schedule) : sustainedRate(level);

const LONGEST_P99_MS = 1000 * IDLE_TIMEOUT_SECONDS;

/** What does not go with a schedule. */
function besideSchedule({ day, meanRequestsPerSecond: mean, requestsPerSecond }: ServiceLevel, schedule: Schedule) {
  const most = requestsPerSecond * weeklyShare(schedule);
  return [
    ...(day ? [`day ${NO_DAY_BESIDE_SCHEDULE}`] : []),
    ...(mean !== undefined && mean > most
      ? [
          `meanRequestsPerSecond is ${mean}, more than the ${Number(most.toPrecision(4))} that schedule has in the mean of a week`,
        ]
      : []),
  ];
}

export const NO_DAY_BESIDE_SCHEDULE =
  'is how the rate goes over every day, and schedule says when the endpoint is ready for how much; leave one of both out';

/**
 * Nodes of a load balancer: one in each of two zones at the least, and at most 100, each with an address (user guide of
 * Elastic Load Balancing, "Subnets for your load balancer", 2026-11).
 */
export const BALANCER_NODES = { fewest: 2, most: 100 } as const;
export const NODE_COUNT = `a whole number of ${BALANCER_NODES.fewest} to ${BALANCER_NODES.most}, as many as a load balancer can have`;
export const isNodeCount = (nodes: number) =>
  Number.isInteger(nodes) && nodes >= BALANCER_NODES.fewest && nodes <= BALANCER_NODES.most;

/** What the largest fleets of the catalogue carry of the smallest models is some 10^8. */
export const MOST_REQUESTS_PER_SECOND = 1e10;

/** @throws SlipwayError E_USAGE with all that makes no sense */
export function checkServiceLevel(level: ServiceLevel): void {
  const problems: string[] = [];
  const positive = (name: keyof ServiceLevel) => {
    const value = level[name];
    if (value !== undefined && !(typeof value === 'number' && value > 0 && Number.isFinite(value))) {
      problems.push(`${name} must be a positive number, got ${value}`);
    }
  };
  positive('requestsPerSecond');
  if (Number.isFinite(level.requestsPerSecond) && level.requestsPerSecond > MOST_REQUESTS_PER_SECOND) {
    problems.push(
      `requestsPerSecond must be at most ${MOST_REQUESTS_PER_SECOND}, got ${level.requestsPerSecond}: no fleet carries a tenth of it`,
    );
  }
  positive('meanRequestsPerSecond');
  positive('p99Ms');
  positive('budgetUsdPerMonth');
  positive('requestsPerConnection');
  if ((level.requestsPerConnection ?? 1) < 1) {
    problems.push(`requestsPerConnection must be at least 1, got ${level.requestsPerConnection}`);
  }
  if (level.balancerNodes !== undefined && !isNodeCount(level.balancerNodes)) {
    problems.push(`balancerNodes must be ${NODE_COUNT}, got ${level.balancerNodes}`);
  }
  if (level.p99Ms > LONGEST_P99_MS) {
    problems.push(
      `p99Ms must be at most ${LONGEST_P99_MS}, got ${level.p99Ms}: the load balancer gives up what takes longer`,
    );
  }
  if (isEdge(level.frontDoor) && level.p99Ms > 1000 * LONGEST_EDGE_SECONDS[level.frontDoor]) {
    problems.push(
      `p99Ms must be at most ${1000 * LONGEST_EDGE_SECONDS[level.frontDoor]}, got ${level.p99Ms}: ${level.frontDoor} gives up what takes longer`,
    );
  }
  if (!Number.isSafeInteger(level.rowsPerRequest) || level.rowsPerRequest < 1) {
    problems.push(`rowsPerRequest must be a whole number of at least 1, got ${level.rowsPerRequest}`);
  } else if (level.rowsPerRequest > MOST_QUEUE_ROWS) {
    problems.push(
      `rowsPerRequest must be at most ${MOST_QUEUE_ROWS}, got ${level.rowsPerRequest}: the handler takes no more in a request`,
    );
  }
  if (!AVAILABILITIES.includes(level.availability)) {
    problems.push(`availability must be one of ${AVAILABILITIES.join(', ')}, got "${level.availability}"`);
  }
  if (level.meanRequestsPerSecond !== undefined && level.meanRequestsPerSecond > level.requestsPerSecond) {
    problems.push(
      `meanRequestsPerSecond is ${level.meanRequestsPerSecond}, more than the peak requestsPerSecond of ${level.requestsPerSecond}`,
    );
  }
  problems.push(
    ...burstProblems(level.bursts),
    ...dayProblems(level.day, level.risePerMinute),
    ...discountProblems(level.discounts),
    ...purchaseProblems(level.purchase, level.availability),
  );
  const odd = scheduleProblems(level.schedule);
  problems.push(...odd);
  if (level.schedule && odd.length === 0) problems.push(...besideSchedule(level, level.schedule));
  if (level.schedule?.wake && (level.sharedDoor || level.existingListener || isEdge(level.frontDoor))) {
    problems.push(`schedule.wake ${WAKE_NEEDS_ITS_DOOR}`);
  }
  if (level.predictive && !level.day) problems.push(`predictive ${PREDICTIVE_NEEDS_A_DAY}`);
  if (level.warmPool && !level.day && !level.schedule) problems.push(`warmPool ${WARM_POOL_NEEDS_CHANGE}`);
  if (level.warmPool && level.purchase) problems.push(`warmPool ${NO_WARM_POOL_OF_SPOT}`);
  if (level.day && level.meanRequestsPerSecond !== undefined) {
    problems.push('meanRequestsPerSecond follows from day: leave one of both out');
  }
  if (problems.length > 0) throw new SlipwayError('E_USAGE', 'the service level makes no sense', { problems });
}
