/**
 * The sizing plan: the hinge of the house. Every number that the template, the handler and the
 * alarms need is read from it; nobody types such a number twice.
 */
import type { EngineKind } from '../../model/package/engine-kind';
import type { CreditMode } from '../catalogue/burstable';
import type { LeftOut } from '../catalogue/catalogue';
import type { MadeEgress } from '../service-level/egress';
import type { FrontDoorKind } from '../service-level/front-door';
import type { Weekday } from '../service-level/schedule';
import type { ServiceLevel } from '../service-level/service-level';

export const PLAN_VERSION = 2;

export interface CostLine {
  /** What is paid for, e.g. `2 x c7g.medium`. */
  readonly item: string;
  readonly quantity: number;
  /** Unit of the quantity, e.g. `instance`, `GiB`, `LCU`. */
  readonly unit: string;
  readonly usdPerUnitMonth: number;
  /** On the price list, where something else is paid. @default - that is paid */
  readonly listUsdPerUnitMonth?: number;
  readonly usdPerMonth: number;
  /** Where the price is from. */
  readonly source: string;
}

export interface Cost {
  readonly lines: readonly CostLine[];
  readonly usdPerMonth: number;
  /** What it is between, where a price is estimated or CPU that is bought may turn out to be less. @default - it is the total */
  readonly range?: { readonly low: number; readonly high: number };
  /** At the mean rate if it is known, else at the peak rate. */
  readonly usdPerMillionPredictions: number;
}

/** What the model predicts for a candidate at the peak of the service level. */
export interface Prediction {
  readonly p99Ms: number;
  /** Busy share of the workers at the peak, while the tolerated loss lasts; 0 to 1. */
  readonly utilisation: number;
  readonly memoryMiB: number;
  /** Requests per second the fleet carries while it keeps the service level and the tolerated loss lasts. */
  readonly maximumRequestsPerSecond: number;
}

/** What the same fleet does if the CPU time needs no raising for what is not known. */
export interface Likely {
  readonly p99Ms: number;
  readonly utilisation: number;
}

/** What becomes of the plan when the traffic grows. */
export interface Growth {
  /** Requests per second up to which this fleet is the answer. */
  readonly upToRequestsPerSecond: number;
  /** The constraint that stands against one more, as a phrase. */
  readonly bound?: string;
  /** The answer beyond it; none when nothing in the catalogue and the budget keeps the service level then. */
  readonly next?: Candidate;
}

export interface MatrixUnits {
  /** E.g. `AMX`. */
  readonly units: string;
  readonly cpu: string;
  /** The cheapest fleet's type that has them. */
  readonly instanceType: string;
}

export interface Uncertainty {
  /** Factor by which the CPU time was raised for what is not known. */
  readonly factor: number;
  readonly reason: string;
  /** What makes the profile less certain than others, each as a phrase. @default - nothing */
  readonly doubts?: readonly string[];
  /** The answers if requests took so much less and so much more CPU time, where they are others: profiles differ by as much. */
  readonly border?: {
    /** Share of the CPU time. */
    readonly off: number;
    readonly less?: Candidate;
    /**
     * Other answers in between, with the types that there are; another number of instances of them may be one too. More CPU
     * time never costs less: the bill of each is between those of `less` and `more`.
     */
    readonly between?: readonly Candidate[];
    readonly more?: Candidate;
  };
  /** The answer if the load balancer had this many nodes, where p99 decides and their number is not known. */
  readonly balancer?: { readonly nodes: number; readonly next: Candidate };
  /** Units for products of small matrices in the choice and its runners-up, which no speed counts; of dense models alone. */
  readonly matrixUnits?: readonly MatrixUnits[];
  /** The type to profile on next, which could make the plan cheaper, and what it would then cost if nothing else is found. */
  readonly profileOn?: { readonly instanceType: string; readonly usdPerHour: number; readonly next: Candidate };
}

