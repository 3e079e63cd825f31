/** Which models of a stage share instances at the least cost. */

import { ownTotal } from './bill/bill';
import type { Catalogue } from './catalogue/catalogue';
import { withoutGpus } from './catalogue/catalogue';
import { type Asked, demandOf, type SizingRequest } from './demand/demand-of';
import { demandTogether } from './demand/together';
import type { FleetMember, FleetPlace } from './fleet-plan';
import { billed } from './search/fleet-usd';
import { cheapestGrouping } from './search/grouping';
import { affordable, best, type Option } from './search/search';

export interface PackedModel extends FleetMember, Pick<SizingRequest, 'shadow'> {
  /** Whether it has instances of its own in any case. */
  readonly isolate?: boolean;
}

/** Most models of a fleet: one alarm pages for all of them, and its rule takes so many names (CloudWatch: 10,240 characters). */
export const MOST_TOGETHER = 12;

/** @returns USD a month of what stands on one fleet; infinite where it cannot */
export type GroupCost = (models: readonly PackedModel[]) => number;

/**
 * What groups of models cost. Models of the same profile and service level are the same, so that few groups of ten like
 * models are looked at.
 *
 * @param mayShare whether two may have what a fleet has as one
 */
export function groupCosts(
  where: FleetPlace,
  mayShare: (one: PackedModel, other: PackedModel) => boolean = () => true,
): GroupCost {
  const asked = new Map<PackedModel, Asked>();
  const kinds = new Map<string, number>();
  const kindOf = new Map<PackedModel, number>();
  const known = new Map<string, number>();
  let cpus: Catalogue | undefined;
  let likely: Option['candidate']['type'] | undefined;
  const prepared = (model: PackedModel): Asked => {
    const there = asked.get(model);
    if (there) return there;
    const { name: _, isolate: __, ...request } = model;
    const found = demandOf({ ...request, ...where });
    asked.set(model, found);
    const { name: ___, ...manifest } = model.manifest; // what the model is called costs nothing
    const kind = JSON.stringify([model.profile, model.serviceLevel, manifest, model.shadow?.profile, model.versions]);
    kinds.set(kind, kinds.get(kind) ?? kinds.size);
    kindOf.set(model, kinds.get(kind)!);
    return found;
  };
  const alone = (model: PackedModel): number => {
    const { demand, catalogue } = prepared(model);
    return affordable(demand, catalogue, likely)?.usdPerMonth ?? Number.POSITIVE_INFINITY;
  };
  const together = (models: readonly PackedModel[]): number => {
    const each = models.map((model) => ({ name: model.name, ...prepared(model) }));
    cpus ??= withoutGpus(each[0]!.catalogue);
    const catalogue = catalogueOf(each[0]!, cpus);
    const demand = demandTogether(each);
    const option = best(demand, catalogue.types, catalogue, likely);
    if (!option || overBudget(option, catalogue)) return Number.POSITIVE_INFINITY;
    likely = option.candidate.type;
    return option.usdPerMonth;
  };
  return (models) => {
    for (const model of models) prepared(model);
    if (models.length > MOST_TOGETHER) return Number.POSITIVE_INFINITY;
    if (models.length > 1) {
      const apart = ({ isolate, shadow }: PackedModel) => isolate || shadow !== undefined;
      const strange = models.some((one, i) => apart(one) || models.slice(i + 1).some((other) => !mayShare(one, other)));
      if (strange) return Number.POSITIVE_INFINITY;
    }
    const key = models
      .map((model) => kindOf.get(model)!)
      .sort((a, b) => a - b)
      .join();
    const there = known.get(key);
    if (there !== undefined) return there;
    const cost = models.length === 1 ? alone(models[0]!) : together(models);
    known.set(key, cost);
    return cost;
  };
}

/** The types that models are allowed which may share, on processors; all catalogues without a restriction have the same. */
function catalogueOf({ catalogue }: Asked, cpus: Catalogue): Catalogue {
  const without = withoutGpus(catalogue);
  return without.types.length === cpus.types.length ? cpus : without;
}

/** Whether the own lines of a model and its share of the fleet's, by CPU, cost more than its budget. */
export function overBudget(option: Option, book: Catalogue): string | undefined {
  const { demand, lines } = option.candidate;
  const of = billed(option.candidate, option.fleet, book);
  const own = demand.members!.map((member) => ownTotal(of, member.demand));
  const fleet = option.usdPerMonth - own.reduce((sum, usd) => sum + usd, 0);
  const work = lines!.map(({ share, service }) => share * service.meanMs);
  const whole = work.reduce((sum, ms) => sum + ms, 0);
  return demand.members!.find((member, i) => {
    const { budgetUsdPerMonth = Number.POSITIVE_INFINITY } = member.demand.serviceLevel;
    return own[i]! + (fleet * work[i]!) / whole > budgetUsdPerMonth + HALF_A_CENT;
  })?.name;
}

const HALF_A_CENT = 0.005;

export interface Packing {
  /** Names of the models, those on one fleet together. */
  readonly groups: readonly (readonly string[])[];
  /** Of all groups; what they share besides is not in it. */
  readonly usdPerMonth: number;
}

/**
 * The cheapest way to put models on fleets, so that each keeps its service level.
 *
 * @returns an infinite bill where some model cannot be served at all
 */
export function cheapestPacking(models: readonly PackedModel[], cost: GroupCost): Packing {
  const found = cheapestGrouping(models.length, (group) => cost(group.map((i) => models[i]!)));
  return {
    groups: found.groups.map((group) => group.map((i) => models[i]!.name)),
    usdPerMonth: Math.round(100 * found.cost) / 100,
  };
}
