/** Compute profile + service level + catalogue -> sizing plan. */
import type { EngineKind } from '../model/package/engine-kind';
import type { Interval } from '../model/package/profile-doubts';
import { bill } from './bill/bill';
import { HOURS_PER_MONTH } from './bill/fixed-parts';
import { borderOf } from './border';
import { creditModeOf } from './catalogue/burstable';
import { type Catalogue, catalogueDigest, type InstanceType } from './catalogue/catalogue';
import type { Demand } from './demand/demand';
import type { Asked, ShadowRequest, SizingRequest } from './demand/demand-of';
import { type RequestCost, requestCost } from './demand/service';
import { requestTogether, type VersionRequest, versionCosts } from './demand/versions';
import { gpuVerdict, plannedGpu } from './gpu-verdict';
import { growthOf } from './growth';
import { bounds, type Daily, type FleetSize } from './judgement/fleet-size';
import { broken, explain, utilisation } from './judgement/judgement';
import { p99Ms } from './judgement/lateness';
import { minutesEarly, readySeconds, weeklySteps } from './judgement/weekly';
import { frontDoorsOf, waysOutOf } from './offers';
import {
  type Candidate,
  type Likely,
  type MatrixUnits,
  PLAN_VERSION,
  type PlannedDay,
  type PlannedWeek,
  type Rejected,
  type Restriction,
  type SizingPlan,
  type Uncertainty,
} from './plan/plan';
import { plannedPurchase, spotRange } from './planned-purchase';
import { engineOf, plannedShadow } from './planned-shadow';
import { plannedVersions } from './planned-versions';
import { plannedWarmPool } from './planned-warm-pool';
import { billed } from './search/fleet-usd';
import { infeasible } from './search/infeasible';
import { candidateOf, decimals, plannedChanges, roundedCost, roundedPrediction } from './search/rounded';
import {
  affordable,
  type Failure,
  leading,
  type Option,
  options,
  strongestBelow,
  withoutDay,
  withoutSchedule,
} from './search/search';
import { type Placed, placed } from './search/shadow-group';
import { mostByHour } from './service-level/day';
import { type Availability, BALANCER_NODES } from './service-level/service-level';
import { settings } from './settings';
import { doubtsTogether, widestOf } from './several-doubts';

const RUNNERS_UP = 5;

function dailyReason({ minimum, rise, growSeconds }: Daily, availability: Availability, zones: number): string {
  const few = `${minimum} ${minimum === 1 ? 'instance' : 'instances'}`;
  if (minimum === bounds(availability, zones).fewest)
    return `${few} at the least are what availability ${availability} needs`;
  return `${few} at the least carry ${decimals(rise, 1)} requests/s more, by which the rate may rise in the ${Math.ceil(growSeconds)} s that growth takes; with fewer, each would have to have so little to do that the fleet costs more`;
}

/** The constraint that decided the size, in one sentence. */
function bindingOf({ candidate, fleet }: Option, failures: readonly Failure[]): string {
  const { availability } = candidate.demand.serviceLevel;
  if (fleet.daily) return dailyReason(fleet.daily, availability, fleet.zones);
  if (fleet.instances > bounds(availability, fleet.zones).fewest) {
    const smaller: FleetSize = { ...fleet, instances: fleet.instances - 1 };
    const constraint = broken(candidate, smaller);
    if (constraint) return `with one instance fewer it fails on ${explain(candidate, smaller, constraint)}`;
  }
  const next = failures.reduce<Failure | undefined>((a, b) => (a && a.usdPerMonth >= b.usdPerMonth ? a : b), undefined);
  if (next) {
    const { instances } = next.fleet;
    const text = explain(next.candidate, next.fleet, next.constraint);
    return `the next cheaper, ${instances} x ${next.candidate.type.name}, fails on ${text}`;
  }
  const floor = fleet.instances === 1 ? 'one instance' : `${fleet.instances} instances`;
  return `nothing in the catalogue is cheaper: availability ${availability} needs ${floor}, and these cost least`;
}