/** What it costs that not all instance types are allowed. */
export interface Restriction {
  /** Types that it leaves out. */
  readonly types: number;
  /** The answer without it, when that is cheaper. */
  readonly without?: Candidate;
}

export interface Candidate {
  readonly instanceType: string;
  readonly architecture: 'x86_64' | 'arm64';
  readonly vCpus: number;
  readonly memoryMiB: number;
  readonly instances: number;
  /** Requests that a run answers when as many wait; absent where each has a run of its own. */
  readonly requestsPerRun?: number;
  readonly usdPerMonth: number;
}

export interface RunnerUp extends Candidate {
  readonly predicted: Prediction;
}

/** A cheaper candidate that does not do, and why. */
export interface Rejected extends Candidate {
  readonly reason: string;
}

/** The GPU of every instance, and what has to be there for it. */
export interface PlannedGpu {
  /** As EC2 names it, e.g. `L4`. */
  readonly name: string;
  readonly memoryMiB: number;
  /** Memory of it that the model needs. */
  readonly needMiB: number;
  readonly library: string;
  /** SSM parameter with the id of the machine image that has its driver. */
  readonly machineImage: string;
}

/** The cheapest fleet with GPUs beside the cheapest without; one of them is the choice. */
export interface GpuVerdict {
  /** Types with a GPU that were searched. */
  readonly types: number;
  /** None when no fleet with GPUs keeps the service level. */
  readonly withGpu?: RunnerUp;
  readonly withoutGpu?: RunnerUp;
}

/** One of several versions of the model that are served side by side. */
export interface PlannedVersion {
  readonly name: string;
  readonly modelSha256: string;
  readonly engine: EngineKind;
  /** Share of the requests that name no version, 0 to 1. */
  readonly weight: number;
  /** Share of the CPU time of all versions that it then takes. */
  readonly cpuShare: number;
  /** What it adds to the memory of an instance. */
  readonly memoryMiB: number;
}

/** A model that is run beside the served one. */
export interface PlannedShadow {
  readonly name: string;
  readonly modelSha256: string;
  readonly engine: EngineKind;
  /** Share of the requests that it is given. */
  readonly share: number;
  /** What it adds to the memory of an instance. */
  readonly memoryMiB: number;
  /** What it adds to the busy share of the workers at the peak, while the tolerated loss lasts. */
  readonly utilisation: number;
  /** Instances of its own, which then add nothing to those of the endpoint. @default - it runs on these */
  readonly group?: PlannedShadowGroup;
  /** Why it stands where it does, as a sentence. */
  readonly reason: string;
}

/** What changes a group in a week, in the time zone of the schedule. */
export interface PlannedChange {
  readonly days: readonly Weekday[];
  /** `HH:MM`. */
  readonly at: string;
  readonly before: number;
  /** 0 is off. */
  readonly instances: number;
}

/** A group of a shadow's own, of which clients depend on none. `choice` has its instances at the peak, and what the shadow costs in all. */
export interface PlannedShadowGroup
  extends Pick<
    SizingPlan,
    | 'choice'
    | 'engine'
    | 'creditMode'
    | 'serviceLevel'
    | 'workersPerInstance'
    | 'threadsPerWorker'
    | 'requestsPerRun'
    | 'queueRows'
    | 'queueBytes'
    | 'deadlineMs'
    | 'healthCheckGraceSeconds'
    | 'bootTimeoutSeconds'
    | 'memoryLimitMiB'
    | 'volumeGiB'
  > {
  /** How the schedule of the endpoint changes it. @default - it has as many instances all week */
  readonly changes?: readonly PlannedChange[];
}

/** A group that grows and shrinks over the day. */
export interface PlannedDay {
  /** The most instances of each hour, from that of the service level's first on. */
  readonly instancesByHour: readonly number[];
  readonly meanInstances: number;
  /** From the moment when the group has too much to do until new instances answer. */
  readonly growSeconds: number;
  /** Requests a second by which the rate may rise meanwhile. */
  readonly rise: number;
  /** Instances that may be on their way at a time, as the rate rises. */
  readonly pending: number;
  /** The cheapest fleet that has as many instances all day. */
  readonly steady?: Candidate;
}

