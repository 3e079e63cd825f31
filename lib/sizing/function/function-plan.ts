/**
 * The plan of a function of AWS Lambda: how much memory it gets, of which its processor follows, what it costs, and how often
 * a request meets a cold start.
 */
import { SlipwayError } from '../../model/error';
import { MIB, percent, usd } from '../../model/units';
import { ERROR_BUDGET_PERCENT } from '../alarms/error-budget';
import { DEFAULT_REGION, loadCatalogue } from '../catalogue/catalogue';
import { demandOf, type SizingRequest } from '../demand/demand-of';
import { transfer } from '../demand/transfer';
import { handlerMiB } from '../judgement/memory';
import type { Cost } from '../plan/plan';
import { burstsOf } from '../service-level/arrivals';
import { type Edge, edgeOf, LONGEST_EDGE_SECONDS } from '../service-level/front-door';
import { type ServiceLevel, sustainedRate } from '../service-level/service-level';
import { coldShare, enough } from './environments';
import type { WatchedFunction } from './function-alarms';
import { functionBill, watchedFunction } from './function-bill';

/** Memory with which a function has a whole processor (AWS Lambda developer guide, "Configure memory", 2026-11). */
const WHOLE_PROCESSOR_MB = 1769;

/** Beyond a whole processor more memory brings nothing: an environment answers one request at a time, in one thread. */
const SIZES_MB = [128, 256, 384, 512, 768, 1024, 1280, 1536, WHOLE_PROCESSOR_MB] as const;

/** Processor of arm64 functions (AWS Lambda developer guide, "Instruction set architectures", 2026-11). */
const PROCESSOR = 'Graviton2';

/** An invocation without the handler's work: event and answer as JSON, and Lambda's API. Measured by AWS's emulator, rounded up. */
const INVOCATION_MS = 1.5;

/** What Lambda needs to make an environment and fetch the code, before the code runs. AWS does not say: an assumption. */
const ENVIRONMENT_MS = 250;

/** What an HTTP API adds, an assumption: AWS does not say. */
const API_MS = 10;

/** What Lambda's own runtime has in memory beside the handler, an assumption. */
const RUNTIME_MIB = 30;

/** Lambda ends a start that takes longer, and begins it again (AWS Lambda developer guide, "Init phase", 2026-11). */
const LONGEST_START_MS = 10_000;

/** Bytes of a function, unzipped (AWS Lambda quotas, 2026-11). */
const MOST_BYTES = 250 * MIB;
/** The handler beside the model, rounded up. */
const HANDLER_BYTES = 2 * MIB;

/** Of p99 in the function: a short time is at the mercy of neighbours on the host. */
const LEAST_MARGIN_MS = 5;
/** As of instances. */
const SERVER_ERROR_PERCENT = 1;

/** Share of requests that may be later than the service level says. */
const LATE_SHARE = 0.01;

/** Environments at a time at the least: a page with several calls has some. */
const LEAST_CONCURRENCY = 5;

/** An HTTP API lets so many times the planned peak through in the long run, and no less than that. */
const OVER_THE_PEAK = 2;
const LEAST_LIMIT = 2;
/** What it lets through at once: a replay of thousands of golden rows is hundreds of requests, one after the other. */
const LEAST_BURST = 1000;
/** Of an account in a region (API Gateway quotas, 2026-11): more is asked for first. */
const MOST_BURST = 5000;

/** Of the planned peak, to which the bill by rate goes, and its steps. */
const FURTHEST_RATE = 4;
const RATES = 16;

/** What alarms are made from. */
export interface FunctionThresholds extends WatchedFunction {
  readonly requestsPerSecond: number;
  readonly meanRequestsPerSecond: number;
  readonly p99Ms: number;
  /** Upper end of p99 in the function alone, within the planned traffic: above it the plan is wrong. */
  readonly predictedDurationMs: number;
  readonly serverErrorPercent: number;
  /** Percent of the requests of a month that may fail. */
  readonly errorBudgetPercent: number;
  readonly concurrency: number;
}