function likelyOf({ candidate, fleet }: Option): Likely {
  const { transfer } = candidate;
  const certain = { ...candidate, transfer: { ...transfer, factor: transfer.factor / transfer.uncertainty } };
  const rate = candidate.demand.serviceLevel.requestsPerSecond;
  return { p99Ms: decimals(p99Ms(certain, fleet), 2), utilisation: decimals(utilisation(certain, fleet, rate), 4) };
}

/** The answer when no requests are joined. */
function withoutJoining(demand: Demand, catalogue: Catalogue, likely: InstanceType): Candidate | undefined {
  const [first, ...others] = demand.request.modes;
  const modes: typeof demand.request.modes = [first, ...others.filter(({ service }) => service.requests === 1)];
  const alone = affordable({ ...demand, request: { ...demand.request, modes, joinable: [1] } }, catalogue, likely);
  return alone && candidateOf(alone);
}

function plannedDay(daily: Daily, demand: Demand, catalogue: Catalogue, likely: InstanceType): PlannedDay {
  const steady = affordable(withoutDay(demand), catalogue, likely);
  return {
    instancesByHour: mostByHour(daily.steps),
    meanInstances: decimals(daily.meanInstances, 2),
    growSeconds: Math.ceil(daily.growSeconds),
    rise: decimals(daily.rise, 2),
    pending: daily.pending,
    ...(steady && { steady: candidateOf(steady) }),
  };
}

function plannedWeek({ candidate, fleet: { weekly } }: Option, demand: Demand, catalogue: Catalogue): PlannedWeek {
  const { levels, meanInstances } = weekly!;
  const steps = weeklySteps(candidate, weekly!, demand.serviceLevel.schedule!);
  const steady = affordable(withoutSchedule(demand), catalogue, candidate.type);
  const off = steps.filter((instances) => instances === 0).length;
  return {
    changes: plannedChanges(steps),
    fewest: Math.min(...levels.flatMap(({ instances }) => (instances > 0 ? [instances] : []))),
    meanInstances: decimals(meanInstances, 2),
    offHours: decimals((off / steps.length) * HOURS_PER_WEEK, 2),
    earlyMinutes: minutesEarly(candidate),
    readySeconds: readySeconds(candidate),
    ...(steady && { steady: candidateOf(steady) }),
  };
}

const HOURS_PER_WEEK = 7 * 24;

function restrictionOf(
  { usdPerMonth, candidate }: Option,
  demand: Demand,
  catalogue: Catalogue,
  unrestricted: Catalogue,
): Restriction {
  const free = affordable(demand, unrestricted, candidate.type);
  const cheaper = free && free.usdPerMonth < usdPerMonth;
  return {
    types: unrestricted.types.length - catalogue.types.length,
    ...(cheaper && { without: candidateOf(free) }),
  };
}

/** Units of the choice and of its runners-up that no speed counts, each processor once. */
function matrixUnits(found: readonly Option[], { computeClass }: Demand): MatrixUnits[] {
  if (computeClass !== 'gemm') return [];
  const first = new Map<string, MatrixUnits>();
  for (const { candidate } of found.slice(0, 1 + RUNNERS_UP)) {
    const { name, cpu, gpu, matrixUnits: units } = candidate.type;
    if (units && !gpu && !first.has(cpu)) first.set(cpu, { units, cpu, instanceType: name });
  }
  return [...first.values()];
}

/** The answer with as few nodes as there may be, where p99 decides and it is another. */
function withFewNodes(
  { candidate, fleet, usdPerMonth }: Option,
  demand: Demand,
  catalogue: Catalogue,
): Uncertainty['balancer'] {
  const { serviceLevel } = demand;
  if (serviceLevel.balancerNodes !== undefined || demand.members || fleet.instances === 1) return undefined;
  if (broken(candidate, { ...fleet, instances: fleet.instances - 1 }) !== 'p99') return undefined;
  const nodes = Math.max(BALANCER_NODES.fewest, fleet.zones);
  const found = affordable(
    { ...demand, serviceLevel: { ...serviceLevel, balancerNodes: nodes } },
    catalogue,
    candidate.type,
  );
  return found && found.usdPerMonth < usdPerMonth ? { nodes, next: candidateOf(found) } : undefined;
}

