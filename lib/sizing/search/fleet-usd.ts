/** What a fleet costs that a search considers. */

import { billTotal } from '../bill/bill';
import type { BillOf, PriceBook } from '../bill/bill-of';
import { HOURS_PER_MONTH } from '../bill/fixed-parts';
import { creditModeOf } from '../catalogue/burstable';
import type { InstanceType } from '../catalogue/catalogue';
import type { Demand } from '../demand/demand';
import { kept } from '../demand/kept';
import type { Candidacy } from '../judgement/candidacy';
import { bounds, type FleetSize, type Weekly } from '../judgement/fleet-size';
import { surplusVcpus } from '../judgement/judgement';
import { volumeGiB } from '../judgement/memory';
import { bootTimeoutSeconds } from '../judgement/start';
import { DETAILED_METRICS } from '../plan/endpoint-parts';
import { leastHour, onDemandOf, type Purchase } from '../service-level/purchase';
import { awakeShare, type Schedule } from '../service-level/schedule';
import type { ServiceLevel } from '../service-level/service-level';

/** @param more instances, while there are some */
function runningOf({ levels, meanInstances, fewest }: Weekly, more: number): BillOf['running'] {
  const on = levels.reduce((sum, { share, instances }) => (instances > 0 ? sum + share : sum), 0);
  return { mean: meanInstances + on * more, fewest: fewest === 0 ? 0 : fewest + more };
}

/** As many as it has at the least while it is not off, for the share of the time off that is assumed. */
function wokenOf({ levels }: Weekly, more: number, schedule: Schedule): BillOf['woken'] {
  const off = levels.find(({ instances }) => instances === 0)?.share ?? 0;
  const least = Math.min(...levels.flatMap(({ instances }) => (instances > 0 ? [instances] : [])));
  return off * awakeShare(schedule) * (least + more);
}

/** Of a fleet that follows a day or a schedule in the mean of it. */
function onDemandIn({ instances, daily, weekly }: FleetSize, purchase: Purchase): NonNullable<BillOf['onDemand']> {
  const of = (count: number) => onDemandOf(purchase, count);
  const most = of(instances);
  if (daily) {
    const more = instances - daily.peak;
    const sum = daily.steps.reduce((total, count) => total + of(count + more), 0);
    return { most, fewest: of(daily.minimum + more), mean: sum / daily.steps.length };
  }
  if (!weekly) return { most, fewest: most, mean: most };
  const more = instances - weekly.peak;
  const counts = weekly.levels.map((level) => (level.instances === 0 ? 0 : of(level.instances + more)));
  const mean = weekly.levels.reduce((total, { share }, i) => total + share * counts[i]!, 0);
  return { most, fewest: Math.min(...counts), mean };
}

/** What is stopped or runs, as many as at the peak, where some are stopped at times. */
export function warmPoolOf(candidate: Candidacy, { instances, daily, weekly }: FleetSize): BillOf['warmPool'] {
  if (!candidate.demand.serviceLevel.warmPool) return undefined;
  const shrinks = daily ? daily.minimum < daily.peak : weekly !== undefined && weekly.fewest < weekly.peak;
  return shrinks ? { prepared: instances, firstStartSeconds: bootTimeoutSeconds(candidate) } : undefined;
}

function billedAs(candidate: Candidacy, fleet: FleetSize, book: PriceBook, scales?: boolean): BillOf {
  const { demand, type } = candidate;
  const { serviceLevel, request, modelBytes, watchesData, versions, shadow, shadowGroup } = demand;
  const { instances, zones, daily, weekly } = fleet;
  const more = daily ? instances - daily.peak : 0; // all day
  const { purchase, schedule } = serviceLevel;
  const warmPool = warmPoolOf(candidate, fleet);
  return {
    catalogue: book,
    type,
    instances,
    ...(purchase && { onDemand: onDemandIn(fleet, purchase) }),
    ...(daily && { running: { mean: daily.meanInstances + more, fewest: daily.minimum + more } }),
    ...(weekly && { running: runningOf(weekly, instances - weekly.peak) }),
    ...(weekly && schedule?.wake && { woken: wokenOf(weekly, instances - weekly.peak, schedule) }),
    ...(warmPool && { warmPool }),
    zones,
    volumeGiB: volumeGiB(modelBytes, type),
    serviceLevel,
    request,
    watchesData,
    versions,
    shadowed: shadow !== undefined || shadowGroup !== undefined,
    shadowGroup,
    requestsPerRun: candidate.mode.service.requests,
    surplusVcpus: surplusVcpus(candidate, fleet),
    ...(demand.members && { part: 'fleet' as const, models: demand.members.map((member) => member.demand) }),
    ...(scales !== undefined && { scales }),
  };
}

