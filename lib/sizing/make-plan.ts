/** Compute profile + service level + catalogue -> sizing plan. */
import type { ComputeProfile } from '../model/package/profile';
import { doubts, doubtsOfRequest, intervalOfRequest } from '../model/package/profile-doubts';
import { creditModeOf } from './catalogue/burstable';
import { type Catalogue, catalogueDigest } from './catalogue/catalogue';
import { bill, billTotal, HOURS_PER_MONTH } from './cost';
import { mostByHour } from './demand/day';
import { type Demand, demandOf, type ShadowRequest, type SizingRequest } from './demand/demand';
import { requestCost } from './demand/service';
import { MADE_EGRESSES } from './egress';
import { gpuVerdict, plannedGpu } from './gpu-verdict';
import { growthOf } from './growth';
import { bounds, type Daily, type FleetSize } from './judgement/fleet-size';
import { broken, explain, p99Ms, utilisation } from './judgement/judgement';
import { neededMiB } from './judgement/memory';
import {
  type Candidate,
  type Likely,
  type MatrixUnits,
  PLAN_VERSION,
  type PlannedDay,
  type PlannedShadow,
  type Rejected,
  type Restriction,
  type SizingPlan,
  type Uncertainty,
  type WayOut,
} from './plan';
import { candidateOf, decimals, roundedCost, roundedPrediction } from './rounded';
import { infeasible } from './search/infeasible';
import { affordable, billed, type Failure, type Option, options, strongestBelow, withoutDay } from './search/search';
import type { Availability } from './service-level';
import { settings } from './settings';

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
function withoutJoining(demand: Demand, catalogue: Catalogue): Candidate | undefined {
  const [first, ...others] = demand.request.modes;
  const modes: typeof demand.request.modes = [first, ...others.filter(({ service }) => service.requests === 1)];
  const alone = affordable({ ...demand, request: { ...demand.request, modes, joinable: [1] } }, catalogue);
  return alone && candidateOf(alone);
}

function plannedDay(daily: Daily, demand: Demand, catalogue: Catalogue): PlannedDay {
  const steady = affordable(withoutDay(demand), catalogue);
  return {
    instancesByHour: mostByHour(daily.steps),
    meanInstances: decimals(daily.meanInstances, 2),
    growSeconds: Math.ceil(daily.growSeconds),
    rise: decimals(daily.rise, 2),
    pending: daily.pending,
    ...(steady && { steady: candidateOf(steady) }),
  };
}