export interface FunctionPlan {
  readonly compute: 'lambda';
  readonly serviceLevel: ServiceLevel;
  readonly region: string;
  readonly modelSha256: string;
  readonly catalogue: { readonly priceRegion: string; readonly capturedAt: string };
  readonly memoryMB: number;
  /** Longest that an invocation may take: as long as the HTTP API waits. */
  readonly timeoutSeconds: number;
  /** Of a request that finds an environment, milliseconds: the mean in the function, and p99 with the HTTP API before it. */
  readonly durationMs: number;
  readonly p99Ms: number;
  readonly coldStart: {
    /** Until the answer of a request that finds none. */
    readonly milliseconds: number;
    /** Of the requests, at the mean rate. */
    readonly share: number;
    /** Whether so many meet one that it is what p99 is. */
    readonly decides: boolean;
  };
  /** Environments at a time that the peak needs. */
  readonly concurrency: number;
  /** What the HTTP API lets through, in the long run and at once; what a month of that would cost. */
  readonly limit: { readonly requestsPerSecond: number; readonly burst: number };
  readonly mostUsdPerMonth: number;
  readonly alarms: FunctionThresholds;
  readonly cost: Cost;
  /** The bill at mean rates from none to a little beyond those of instances, in even steps, with this memory. */
  readonly rates: readonly { readonly requestsPerSecond: number; readonly usdPerMonth: number }[];
  /** What the other front door would cost in all. */
  readonly otherDoor: { readonly frontDoor: Edge; readonly usdPerMonth: number };
  /** Sizes of memory that do, cheapest first: the first is the choice. */
  readonly sizes: readonly FunctionSize[];
  /** Sizes of memory that do not do, ascending. */
  readonly rejected: readonly RejectedSize[];
}

export interface FunctionSize {
  readonly memoryMB: number;
  readonly durationMs: number;
  readonly p99Ms: number;
  readonly usdPerMonth: number;
}

export interface RejectedSize {
  readonly memoryMB: number;
  readonly reason: string;
}

/** What a service level has that a function has not. */
const WITHOUT: Partial<Record<keyof ServiceLevel, string>> = {
  internal: 'internal: everybody reaches an HTTP API',
  egress: 'egress: it is in no network',
  privateLink: 'privateLink: there is no load balancer',
  purchase: 'purchase: it is of instances',
  predictive: 'scaling.predictive: it is of instances',
  warmPool: 'scaling.warmPool: it is of instances',
  firewallRules: 'waf',
  verifyJwt: 'verifyJwt: there is no load balancer that checks tokens; access.jwt does',
  signIn: 'sign-in: there is no load balancer',
  zonalShift: 'zonalShift',
  discounts: 'discounts: they are of instances',
  existingListener: 'listener',
  sharedDoor: 'models that share a front door',
  backendTls: 'backendTls: there is no load balancer',
  sessionManager: 'sessionManager: there is no instance',
  schedule: 'schedule: a function costs nothing while nobody asks',
  instances: 'instances',
  balancerLogs: 'balancerLogs',
};

/** Of instances alone, whatever stands in their place. */
const OF_INSTANCES = [
  'egress',
  'instances',
  'discounts',
  'purchase',
  'predictive',
  'warmPool',
  'backendTls',
  'sessionManager',
  'balancerLogs',
  'zonalShift',
] as const satisfies readonly (keyof ServiceLevel)[];

/** The same without what is of instances alone: what a function in their place would be asked. */
export function inPlaceOfInstances({ serviceLevel, ...request }: SizingRequest): SizingRequest {
  const level = Object.entries(serviceLevel).filter(([key]) => !OF_INSTANCES.some((one) => one === key));
  const ownName = edgeOf(serviceLevel) === undefined;
  return { ...request, serviceLevel: { ...(Object.fromEntries(level) as unknown as ServiceLevel), ownName } };
}

/**
 * The other way: what instances in place of a function would be asked. A name of the user's needs no service before their load
 * balancer; without one the same service stands there.
 */
export function inPlaceOfFunction({ serviceLevel, ...request }: SizingRequest): SizingRequest {
  const { ownName, frontDoor, ...level } = serviceLevel;
  return { ...request, serviceLevel: { ...level, ...(!ownName && frontDoor && { frontDoor }) } };
}

function checkFunction({ profile, manifest, serviceLevel, shadow, versions = [] }: SizingRequest): void {
  const asked = (key: string) => {
    const value = serviceLevel[key as keyof ServiceLevel];
    return value !== undefined && value !== false && value !== 'ipv4' && value !== 'endpoints'; // which are the defaults
  };
  const found = Object.entries(WITHOUT).filter(([key]) => asked(key));
  const problems = found.map(([, what]) => `a function cannot have ${what}`);
  if (shadow) problems.push('a function cannot have shadow: it stands still between requests');
  if (versions.length > 0) problems.push('a function cannot have versions: it serves one package');
  if (problems.length > 0) {
    throw new SlipwayError('E_USAGE', 'this stage cannot be a function', { problems });
  }
  const { engine, engineKind = 'onnxruntime' } = profile.machine;
  if (engineKind !== 'native') {
    const message = `no function: the model was profiled with ${engine}, and a function has the native engine alone; serve it on instances`;
    throw new SlipwayError('E_INFEASIBLE', message);
  }
  const { model, golden, training } = manifest;
  const bytes = HANDLER_BYTES + model.bytes + (golden?.bytes ?? 0) + (training?.bytes ?? 0);
  if (bytes <= MOST_BYTES) return;
  const message = `no function: with its model it has ${bytes} bytes, and AWS Lambda takes ${MOST_BYTES}; serve it on instances`;
  throw new SlipwayError('E_INFEASIBLE', message);
}