/** A group that a schedule changes. */
export interface PlannedWeek {
  readonly changes: readonly PlannedChange[];
  /** Fewest while it is not off. */
  readonly fewest: number;
  readonly meanInstances: number;
  /** Hours of a week in which there is no instance. */
  readonly offHours: number;
  /** Minutes by which it grows before it has to. */
  readonly earlyMinutes: number;
  /** Within which an instance gets its first request. */
  readonly readySeconds: number;
  /** The cheapest fleet that has as many instances all week. */
  readonly steady?: Candidate;
}

/** A type that may be launched as Spot. */
export interface SpotType {
  readonly instanceType: string;
  readonly spotUsdPerHour: number;
}

/** How the instances are bought, where not all of them are on demand. */
export interface PlannedPurchase {
  /** At the peak. */
  readonly onDemand: number;
  readonly spot: number;
  /** Types of which a fleet like this keeps the service level: the choice first, then by their Spot price. */
  readonly types: readonly [SpotType, ...SpotType[]];
  /** Requests a second within the service level, up to the peak, when all Spot instances go at once and nothing else does. */
  readonly carriesWithoutSpot: number;
  /** The cheapest fleet of which all is on demand. */
  readonly allOnDemand?: Candidate;
}

/** Instances that are stopped while they are not needed. */
export interface PlannedWarmPool {
  /** That run or are stopped together. */
  readonly prepared: number;
  /** While fewest run. */
  readonly stopped: number;
  /** From the start of one until it answers, and from the launch of a new one. */
  readonly startSeconds: number;
  readonly launchSeconds: number;
  /** The cheapest fleet whose instances are launched when they are needed. */
  readonly without?: Candidate;
}

/** The bill of a fleet with a way out of its network. */
export interface WayOut {
  readonly egress: MadeEgress;
  readonly usdPerMonth: number;
}

/** The bill of a fleet behind a front door. */
export interface DoorOffer {
  readonly frontDoor: FrontDoorKind;
  readonly usdPerMonth: number;
  /** Mean requests a second below which it is cheaper than a public load balancer. @default - it is that, or cheaper at any rate */
  readonly cheaperBelow?: number;
}

export interface SizingPlan {
  readonly schemaVersion: typeof PLAN_VERSION;
  readonly serviceLevel: ServiceLevel;
  readonly region: string;
  readonly catalogue: {
    readonly capturedAt: string;
    /** Date of the spot prices. @default - there are none */
    readonly spotCapturedAt?: string;
    readonly priceRegion: string;
    readonly sha256: string;
    /** Types that were searched, and how many were not for which reason. */
    readonly types: number;
    readonly leftOut: LeftOut;
  };
  readonly modelSha256: string;
  /** Which part of a fleet's: what all of its models have once, or what is of one of them. @default - the model has a fleet of its own */
  readonly part?: 'fleet' | 'model';
  /** What the profile was measured with, and so what serves: the native engine needs nothing besides the handler. */
  readonly engine: EngineKind;

  readonly choice: Candidate;
  /** Bounds of the autoscaling group, replacements aside; all 1 for a single VM. */
  readonly instances: { readonly minimum: number; readonly desired: number; readonly maximum: number };
  /** How the group follows the day; `choice` has its instances at the peak. @default - it has as many all day */
  readonly daily?: PlannedDay;
  /** How a schedule changes the group; `choice` and `instances` are those at its peak. @default - none does */
  readonly weekly?: PlannedWeek;
  /** How they are bought. @default - all of them on demand */
  readonly purchase?: PlannedPurchase;
  /** What is stopped while it is not needed. @default - such instances are terminated */
  readonly warmPool?: PlannedWarmPool;
  /** Availability zones the fleet spreads over. */
  readonly zones: number;
  /** Ids of the zones in which the network of the endpoint has subnets; none where they are not known, or the network is there already. */
  readonly networkZones: readonly string[];
  /** Ids of those of them, else of the region's zones, that offer the type; none where the catalogue does not know. */
  readonly offeredIn: readonly string[];

