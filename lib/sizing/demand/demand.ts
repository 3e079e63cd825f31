/** What an endpoint asks of every instance type: the service level, and what a request costs on the machine that was profiled. */
import { SlipwayError } from '../../model/error';
import type { ComputeClass, Manifest } from '../../model/package/manifest';
import type { ComputeProfile, DenseWork } from '../../model/package/profile';
import { MIB } from '../../model/units';
import { type Catalogue, DEFAULT_REGION, type InstanceType, loadCatalogue, withoutGpus } from '../catalogue/catalogue';
import { NETWORK_ZONES } from '../plan/zones';
import { checkDiscounts, discounted } from '../service-level/discounts';
import { checkChoice, restricted } from '../service-level/restriction';
import { checkServiceLevel, type ServiceLevel } from '../service-level/service-level';
import { type RequestCost, requestCost } from './service';
import { type Reference, referenceOf } from './transfer';
import { type VersionRequest, withVersions } from './versions';

export interface SizingRequest {
  readonly profile: ComputeProfile;
  readonly manifest: Manifest;
  readonly serviceLevel: ServiceLevel;
  /** Region of the endpoint, e.g. `eu-west-1`. */
  readonly region: string;
  /** @default - none */
  readonly shadow?: ShadowRequest | undefined;
  /** Versions of the model that are served side by side, the model itself among them. @default - it is served alone */
  readonly versions?: readonly VersionRequest[] | undefined;
  /** Ids of the zones in which the network of the endpoint has subnets. @default - those of the region, as far as it is known */
  readonly zones?: readonly string[] | undefined;
  /** @default - the catalogue that ships with Slipway */
  readonly catalogue?: Catalogue;
}

/** What a model of matrix products asks of a GPU. */
export interface GpuDemand {
  readonly work: DenseWork;
  /** The profiled machine as seen by the code around the engine. */
  readonly host: Reference;
}

/** A model that is run beside the served one, on some of its requests. */
export interface ShadowRequest {
  readonly profile: ComputeProfile;
  readonly manifest: Manifest;
  /** Share of the requests, above 0 to 1. */
  readonly share: number;
  /** Whether it has a group of its own. @default - it has one where that costs less, or nothing has room for both models */
  readonly group?: boolean | undefined;
}

/** What a shadow asks of every type: a process for each worker. */
export interface ShadowDemand {
  /** CPU time that it takes for each request that is served, on the machine where the served model was profiled, milliseconds. */
  readonly cpuMs: number;
  readonly memory: ComputeProfile['memory'];
}

/** A group of a shadow's own: of a fleet that is sized it is a part of the bill, and nothing else. */
export interface ShadowGroupDemand {
  readonly type: InstanceType;
  /** At the peak. */
  readonly instances: number;
  /** Over the week, in the mean. */
  readonly running: number;
  readonly volumeGiB: number;
  /** CPU over the baseline of burstable instances, vCPUs. */
  readonly surplusVcpus: number;
  /** Share of the requests of which it gets copies. */
  readonly share: number;
}

/** A model of a fleet. */
export interface DemandMember {
  readonly name: string;
  /** Of the requests of the fleet. */
  readonly share: number;
  /** As if it were alone. */
  readonly demand: Demand;
}

/** What every type is judged against. */
export interface Demand {
  readonly serviceLevel: ServiceLevel;
  /** Ids of the zones in which the network has subnets; none where that is not known, or of no concern to us. */
  readonly networkZones: readonly string[];
  readonly request: RequestCost;
  readonly reference: Reference;
  readonly computeClass: ComputeClass;
  readonly memory: ComputeProfile['memory'];
  /** Bytes of the model, and of its shadow's. */
  readonly modelBytes: number;
  /** One that runs beside the model, on the same instances. */
  readonly shadow?: ShadowDemand;
  readonly shadowGroup?: ShadowGroupDemand;
  /** Whether the rows are held against those of training, which costs metrics and an alarm. */
  readonly watchesData?: boolean;
  /** From the start of the handler until it can answer, on the profiled machine. */
  readonly startMs: number;
  /** The models of a fleet, of which all else here is the sum. @default - there is one model */
  readonly members?: readonly DemandMember[];
  /** What a GPU would have to do; undefined for a model that has nothing for it. */
  readonly gpu?: GpuDemand;
  /** Whether a request's time goes into reading parameters from memory. @default false */
  readonly memoryBound?: boolean;
  /** Reckon as if the model had been profiled on every type itself. @default false */
  readonly measuredEverywhere?: boolean;
}

