/** Compute profile + service level + catalogue -> sizing plan. */
import { SlipwayError } from '../model/error';
import type { Manifest } from '../model/manifest';
import type { ComputeProfile, DenseWork } from '../model/profile';
import { doubts, doubtsOfRequest } from '../model/profile-doubts';
import {
  type Catalogue,
  catalogueDigest,
  DEFAULT_PRICE_REGION,
  type InstanceType,
  loadCatalogue,
  withoutGpus,
} from './catalogue/catalogue';
import { HOURS_PER_MONTH } from './cost';
import { bounds } from './fleet';
import { gpuMemoryMiB } from './gpu';
import { GPU_LIBRARY, GPU_MACHINE_IMAGE } from './gpu-image';
import { infeasible } from './infeasible';
import { broken, type Demand, explain, type Fleet, p99Ms, predict, utilisation } from './judgement';
import {
  type Candidate,
  type Cost,
  type GpuVerdict,
  type Growth,
  type Likely,
  PLAN_VERSION,
  type PlannedGpu,
  type Prediction,
  type Rejected,
  type SizingPlan,
  type Uncertainty,
} from './plan';
import { best, billOf, type Failure, type Option, options, strongestBelow } from './search';
import { requestCost } from './service';
import { checkServiceLevel, type ServiceLevel } from './service-level';
import { settings } from './settings';
import { referenceOf } from './transfer';

export interface SizingRequest {
  readonly profile: ComputeProfile;
  readonly manifest: Manifest;
  readonly serviceLevel: ServiceLevel;
  /** Region of the endpoint, e.g. `eu-west-1`. */
  readonly region: string;
  /** @default - the catalogue that ships with Slipway */
  readonly catalogue?: Catalogue;
}

const RUNNERS_UP = 5;

const decimals = (value: number, digits: number) => Number(value.toFixed(digits));

export function candidateOf({ candidate: { type, mode }, fleet, cost }: Option | Failure): Candidate {
  const { requests } = mode.service;
  return {
    instanceType: type.name,
    architecture: type.architecture,
    vCpus: type.vCpus,
    memoryMiB: type.memoryMiB,
    instances: fleet.instances,
    ...(requests > 1 && { requestsPerRun: requests }),
    usdPerMonth: cost.usdPerMonth,
  };
}

function roundedPrediction({ candidate, fleet }: Option): Prediction {
  const predicted = predict(candidate, fleet);
  return {
    p99Ms: decimals(predicted.p99Ms, 2),
    utilisation: decimals(predicted.utilisation, 4),
    memoryMiB: Math.ceil(predicted.memoryMiB),
    maximumRequestsPerSecond: predicted.maximumRequestsPerSecond,
  };
}

function roundedCost({ lines, usdPerMonth, usdPerMillionPredictions }: Cost): Cost {
  return {
    lines: lines.map((line) => ({
      ...line,
      quantity: decimals(line.quantity, 4),
      usdPerUnitMonth: decimals(line.usdPerUnitMonth, 4),
    })),
    usdPerMonth,
    usdPerMillionPredictions: decimals(usdPerMillionPredictions, 4),
  };
}

