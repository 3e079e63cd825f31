/** From what is wanted of a plan to what every instance type is judged against. */
import { SlipwayError } from '../../model/error';
import type { Manifest } from '../../model/package/manifest';
import type { ComputeProfile, DenseWork } from '../../model/package/profile';
import { MIB } from '../../model/units';
import { type Catalogue, DEFAULT_REGION, loadCatalogue, withoutGpus } from '../catalogue/catalogue';
import { NETWORK_ZONES } from '../plan/zones';
import { checkDiscounts, discounted } from '../service-level/discounts';
import { checkChoice, restricted } from '../service-level/restriction';
import { checkServiceLevel, type ServiceLevel } from '../service-level/service-level';
import type { Demand, ShadowDemand } from './demand';
import { requestCost } from './service';
import { referenceOf } from './transfer';
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

/** A model that is run beside the served one, on some of its requests. */
export interface ShadowRequest {
  readonly profile: ComputeProfile;
  readonly manifest: Manifest;
  /** Share of the requests, above 0 to 1. */
  readonly share: number;
  /** Whether it has a group of its own. @default - it has one where that costs less, or nothing has room for both models */
  readonly group?: boolean | undefined;
}

/** Parameters that no cache of a core holds, bytes. */
const BEYOND_CACHES = 32 * MIB;
/** Operations for each byte of parameters below which a core waits for its memory. */
const OPERATIONS_PER_BYTE = 4;

function isMemoryBound({ parameterBytes, operationsPerRow }: DenseWork, rows: number): boolean {
  return parameterBytes > BEYOND_CACHES && (operationsPerRow * rows) / parameterBytes < OPERATIONS_PER_BYTE;
}

/** The time of a shadow that was profiled on another machine is carried over by the reference kernel of its arithmetic. */
/** @param weight of the version whose rows it is given */
function shadowDemand(
  { profile, manifest, share }: ShadowRequest,
  served: ComputeProfile,
  { rowsPerRequest }: ServiceLevel,
  weight: number,
): ShadowDemand {
  const kernel = manifest.computeClass === 'gemm' ? 'denseMs' : 'treeMs';
  const carried = served.machine.kernels[kernel] / profile.machine.kernels[kernel];
  const [{ cpuMs }] = requestCost(profile, rowsPerRequest, manifest.batch).modes;
  return { cpuMs: share * weight * cpuMs * carried, memory: profile.memory };
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
  const besideBytes = shadow?.manifest.model.bytes ?? 0;
  const { weight = 1 } = versions?.find((one) => one.manifest.model.sha256 === manifest.model.sha256) ?? {};
  const demand: Demand = {
    serviceLevel,
    networkZones,
    request: requestCost(profile, serviceLevel.rowsPerRequest, manifest.batch, serviceLevel),
    reference: referenceOf(profile.machine, computeClass, known),
    computeClass,
    memory: profile.memory,
    modelBytes: manifest.model.bytes + besideBytes,
    ...(shadow && { shadow: shadowDemand(shadow, profile, serviceLevel, weight) }),
    watchesData: manifest.training !== undefined,
    startMs: profile.startMs,
    ...(dense && {
      gpu: { work: dense, host: referenceOf(profile.machine, 'scalar', known) },
      memoryBound: isMemoryBound(dense, serviceLevel.rowsPerRequest),
    }),
  };
  if (!versions) return { demand, catalogue, unrestricted };
  const together = withVersions(demand, versions, profile);
  return {
    demand: { ...together, modelBytes: together.modelBytes + besideBytes },
    catalogue,
    unrestricted,
  };
}