/** Parameters that no cache of a core holds, bytes. */
const BEYOND_CACHES = 32 * MIB;
/** Operations for each byte of parameters below which a core waits for its memory. */
const OPERATIONS_PER_BYTE = 4;

function isMemoryBound({ parameterBytes, operationsPerRow }: DenseWork, rows: number): boolean {
  return parameterBytes > BEYOND_CACHES && (operationsPerRow * rows) / parameterBytes < OPERATIONS_PER_BYTE;
}

/** The time of a shadow that was profiled on another machine is carried over by the reference kernel of its arithmetic. */
function shadowDemand(
  { profile, manifest, share }: ShadowRequest,
  served: ComputeProfile,
  { rowsPerRequest }: ServiceLevel,
): ShadowDemand {
  const kernel = manifest.computeClass === 'gemm' ? 'denseMs' : 'treeMs';
  const carried = served.machine.kernels[kernel] / profile.machine.kernels[kernel];
  const [{ cpuMs }] = requestCost(profile, rowsPerRequest, manifest.batch).modes;
  return { cpuMs: share * cpuMs * carried, memory: profile.memory };
}

/** The types that some of these zones offer, or of which that is not known. */
function within(zones: readonly string[], catalogue: Catalogue): Catalogue {
  if (zones.length === 0) return catalogue;
  const types = catalogue.types.flatMap((type) => {
    if (type.zones.length === 0) return [type];
    const offered = type.zones.filter((zone) => zones.includes(zone));
    return offered.length === 0 ? [] : [{ ...type, zones: offered }];
  });
  return { ...catalogue, types };
}

/** A demand, and of what. */
export interface Asked {
  readonly demand: Demand;
  /** The types that are allowed. */
  readonly catalogue: Catalogue;
  /** All types, whatever is allowed. */
  readonly unrestricted: Catalogue;
}

/**
 * What the request asks of every type of the catalogue.
 *
 * @throws SlipwayError E_USAGE for a service level that makes no sense
 */
export function demandOf({
  profile,
  manifest,
  serviceLevel,
  region,
  shadow,
  versions,
  ...request
}: SizingRequest): Asked {
  checkServiceLevel(serviceLevel);
  const gemm = versions?.some((version) => version.manifest.computeClass === 'gemm');
  const computeClass = gemm ? 'gemm' : manifest.computeClass;
  const dense = versions ? undefined : profile.dense; // a GPU would have to have room for all of them, which is not known
  const listed = request.catalogue ?? loadCatalogue(region);
  checkDiscounts(serviceLevel.discounts, listed);
  const whole = discounted(listed, serviceLevel.discounts);
  const known = [...whole.types, ...loadCatalogue(DEFAULT_REGION).types];
  const unrestricted = dense ? whole : withoutGpus(whole);
  if (unrestricted.types.length === 0) {
    throw new SlipwayError(
      'E_FILE',
      `the catalogue of ${whole.region} has no instance type with a price and a processor of known speed; ` +
        `renew it with "slipway catalog refresh --region ${whole.region}"`,
    );
  }
  if (serviceLevel.purchase && !whole.types.some(({ spotUsdPerHour }) => spotUsdPerHour !== undefined)) {
    throw new SlipwayError(
      'E_INFEASIBLE',
      `purchase: the catalogue of ${whole.region} has no Spot prices; leave purchase out, or renew it with "slipway catalog refresh --region ${region}"`,
    );
  }
  if (serviceLevel.instances) checkChoice(serviceLevel.instances, whole);
  const networkZones = serviceLevel.egress === 'existing' ? [] : (request.zones ?? NETWORK_ZONES[region] ?? []);
  const allowed = restricted(unrestricted, serviceLevel.instances);
  const catalogue = whole.region === region ? within(networkZones, allowed) : allowed;
  const demand: Demand = {
    serviceLevel,
    networkZones,
    request: requestCost(profile, serviceLevel.rowsPerRequest, manifest.batch, serviceLevel),
    reference: referenceOf(profile.machine, computeClass, known),
    computeClass,
    memory: profile.memory,
    modelBytes: manifest.model.bytes + (shadow?.manifest.model.bytes ?? 0),
    ...(shadow && { shadow: shadowDemand(shadow, profile, serviceLevel) }),
    watchesData: manifest.training !== undefined,
    startMs: profile.startMs,
    ...(dense && {
      gpu: { work: dense, host: referenceOf(profile.machine, 'scalar', known) },
      memoryBound: isMemoryBound(dense, serviceLevel.rowsPerRequest),
    }),
  };
  return { demand: versions ? withVersions(demand, versions, profile) : demand, catalogue, unrestricted };
}
