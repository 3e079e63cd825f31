/** The plan of several models on one fleet: what they have as one, and what is each one's own. */
import { createHash } from 'node:crypto';
import { SlipwayError } from '../model/error';
import { usd } from '../model/units';
import { ERROR_BUDGET_PERCENT } from './alarms/error-budget';
import { bill, ownBill } from './bill/bill';
import { withoutGpus } from './catalogue/catalogue';
import { type Asked, demandOf, type SizingRequest } from './demand/demand-of';
import { demandTogether } from './demand/together';
import { utilisation } from './judgement/judgement';
import { latenesses } from './judgement/lateness';
import { planOf } from './make-plan';
import type { SizingPlan } from './plan/plan';
import { engineOf } from './planned-shadow';
import { plannedVersions } from './planned-versions';
import { billed } from './search/fleet-usd';
import { decimals, roundedCost } from './search/rounded';
import { affordable, type Option } from './search/search';
import type { ServiceLevel } from './service-level/service-level';
import { deadlineMsOf, predictedP99Ms, queueRowsOf } from './settings';
import { doubtsTogether, widestOf } from './several-doubts';

export interface FleetModel {
  readonly name: string;
  /**
   * The plan of the fleet with what is the model's own in its place: service level, prediction, queue and deadline, thresholds
   * of its alarms, and as its cost the lines that are there for this model alone.
   */
  readonly plan: SizingPlan;
  /** Share of the fleet's CPU time that it takes at the peak; those of all models are 1. */
  readonly cpuShare: number;
  /** Its turns among those of the others while several wait: a whole number of at least 1. */
  readonly weight: number;
  /** Its own lines, and its share of those of the fleet. */
  readonly usdPerMonth: number;
}

export interface FleetPlan {
  readonly name: string;
  /**
   * Instances, workers, memory, scaling and thresholds of alarms of the group. Its service level has the requests of all
   * models, the shortest p99 and the strictest availability, its cost the lines that are there once; its choice costs what all
   * lines do.
   */
  readonly plan: SizingPlan;
  /** In the order of slipway.yaml. */
  readonly models: readonly FleetModel[];
  /** All lines. */
  readonly usdPerMonth: number;
}

/** A model as it is planned for a fleet. */
export interface FleetMember extends Pick<SizingRequest, 'profile' | 'manifest' | 'serviceLevel' | 'versions'> {
  readonly name: string;
}

export type FleetPlace = Pick<SizingRequest, 'region' | 'zones' | 'catalogue'>;

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const cents = (usdPerMonth: number) => Math.round(100 * usdPerMonth) / 100;

/** What a fleet of these models is judged against. */
export function askedTogether(members: readonly FleetMember[], where: FleetPlace): Asked {
  const each = members.map(({ name: _, ...member }) => demandOf({ ...member, ...where }));
  const [{ catalogue, unrestricted }] = each as [Asked, ...Asked[]];
  return {
    demand: demandTogether(members.map(({ name }, i) => ({ name, demand: each[i]!.demand }))),
    catalogue: withoutGpus(catalogue),
    unrestricted: withoutGpus(unrestricted),
  };
}

/**
 * Size a fleet. It has as many instances all day, runs on processors, and gives each request a run of its own.
 *
 * @throws SlipwayError E_INFEASIBLE when no fleet keeps the service levels of all, with what would
 */
export function fleetPlan(name: string, members: readonly FleetMember[], where: FleetPlace): FleetPlan {
  const asked = askedTogether(members, where);
  const { plan, option } = planTogether(asked, members, where);
  const { lines } = option.candidate;
  const work = lines!.map(({ share, service }) => share * service.meanMs);
  const shares = work.map((one) => one / sum(work));
  const own = members.map((member, i) => ownPlan(plan, option, asked, member, i, shares[i]!));
  const all = cents(plan.cost.usdPerMonth + sum(own.map(({ cost }) => cost.usdPerMonth)));
  const predictions = sum(
    own.map(({ cost }) => (cost.usdPerMonth > 0 ? cost.usdPerMonth / cost.usdPerMillionPredictions : 0)),
  );
  const parts = inParts(plan.cost.usdPerMonth, shares);
  return {
    name,
    plan: {
      ...plan,
      queueRows: Math.max(...own.map(({ queueRows }) => queueRows)),
      deadlineMs: Math.max(...own.map(({ deadlineMs }) => deadlineMs)),
      cost: { ...plan.cost, usdPerMillionPredictions: decimals(all / predictions, 4) },
    },
    models: members.map((member, i) => ({
      name: member.name,
      plan: own[i]!,
      cpuShare: decimals(shares[i]!, 4),
      weight: weightOf(shares[i]!, plan.predicted.utilisation, members.length),
      usdPerMonth: cents(own[i]!.cost.usdPerMonth + parts[i]!),
    })),
    usdPerMonth: all,
  };
}