/** How unsure the choice is, and on which type a profile might lead to a cheaper one. */
function uncertaintyOf(
  found: readonly [Option, ...Option[]],
  demand: Demand,
  catalogue: Catalogue,
  measuredAs: Measured,
): Uncertainty {
  const [choice] = found;
  const { candidate, usdPerMonth } = choice;
  const border = borderOf(choice, demand, catalogue, measuredAs.interval);
  const units = matrixUnits(found, demand);
  const balancer = withFewNodes(choice, demand, catalogue);
  const { doubts: doubtful } = measuredAs;
  const { uncertainty: factor, reason } = candidate.transfer;
  const known = {
    factor,
    reason,
    ...(doubtful.length > 0 && { doubts: doubtful }),
    ...(border && { border }),
    ...(balancer && { balancer }),
    ...(units.length > 0 && { matrixUnits: units }),
  };
  const measured = affordable({ ...demand, measuredEverywhere: true }, catalogue, candidate.type);
  if (!measured || measured.usdPerMonth >= usdPerMonth) return known;
  const { name, usdPerHour } = measured.candidate.type;
  return { ...known, profileOn: { instanceType: name, usdPerHour, next: candidateOf(measured) } };
}

/** What a plan says of what was measured. */
interface Measured {
  /** How far two profiles may differ, of several models the one that differs most. */
  readonly interval: Interval;
  readonly doubts: readonly string[];
  readonly modelSha256: string;
  readonly engine: EngineKind;
  readonly shadow?: ShadowRequest | undefined;
  readonly versions?: readonly VersionRequest[] | undefined;
  /** Cost of a request of another number of rows. */
  readonly requestOf: (rows: number) => RequestCost;
}

/**
 * The cheapest fleet that keeps the service level, by exhaustive search over instance type, count, zones, workers,
 * threads and joined requests.
 * A pure function: the same request gives the same plan.
 *
 * @throws SlipwayError E_INFEASIBLE naming the constraint and the nearest service level that can be kept; E_USAGE for a
 *   service level that makes no sense
 */
export function sizingPlan(request: SizingRequest): SizingPlan {
  const { profile, manifest, serviceLevel, region, shadow, versions } = request;
  const { rowsPerRequest } = serviceLevel;
  const measured = (versions ?? [{ name: manifest.name, profile }]).map((each) => ({ ...each, rowsPerRequest }));
  const native = measured.every((each) => engineOf(each.profile) === 'native');
  return planOf(placed(request), region, {
    interval: widestOf(measured),
    doubts: doubtsTogether(measured),
    modelSha256: profile.modelSha256,
    engine: native ? 'native' : 'onnxruntime',
    shadow,
    versions,
    requestOf: (rows) =>
      versions
        ? requestTogether(versionCosts(versions, profile, { ...serviceLevel, rowsPerRequest: rows }))
        : requestCost(profile, rows, manifest.batch, serviceLevel),
  }).plan;
}