function restrictionOf(
  { usdPerMonth }: Option,
  demand: Demand,
  catalogue: Catalogue,
  unrestricted: Catalogue,
): Restriction {
  const free = affordable(demand, unrestricted);
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

/** By how much two profiles of a quiet machine may differ, and the most that is asked. */
const PROFILES_DIFFER = 0.03;
const MOST_OFF = 0.25;

/** The request, with what its light load adds so many times as large. */
function atLight(request: Demand['request'], times: number): Demand['request'] {
  const [first, ...others] = request.modes;
  const scaled = (mode: typeof first) => ({ ...mode, lightCpuMs: mode.cpuMs + (mode.lightCpuMs - mode.cpuMs) * times });
  return { ...request, modes: [scaled(first), ...others.map(scaled)] };
}

/** The answers on either side, where they are other fleets: all of it takes less, or more, and so does what light load adds. */
function borderOf({ candidate, fleet }: Option, demand: Demand, catalogue: Catalogue, profile: ComputeProfile) {
  const { busy, light } = intervalOfRequest(profile, demand.serviceLevel.rowsPerRequest);
  const within = (interval: number) => decimals(Math.min(MOST_OFF, Math.max(PROFILES_DIFFER, interval)), 2);
  const [off, lightOff] = [within(busy), within(light)];
  const at = (sign: 1 | -1): Candidate | undefined => {
    const { reference, gpu } = demand;
    const slower = 1 + sign * off;
    const scaled = <T extends { readonly speed: number }>(some: T): T => ({ ...some, speed: some.speed * slower });
    const option = affordable(
      {
        ...demand,
        request: atLight(demand.request, (1 + sign * lightOff) / slower),
        reference: scaled(reference),
        ...(gpu && { gpu: { ...gpu, host: scaled(gpu.host) } }),
      },
      catalogue,
      candidate.type,
    );
    if (!option) return undefined;
    const isSame =
      option.candidate.type === candidate.type &&
      option.fleet.instances === fleet.instances &&
      option.candidate.mode.service.requests === candidate.mode.service.requests;
    return isSame ? undefined : candidateOf(option);
  };
  const [less, more] = [at(-1), at(1)];
  return less || more ? { off, ...(less && { less }), ...(more && { more }) } : undefined;
}

/** How unsure the choice is, and on which type a profile might lead to a cheaper one. */
function uncertaintyOf(
  found: readonly [Option, ...Option[]],
  demand: Demand,
  catalogue: Catalogue,
  profile: ComputeProfile,
): Uncertainty {
  const [choice] = found;
  const { candidate, usdPerMonth } = choice;
  const border = borderOf(choice, demand, catalogue, profile);
  const units = matrixUnits(found, demand);
  const doubtful = [...doubts(profile), ...doubtsOfRequest(profile, demand.serviceLevel.rowsPerRequest)];
  const { uncertainty: factor, reason } = candidate.transfer;
  const known = {
    factor,
    reason,
    ...(doubtful.length > 0 && { doubts: doubtful }),
    ...(border && { border }),
    ...(units.length > 0 && { matrixUnits: units }),
  };
  const measured = affordable({ ...demand, measuredEverywhere: true }, catalogue, candidate.type);
  if (!measured || measured.usdPerMonth >= usdPerMonth) return known;
  const { name, usdPerHour } = measured.candidate.type;
  return { ...known, profileOn: { instanceType: name, usdPerHour, next: candidateOf(measured) } };
}

function plannedShadow({ candidate, fleet }: Option, { profile, manifest, share }: ShadowRequest): PlannedShadow {
  const { shadow: _none, ...demand } = candidate.demand;
  const alone = { ...candidate, demand };
  const rate = demand.serviceLevel.requestsPerSecond;
  return {
    name: manifest.name,
    modelSha256: manifest.model.sha256,
    engine: profile.machine.engineKind === 'native' ? 'native' : 'onnxruntime', // a GPU is the served model's
    share,
    memoryMiB: Math.ceil(neededMiB(candidate.demand, fleet.workers) - neededMiB(demand, fleet.workers)),
    utilisation: decimals(utilisation(candidate, fleet, rate) - utilisation(alone, fleet, rate), 4),
  };
}

function waysOutOf({ candidate, fleet }: Option, catalogue: Catalogue): WayOut[] {
  const { serviceLevel } = candidate.demand;
  if (serviceLevel.egress === 'existing' || serviceLevel.sharedDoor) return []; // of which one endpoint decides nothing
  const of = billed(candidate, fleet, catalogue);
  return MADE_EGRESSES.map((egress) => ({
    egress,
    usdPerMonth: billTotal({ ...of, serviceLevel: { ...serviceLevel, egress } }),
  }));
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
  const { profile, manifest, serviceLevel, region } = request;
  const { demand, catalogue, unrestricted } = demandOf(request);
  const { types } = catalogue;
  const found = options(demand, types, catalogue);
  const [choice] = found;
  if (!choice || choice.usdPerMonth > (serviceLevel.budgetUsdPerMonth ?? Number.POSITIVE_INFINITY)) {
    throw infeasible(demand, { catalogue, unrestricted }, choice, (rows) =>
      requestCost(profile, rows, manifest.batch, serviceLevel),
    );
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
  const alone = requestsPerRun > 1 ? withoutJoining(demand, catalogue) : undefined;
  return {
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
    modelSha256: profile.modelSha256,
    engine: type.gpu ? 'cuda' : profile.machine.engineKind === 'native' ? 'native' : 'onnxruntime',
    choice: candidateOf(choice),
    ...(choice.fleet.daily && { daily: plannedDay(choice.fleet.daily, demand, catalogue) }),
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
    ...(request.shadow && { shadow: plannedShadow(choice, request.shadow) }),
    ...(type.gpu && { gpu: plannedGpu(choice.candidate, type) }),
    ...(profile.dense && { gpuVerdict: gpuVerdict(found, types) }),
    growth: growthOf(choice, demand, catalogue, predicted.maximumRequestsPerSecond),
    waysOut: waysOutOf(choice, catalogue),
    cost: roundedCost(bill(billed(choice.candidate, choice.fleet, catalogue))),
    binding: bindingOf(choice, failures),
    uncertainty: uncertaintyOf([choice, ...found.slice(1)], demand, catalogue, profile),
    ...(type.spotUsdPerHour !== undefined && {
      spotUsdPerMonth: decimals(
        type.spotUsdPerHour * HOURS_PER_MONTH * (choice.fleet.daily?.meanInstances ?? choice.fleet.instances),
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
}