/** Why a size does not do; undefined where it does. */
function brokenBy(
  { coldStart, cost, p99Ms }: FunctionPlan,
  { startMs }: Size,
  { p99Ms: asked, budgetUsdPerMonth: budget }: ServiceLevel,
): string | undefined {
  if (startMs > LONGEST_START_MS) {
    return `a start takes ${seconds(startMs)}, and Lambda ends it after ${seconds(LONGEST_START_MS)}`;
  }
  if (p99Ms > asked) {
    const { decides, share, milliseconds } = coldStart;
    const why = `, since ${percent(share, 1)} of the requests meet a cold start of ${seconds(milliseconds)}`;
    return `p99 is ${p99Ms} ms of ${asked} ms${decides ? why : ''}`;
  }
  const over = budget !== undefined && cost.usdPerMonth > budget;
  return over ? `${usd(cost.usdPerMonth)} USD/month are over the budget of ${budget}` : undefined;
}

/** What a request takes with so much memory. */
interface Size {
  readonly memoryMB: number;
  readonly durationMs: number;
  /** In the function. @param cold share of the requests that are late in any case */
  readonly slowMs: (cold: number) => number;
  /** With the HTTP API. @param cold share of the requests that are late in any case */
  readonly warmP99Ms: (cold: number) => number;
  readonly startMs: number;
}

/**
 * @throws SlipwayError E_USAGE for what a function cannot have; E_INFEASIBLE when the model is none for a function, or no size
 *   of memory keeps the service level and the budget
 */