  /** Of a burstable type: what it does when its CPU credits are spent. */
  readonly creditMode?: CreditMode;

  readonly workersPerInstance: number;
  readonly threadsPerWorker: number;
  /** Requests that a run answers when as many wait; the handler takes at least so many into one. 1: each may have a run of its own. */
  readonly requestsPerRun: number;
  /** The cheapest fleet that gives each request a run of its own; only where requests are joined, and one keeps the service level. */
  readonly withoutJoining?: Candidate;
  /** Rows that may wait in one worker before it answers 503. */
  readonly queueRows: number;
  /** Bytes of bodies that a worker reads at a time, and as many of rows that wait, before it answers 503. */
  readonly queueBytes: number;
  /** Milliseconds after which a request that still waits is answered 504. */
  readonly deadlineMs: number;
  /** Mean CPU utilisation that the autoscaling group aims at, percent; only where each request has a run of its own. */
  readonly scalingTargetCpuPercent?: number;
  /** Requests a minute and instance that it aims at instead where requests are joined: a worker is then busy long before it is full. */
  readonly scalingTargetRequestsPerMinute?: number;
  /** Seconds from launch until health checks count. */
  readonly healthCheckGraceSeconds: number;
  /** Seconds within which an instance must signal that it is ready. */
  readonly bootTimeoutSeconds: number;
  /** Seconds for which a deployment is watched after its last instance, and goes back when an alarm fires. */
  readonly bakeSeconds: number;
  /** Hard memory limit of the handler, all workers together. */
  readonly memoryLimitMiB: number;
  readonly volumeGiB: number;

  readonly alarms: {
    /** Only where each request has a run of its own. */
    readonly cpuPercent?: number;
    /** Requests a second of the whole fleet; only where requests are joined, so that CPU does not show how full workers are. */
    readonly requestsPerSecond?: number;
    readonly memoryPercent: number;
    readonly diskPercent: number;
    readonly p99Ms: number;
    /** Upper end of what is predicted within the planned traffic: above it the plan is wrong, whether or not the service level holds. */
    readonly predictedP99Ms: number;
    readonly serverErrorPercent: number;
    /** Percent of the requests of a month that may fail. */
    readonly errorBudgetPercent: number;
    readonly certificateDays: number;
    /** CPU credits that the fleet buys on a day, vCPU-minutes; only where they can be bought. */
    readonly surplusCreditsPerDay?: number;
    /** CPU credits of the instance that has fewest; only where none can be bought. */
    readonly creditBalance?: number;
  };

  readonly predicted: Prediction;
  readonly cost: Cost;
  /** The constraint that decided the size, in one sentence. */
  readonly binding: string;
  readonly likely: Likely;
  /** Only where there are several; what they need is counted everywhere above. */
  readonly versions?: readonly PlannedVersion[];
  /** Only where there is one; what it needs is counted everywhere above. */
  readonly shadow?: PlannedShadow;
  /** Only when the choice has one. */
  readonly gpu?: PlannedGpu;
  /** Only for a model that a GPU has something to do for. */
  readonly gpuVerdict?: GpuVerdict;
  readonly growth: Growth;
  /** The same fleet with every way out of a network that is made, that of the plan included; none where the network is there already. */
  readonly waysOut: readonly WayOut[];
  /** The same fleet behind every front door, that of the plan included; none where the endpoint could have but the one. */
  readonly frontDoors: readonly DoorOffer[];
  readonly uncertainty: Uncertainty;
  /** Only where instance types are restricted. */
  readonly restriction?: Restriction;
  /** The fleet's bill for instances if all of them were spot; only where the catalogue has spot prices. */
  readonly spotUsdPerMonth?: number;
  readonly runnersUp: readonly RunnerUp[];
  readonly rejected: readonly Rejected[];
}