/** Parts of an amount in cents, which add up to it. */
function inParts(usdPerMonth: number, shares: readonly number[]): number[] {
  let [share, before] = [0, 0];
  return shares.map((one) => {
    share += one;
    const until = cents(share * usdPerMonth);
    const part = until - before;
    before = until;
    return part;
  });
}

/** The work that is planned, and an equal part of what the workers have left: so nobody's flood takes what another was promised. */
function weightOf(share: number, busy: number, models: number): number {
  return Math.max(1, Math.round(1000 * (busy * share + (1 - busy) / models)));
}

function planTogether(asked: Asked, members: readonly FleetMember[], where: FleetPlace) {
  const measured = members.flatMap(({ name, profile, versions, serviceLevel: { rowsPerRequest } }) => {
    if (!versions) return [{ name, profile, rowsPerRequest }];
    return versions.map((one) => ({ name: `${name} ${one.name}`, profile: one.profile, rowsPerRequest }));
  });
  const digests = measured.map(({ profile }) => profile.modelSha256);
  try {
    return planOf(asked, where.region, {
      interval: widestOf(measured),
      doubts: doubtsTogether(measured),
      modelSha256: createHash('sha256').update(digests.join()).digest('hex'),
      engine: measured.every(({ profile }) => profile.machine.engineKind === 'native') ? 'native' : 'onnxruntime',
      requestOf: () => asked.demand.request,
    });
  } catch (error) {
    if (!SlipwayError.is(error) || error.code !== 'E_INFEASIBLE' || members.length === 1) throw error;
    throw new SlipwayError(error.code, error.message.replace(NOTHING_ELSE, '; one of these would do'), {
      problems: [...error.problems, ...without(members, where)],
      cause: error,
    });
  }
}

const NOTHING_ELSE = '; no single change of the service level would do';

/** The models without each of which the others do, and which does by itself. */
function without(members: readonly FleetMember[], where: FleetPlace): string[] {
  const usdOf = (some: readonly FleetMember[]) => {
    const { demand, catalogue } = askedTogether(some, where);
    return affordable(demand, catalogue)?.usdPerMonth;
  };
  return members.flatMap((member) => {
    const others = usdOf(members.filter((other) => other !== member));
    const alone = others === undefined ? undefined : usdOf([member]);
    return alone === undefined ? [] : [`${member.name} on instances of its own: ${usd(alone + others!)} USD/month`];
  });
}

/** What is of one model. */
function ownPlan(
  plan: SizingPlan,
  option: Option,
  { catalogue, demand }: Asked,
  { profile, versions, serviceLevel: asked }: FleetMember,
  index: number,
  cpuShare: number,
): SizingPlan {
  const { candidate, fleet } = option;
  const { transfer, lines } = candidate;
  const likely = { ...candidate, transfer: { ...transfer, factor: transfer.factor / transfer.uncertainty } };
  const [p99Ms, likelyMs] = [candidate, likely].map((one) => latenesses(one, fleet)[index]!.p99Ms) as [number, number];
  const { availability } = plan.serviceLevel;
  const serviceLevel: ServiceLevel = { ...asked, availability };
  const rate = plan.serviceLevel.requestsPerSecond;
  const predicted = {
    ...plan.predicted,
    p99Ms: decimals(p99Ms, 2),
    utilisation: decimals(plan.predicted.utilisation * cpuShare, 4),
    maximumRequestsPerSecond: Math.floor(plan.predicted.maximumRequestsPerSecond * lines![index]!.share),
  };
  const { next: _, ...growth } = plan.growth;
  const { queueBytes, alarms } = plan;
  const requestMs = lines![index]!.service.meanMs * transfer.factor;
  const besides = demand.members!.filter((_, i) => i !== index).map((other) => other.demand.memory);
  return {
    ...plan,
    part: 'model',
    serviceLevel,
    modelSha256: profile.modelSha256,
    engine: (versions ?? [{ profile }]).every((one) => engineOf(one.profile) === 'native') ? 'native' : 'onnxruntime',
    ...(versions && { versions: plannedVersions(versions, serviceLevel, fleet.workers, besides) }),
    predicted,
    likely: { p99Ms: decimals(likelyMs, 2), utilisation: decimals(utilisation(likely, fleet, rate) * cpuShare, 4) },
    queueRows: queueRowsOf(serviceLevel, requestMs / cpuShare),
    queueBytes: Math.floor(queueBytes / demand.members!.length),
    deadlineMs: deadlineMsOf(serviceLevel),
    alarms: {
      ...alarms,
      p99Ms: serviceLevel.p99Ms,
      predictedP99Ms: predictedP99Ms(predicted, serviceLevel),
      errorBudgetPercent: ERROR_BUDGET_PERCENT[availability],
    },
    cost: roundedCost(bill(ownBill(billed(candidate, fleet, catalogue), demand.members![index]!.demand))),
    growth: { ...growth, upToRequestsPerSecond: Math.floor(growth.upToRequestsPerSecond * lines![index]!.share) },
    waysOut: [],
    runnersUp: [],
    rejected: [],
  };
}