export function functionPlan(request: SizingRequest): FunctionPlan {
  checkFunction(request);
  const { serviceLevel, region } = request;
  const { demand, unrestricted } = demandOf(request);
  const type = loadCatalogue(DEFAULT_REGION).types.find(({ cpu }) => cpu === PROCESSOR)!;
  const { factor } = transfer(demand.reference, type, demand.computeClass);
  const [mode] = demand.request.modes;
  const { samplesMs, meanMs } = mode.service;
  // what may be late besides those that meet a cold start
  const slowMs = (share: number) => {
    const late = Math.max(0, LATE_SHARE - share);
    return samplesMs[Math.min(samplesMs.length - 1, Math.floor((1 - late) * samplesMs.length))]!;
  };
  const around = Math.max(0, mode.lightCpuMs - meanMs);
  const sizeOf = (memoryMB: number): Size => {
    const share = memoryMB / WHOLE_PROCESSOR_MB;
    const slow = (cold: number) => (factor * (slowMs(cold) + around) + INVOCATION_MS) / share;
    return {
      memoryMB,
      durationMs: (factor * mode.lightCpuMs + INVOCATION_MS) / share,
      slowMs: slow,
      warmP99Ms: (cold) => slow(cold) + API_MS,
      startMs: (factor * demand.startMs) / share,
    };
  };
  const rate = sustainedRate(serviceLevel);
  const watchesData = demand.watchesData ?? false;
  const together = burstsOf(serviceLevel.bursts).dispersion; // that come at once, as the index of dispersion has it
  const needMiB = Math.ceil(handlerMiB(demand.memory, 1, demand.modelBytes) + RUNTIME_MIB);
  const rejected: RejectedSize[] = [];
  const kept: FunctionPlan[] = [];
  for (const memoryMB of SIZES_MB) {
    const size = sizeOf(memoryMB);
    const plan = planned(size, rate);
    const reason = memoryMB < needMiB ? `the handler needs ${needMiB} MiB` : brokenBy(plan, size, serviceLevel);
    if (reason === undefined) kept.push(plan);
    else rejected.push({ memoryMB, reason });
  }
  // of those that cost as much the fastest
  const [choice] = kept.sort((a, b) => a.cost.usdPerMonth - b.cost.usdPerMonth || b.memoryMB - a.memoryMB);
  if (choice) {
    const sizes = kept.map(({ memoryMB, durationMs, p99Ms, cost: { usdPerMonth } }) => {
      return { memoryMB, durationMs, p99Ms, usdPerMonth };
    });
    return { ...choice, sizes, rejected };
  }
  const { memoryMB, reason } = rejected.at(-1)!;
  const message = `no function keeps the service level: with ${memoryMB} MB ${reason}; serve it on instances`;
  throw new SlipwayError('E_INFEASIBLE', message);

  function planned(size: Size, meanRate: number): FunctionPlan {
    const { memoryMB, durationMs, warmP99Ms, startMs } = size;
    const share = coldShare(meanRate / together, durationMs / 1000);
    const coldMs = ENVIRONMENT_MS + startMs + warmP99Ms(0);
    const decides = share > LATE_SHARE;
    const load = (serviceLevel.requestsPerSecond * (durationMs + share * (ENVIRONMENT_MS + startMs))) / 1000;
    const concurrency = Math.max(LEAST_CONCURRENCY, Math.ceil(together * enough(load)));
    const limit = {
      requestsPerSecond: Math.max(LEAST_LIMIT, Math.ceil(OVER_THE_PEAK * serviceLevel.requestsPerSecond)),
      burst: Math.min(MOST_BURST, Math.max(LEAST_BURST, 2 * concurrency)),
    };
    const bill = (of: number, ms: number, level = serviceLevel) =>
      functionBill({
        ...{ catalogue: unrestricted, request: demand.request, serviceLevel: level, watchesData },
        ...{ rate: of, memoryMB, billedMs: ms },
      });
    const billedMs = Math.ceil(durationMs) + share * startMs;
    const frontDoor = serviceLevel.frontDoor === 'cloudfront' ? 'api' : 'cloudfront';
    return {
      compute: 'lambda',
      ...{ serviceLevel, region, modelSha256: request.profile.modelSha256 },
      catalogue: { priceRegion: unrestricted.region, capturedAt: unrestricted.capturedAt },
      ...{ memoryMB, timeoutSeconds: LONGEST_EDGE_SECONDS.api, concurrency, limit },
      cost: bill(meanRate, billedMs),
      rates: Array.from({ length: RATES + 1 }, (_, i) => {
        const requestsPerSecond = (FURTHEST_RATE * Math.max(1, serviceLevel.requestsPerSecond) * i) / RATES;
        return { requestsPerSecond, usdPerMonth: bill(requestsPerSecond, Math.ceil(durationMs)).usdPerMonth };
      }),
      otherDoor: { frontDoor, usdPerMonth: bill(meanRate, billedMs, { ...serviceLevel, frontDoor }).usdPerMonth },
      mostUsdPerMonth: Math.ceil(bill(limit.requestsPerSecond, Math.ceil(durationMs)).usdPerMonth),
      alarms: {
        requestsPerSecond: serviceLevel.requestsPerSecond,
        meanRequestsPerSecond: meanRate,
        p99Ms: serviceLevel.p99Ms,
        predictedDurationMs: Math.ceil(Math.max(2 * size.slowMs(0), size.slowMs(0) + LEAST_MARGIN_MS)),
        serverErrorPercent: SERVER_ERROR_PERCENT,
        errorBudgetPercent: ERROR_BUDGET_PERCENT[serviceLevel.availability],
        concurrency,
        ...watchedFunction(serviceLevel, watchesData),
      },
      sizes: [],
      rejected: [],
      durationMs: rounded(durationMs),
      p99Ms: Math.ceil(decides ? coldMs : warmP99Ms(share)),
      coldStart: { milliseconds: Math.ceil(coldMs), share: Number(share.toPrecision(3)), decides },
    };
  }
}

const rounded = (ms: number) => Number(ms.toPrecision(3));
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/**
 * Mean requests a second below which a function costs less than so much a month; 0 where what is there without any request costs
 * as much already.
 *
 * @param usdPerMonth of instances that carry them
 */
export function functionCheaperBelow(request: SizingRequest, plan: FunctionPlan, usdPerMonth: number): number {
  const { demand, unrestricted } = demandOf(request);
  const usdAt = (rate: number) =>
    functionBill({
      ...{ catalogue: unrestricted, request: demand.request, rate, memoryMB: plan.memoryMB },
      watchesData: plan.alarms.watchesData,
      billedMs: Math.ceil(plan.durationMs),
      serviceLevel: { ...request.serviceLevel, freeTier: false },
    }).usdPerMonth;
  const fixed = usdAt(0);
  return Math.max(0, ((usdPerMonth - fixed) / (usdAt(1000) - fixed)) * 1000); // all other lines grow with the requests
}