/** The plan of a demand, and the fleet that it is of. @throws SlipwayError E_INFEASIBLE */
export function planOf(
  place: Asked | Placed,
  region: string,
  measured: Measured,
): { readonly plan: SizingPlan; readonly option: Option } {
  const { demand, catalogue, unrestricted } = place;
  const { serviceLevel } = demand;
  const { types } = catalogue;
  // what GPUs would cost is said of all of them
  const found = demand.gpu ? options(demand, types, catalogue) : leading(demand, types, catalogue, 1 + RUNNERS_UP);
  const [choice] = found;
  if (!choice || choice.usdPerMonth > (serviceLevel.budgetUsdPerMonth ?? Number.POSITIVE_INFINITY)) {
    throw infeasible(demand, { catalogue, unrestricted }, choice, measured.requestOf);
  }
  const { usdPerMonth } = choice;
  const failures = [...types]
    .filter((type) => type !== choice.candidate.type)
    .sort((a, b) => a.usdPerHour - b.usdPerHour || (a.name < b.name ? -1 : 1))
    .map((type) => strongestBelow(demand, type, catalogue, usdPerMonth))
    .filter((failure) => failure !== undefined);
  const predicted = roundedPrediction(choice);
  const { type, mode } = choice.candidate;
  const requestsPerRun = mode.service.requests;
  const creditMode = creditModeOf(type.name);
  const alone = requestsPerRun > 1 ? withoutJoining(demand, catalogue, type) : undefined;
  const purchase = serviceLevel.purchase && plannedPurchase(choice, demand, catalogue);
  const warmPool = plannedWarmPool(choice, demand, catalogue);
  const plan: SizingPlan = {
    schemaVersion: PLAN_VERSION,
    serviceLevel,
    region,
    catalogue: {
      capturedAt: catalogue.capturedAt,
      ...(catalogue.spotCapturedAt !== undefined && { spotCapturedAt: catalogue.spotCapturedAt }),
      priceRegion: catalogue.region,
      sha256: catalogueDigest(catalogue),
      types: types.length,
      leftOut: catalogue.leftOut,
    },
    modelSha256: measured.modelSha256,
    ...(demand.members && { part: 'fleet' as const }),
    engine: type.gpu ? 'cuda' : measured.engine,
    choice: candidateOf(choice),
    ...(choice.fleet.weekly && { weekly: plannedWeek(choice, demand, catalogue) }),
    ...(purchase && { purchase }),
    ...(warmPool && { warmPool }),
    ...(choice.fleet.daily && { daily: plannedDay(choice.fleet.daily, demand, catalogue, type) }),
    zones: choice.fleet.zones,
    networkZones: demand.networkZones,
    offeredIn: catalogue.region === region ? type.zones : [],
    ...(creditMode && { creditMode }),
    workersPerInstance: choice.fleet.workers,
    threadsPerWorker: mode.threads,
    requestsPerRun,
    ...(alone && { withoutJoining: alone }),
    ...settings(choice, predicted, catalogue),
    predicted,
    likely: likelyOf(choice),
    ...(measured.versions && { versions: plannedVersions(measured.versions, serviceLevel, choice.fleet.workers) }),
    ...(measured.shadow && { shadow: plannedShadow(choice, measured.shadow, place, catalogue) }),
    ...(type.gpu && { gpu: plannedGpu(choice.candidate, type) }),
    ...(demand.gpu && { gpuVerdict: gpuVerdict(found, types) }),
    growth: growthOf(choice, demand, catalogue, predicted.maximumRequestsPerSecond),
    waysOut: waysOutOf(choice, catalogue),
    frontDoors: frontDoorsOf(choice, catalogue),
    cost: roundedCost(
      bill({
        ...billed(choice.candidate, choice.fleet, catalogue),
        ...(purchase && { spotUsdPerHour: spotRange(purchase) }),
      }),
    ),
    binding: bindingOf(choice, failures),
    uncertainty: uncertaintyOf([choice, ...found.slice(1)], demand, catalogue, measured),
    ...(type.spotUsdPerHour !== undefined &&
      !purchase && {
        spotUsdPerMonth: decimals(
          type.spotUsdPerHour *
            HOURS_PER_MONTH *
            ((choice.fleet.daily ?? choice.fleet.weekly)?.meanInstances ?? choice.fleet.instances),
          2,
        ),
      }),
    ...(serviceLevel.instances && { restriction: restrictionOf(choice, demand, catalogue, unrestricted) }),
    runnersUp: found.slice(1, 1 + RUNNERS_UP).map((option) => ({
      ...candidateOf(option),
      predicted: roundedPrediction(option),
    })),
    rejected: failures.map(
      (failure): Rejected => ({
        ...candidateOf(failure),
        reason: explain(failure.candidate, failure.fleet, failure.constraint),
      }),
    ),
  };
  return { plan, option: choice };
}