/** The constraint that decided the size, in one sentence. */
function bindingOf({ candidate, fleet }: Option, failures: readonly Failure[]): string {
  const { availability } = candidate.demand.serviceLevel;
  if (fleet.instances > bounds(availability, fleet.zones).fewest) {
    const smaller: Fleet = { ...fleet, instances: fleet.instances - 1 };
    const constraint = broken(candidate, smaller);
    if (constraint) return `with one instance fewer it fails on ${explain(candidate, smaller, constraint)}`;
  }
  const next = failures.reduce<Failure | undefined>(
    (a, b) => (a && a.cost.usdPerMonth >= b.cost.usdPerMonth ? a : b),
    undefined,
  );
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

/** The answer to a demand within its budget. */
function answer(demand: Demand, { types, prices }: Catalogue): Option | undefined {
  const choice = best(demand, types, prices);
  const { budgetUsdPerMonth = Number.POSITIVE_INFINITY } = demand.serviceLevel;
  return choice && choice.cost.usdPerMonth <= budgetUsdPerMonth ? choice : undefined;
}

/** The answer when no requests are joined. */
function withoutJoining(demand: Demand, catalogue: Catalogue): Candidate | undefined {
  const [first, ...others] = demand.request.modes;
  const modes: typeof demand.request.modes = [first, ...others.filter(({ service }) => service.requests === 1)];
  const alone = answer({ ...demand, request: { ...demand.request, modes, joinable: [1] } }, catalogue);
  return alone && candidateOf(alone);
}

/** The demand with another peak; the mean grows alike. */
function withPeak(demand: Demand, requestsPerSecond: number): Demand {
  const { requestsPerSecond: peak, meanRequestsPerSecond: mean } = demand.serviceLevel;
  const meanRequestsPerSecond = mean && (mean * requestsPerSecond) / peak;
  return { ...demand, serviceLevel: { ...demand.serviceLevel, requestsPerSecond, meanRequestsPerSecond } };
}

/** How far the traffic may grow until the fleet breaks a constraint, or its bill the budget. */
function growthOf({ candidate, fleet }: Option, demand: Demand, catalogue: Catalogue, carries: number): Growth {
  const { requestsPerSecond, budgetUsdPerMonth = Number.POSITIVE_INFINITY } = demand.serviceLevel;
  const at = (peak: number) => ({ ...candidate, demand: withPeak(candidate.demand, peak) });
  const usdPerMonth = (peak: number) => billOf(at(peak), fleet, catalogue.prices).usdPerMonth;
  let upTo = Math.max(requestsPerSecond, carries);
  if (usdPerMonth(upTo) > budgetUsdPerMonth) {
    // of whole numbers, which what is asked need not be
    let [within, over] = [Math.floor(requestsPerSecond), Math.ceil(upTo)];
    while (over - within > 1) {
      const middle = Math.floor((within + over) / 2);
      if (usdPerMonth(middle) <= budgetUsdPerMonth) within = middle;
      else over = middle;
    }
    upTo = Math.max(requestsPerSecond, within);
  }
  const beyond = at(upTo + 1);
  const constraint = broken(beyond, fleet);
  const bill = usdPerMonth(upTo + 1);
  const bound = constraint
    ? explain(beyond, fleet, constraint)
    : bill > budgetUsdPerMonth && `budget: ${bill.toFixed(2)} USD/month, ${budgetUsdPerMonth} allowed`;
  const next = answer(withPeak(demand, upTo + 1), catalogue);
  return { upToRequestsPerSecond: upTo, ...(bound && { bound }), ...(next && { next: candidateOf(next) }) };
}

/** How unsure the choice is, and on which type a profile might lead to a cheaper one. */
function uncertaintyOf(
  { candidate: { transfer }, cost }: Option,
  demand: Demand,
  catalogue: Catalogue,
  profile: ComputeProfile,
): Uncertainty {
  const doubtful = [...doubts(profile), ...doubtsOfRequest(profile, demand.serviceLevel.rowsPerRequest)];
  const { uncertainty: factor, reason } = transfer;
  const known = { factor, reason, ...(doubtful.length > 0 && { doubts: doubtful }) };
  const measured = answer({ ...demand, measuredEverywhere: true }, catalogue);
  if (!measured || measured.cost.usdPerMonth >= cost.usdPerMonth) return known;
  const { name, usdPerHour } = measured.candidate.type;
  return { ...known, profileOn: { instanceType: name, usdPerHour, next: candidateOf(measured) } };
}

/** Parameters that no cache of a core holds, bytes. */
const BEYOND_CACHES = 32 * 1024 * 1024;
/** Operations for each byte of parameters below which a core waits for its memory. */
const OPERATIONS_PER_BYTE = 4;

function isMemoryBound({ parameterBytes, operationsPerRow }: DenseWork, rows: number): boolean {
  return parameterBytes > BEYOND_CACHES && (operationsPerRow * rows) / parameterBytes < OPERATIONS_PER_BYTE;
}

/** What serves on a GPU: library and image, by which the stacks build the instances. */
function plannedGpu({ demand }: Option['candidate'], { gpu }: InstanceType): PlannedGpu | undefined {
  if (!gpu) return undefined;
  const needMiB = Math.ceil(gpuMemoryMiB(demand.gpu!.work, demand.serviceLevel.rowsPerRequest));
  return { name: gpu.name, memoryMiB: gpu.memoryMiB, needMiB, library: GPU_LIBRARY, machineImage: GPU_MACHINE_IMAGE };
}

/** Whether a GPU would do, beside the fleet that was chosen. */
function gpuVerdict(found: readonly Option[], types: readonly InstanceType[]): GpuVerdict {
  const ofKind = (withGpu: boolean) => found.find(({ candidate }) => (candidate.type.gpu !== undefined) === withGpu);
  const fleetOf = (option: Option | undefined) =>
    option && { ...candidateOf(option), predicted: roundedPrediction(option) };
  return {
    types: types.filter(({ gpu }) => gpu).length,
    withGpu: fleetOf(ofKind(true)),
    withoutGpu: fleetOf(ofKind(false)),
  };
}

/**
 * What the request asks of every type of the catalogue.
 *
 * @throws SlipwayError E_USAGE for a service level that makes no sense
 */
export function demandOf({ profile, manifest, serviceLevel, region, ...request }: SizingRequest): {
  readonly demand: Demand;
  readonly catalogue: Catalogue;
} {
  checkServiceLevel(serviceLevel);
  const { computeClass } = manifest;
  const { dense } = profile;
  const whole = request.catalogue ?? loadCatalogue(region);
  const known = [...whole.types, ...loadCatalogue(DEFAULT_PRICE_REGION).types];
  const catalogue = dense ? whole : withoutGpus(whole);
  if (catalogue.types.length === 0) {
    throw new SlipwayError(
      'E_FILE',
      `the catalogue of ${whole.region} has no instance type with a price and a processor of known speed; ` +
        `renew it with "slipway catalog refresh --region ${whole.region}"`,
    );
  }
  const demand: Demand = {
    serviceLevel,
    request: requestCost(profile, serviceLevel.rowsPerRequest, manifest.batch),
    reference: referenceOf(profile.machine, computeClass, known),
    computeClass,
    memory: profile.memory,
    modelBytes: manifest.model.bytes,
    watchesData: manifest.training !== undefined,
    startMs: profile.startMs,
    ...(dense && {
      gpu: { work: dense, host: referenceOf(profile.machine, 'scalar', known) },
      memoryBound: isMemoryBound(dense, serviceLevel.rowsPerRequest),
    }),
  };
  return { demand, catalogue };
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
  const { profile, serviceLevel, region } = request;
  const { demand, catalogue } = demandOf(request);
  const { types, prices } = catalogue;
  const found = options(demand, types, prices);
  const [choice] = found;
  if (!choice || choice.cost.usdPerMonth > (serviceLevel.budgetUsdPerMonth ?? Number.POSITIVE_INFINITY)) {
    throw infeasible(demand, types, prices, choice, (rows) => requestCost(profile, rows));
  }
  const { usdPerMonth } = choice.cost;
  const failures = [...types]
    .filter((type) => type !== choice.candidate.type)
    .sort((a, b) => a.usdPerHour - b.usdPerHour || (a.name < b.name ? -1 : 1))
    .map((type) => strongestBelow(demand, type, prices, usdPerMonth))
    .filter((failure) => failure !== undefined);
  const predicted = roundedPrediction(choice);
  const { type, mode } = choice.candidate;
  const requestsPerRun = mode.service.requests;
  const alone = requestsPerRun > 1 ? withoutJoining(demand, catalogue) : undefined;
  return {
    schemaVersion: PLAN_VERSION,
    serviceLevel,
    region,
    catalogue: {
      capturedAt: catalogue.capturedAt,
      priceRegion: catalogue.region,
      sha256: catalogueDigest(catalogue),
      types: types.length,
      leftOut: catalogue.leftOut,
    },
    modelSha256: profile.modelSha256,
    engine: type.gpu ? 'cuda' : /^native \d+$/.test(profile.machine.engine) ? 'native' : 'onnxruntime',
    topology: choice.fleet.instances === 1 ? 'single' : 'group',
    choice: candidateOf(choice),
    zones: choice.fleet.zones,
    offeredIn: catalogue.region === region ? type.zones : [],
    workersPerInstance: choice.fleet.workers,
    threadsPerWorker: mode.threads,
    requestsPerRun,
    ...(alone && { withoutJoining: alone }),
    ...settings(choice, predicted, prices),
    predicted,
    likely: likelyOf(choice),
    ...(type.gpu && { gpu: plannedGpu(choice.candidate, type) }),
    ...(profile.dense && { gpuVerdict: gpuVerdict(found, types) }),
    growth: growthOf(choice, demand, catalogue, predicted.maximumRequestsPerSecond),
    cost: roundedCost(choice.cost),
    binding: bindingOf(choice, failures),
    uncertainty: uncertaintyOf(choice, demand, catalogue, profile),
    ...(type.spotUsdPerHour !== undefined && {
      spotUsdPerMonth: decimals(type.spotUsdPerHour * HOURS_PER_MONTH * choice.fleet.instances, 2),
    }),
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