/** Whether a budget leaves room for another instance: a group that may not grow has nothing that makes it. */
export function mayGrow(candidate: Candidacy, fleet: FleetSize, book: PriceBook): boolean {
  if (fleet.instances === 1 && candidate.demand.serviceLevel.availability === 'single') return false;
  const { budgetUsdPerMonth: budget } = candidate.demand.serviceLevel;
  if (budget === undefined) return true;
  const larger = { ...fleet, instances: fleet.instances + 1 };
  return billTotal(billedAs(candidate, larger, book, true)) <= budget;
}

/** USD a month of a fleet. */
export function usdOf(candidate: Candidacy, fleet: FleetSize, book: PriceBook): number {
  return billTotal(billedAs(candidate, fleet, book, mayGrow(candidate, fleet, book)));
}

/** Roundings of the lines that instances are in. */
const ROUNDED_USD = 0.1;

/** What a bill has whatever the instances, by zones and by what the alarms depend on; a search asks for each many times. */
const fixedUsd = new WeakMap<Demand, WeakMap<PriceBook, Map<number, number>>>();

/** What tells one from another, as a number: making a text each time would take as long as all the rest. */
function fixedKey({ type, mode }: Candidacy, zones: number): number {
  const credits = type.baseline === undefined ? undefined : creditModeOf(type.name);
  const ofCredits = credits === undefined ? 0 : credits === 'standard' ? 1 : 2;
  return 6 * zones + 3 * Number(mode.service.requests > 1) + ofCredits;
}

function fixedUsdOf(candidate: Candidacy, zones: number, book: PriceBook): number {
  const { demand, type } = candidate;
  const byBook = kept(fixedUsd, demand, () => new WeakMap<PriceBook, Map<number, number>>());
  const known = kept(byBook, book, () => new Map<number, number>());
  return kept(known, fixedKey(candidate, zones), () =>
    billTotal({
      ...billedAs({ ...candidate, type: { ...type, usdPerHour: 0 } }, { instances: 1, zones, workers: 1 }, book, false),
      running: { mean: 0, fewest: 0 },
      onDemand: undefined,
      surplusVcpus: 0,
    }),
  );
}

/** Metrics of an instance, which the free tier of an account may take off. */
function watchedUsd({ freeTier, leanMonitoring }: ServiceLevel, { prices }: PriceBook): number {
  return freeTier || leanMonitoring ? 0 : DETAILED_METRICS * prices.metricMonth;
}

/** A fleet with so many instances over the day, or with more of them, costs no less. */
export function leastUsd(candidate: Candidacy, zones: number, mean: number, book: PriceBook): number {
  const { type, demand } = candidate;
  const hour = leastHour(type, demand.serviceLevel.purchase);
  const volume = volumeGiB(demand.modelBytes, type) * book.prices.volumeGiBMonth;
  const each = hour * HOURS_PER_MONTH + volume + watchedUsd(demand.serviceLevel, book);
  return fixedUsdOf(candidate, zones, book) + mean * each - ROUNDED_USD;
}

/** The instances of no fleet of a type cost less, however many there are and whatever else is on the bill. */
export function leastOfInstances(type: InstanceType, { availability, purchase, schedule }: ServiceLevel): number {
  if (schedule) return 0; // it may be off nearly always
  return bounds(availability, 1).fewest * leastHour(type, purchase) * HOURS_PER_MONTH;
}

/** What `usdOf` is the total of. */
export function billed(candidate: Candidacy, fleet: FleetSize, book: PriceBook): BillOf {
  const { transfer } = candidate;
  const likely = { ...candidate, transfer: { ...transfer, factor: transfer.factor / transfer.uncertainty } };
  return {
    ...billedAs(candidate, fleet, book, mayGrow(candidate, fleet, book)),
    likelySurplusVcpus: surplusVcpus(likely, fleet),
  };
}
