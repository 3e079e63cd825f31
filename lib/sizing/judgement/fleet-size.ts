/** How many instances a fleet may have, over how many zones, and how many are left after the loss it must bear. */
import type { Availability } from '../service-level/service-level';

/** Instances and the zones they are spread over evenly. */
export interface Spread {
  readonly instances: number;
  readonly zones: number;
}

/** How a fleet follows the day. */
export interface Daily {
  /** Instances that are always there. */
  readonly minimum: number;
  /** What each is to have to do, percent of CPU or requests a minute: the group grows above it. */
  readonly target: number;
  /** Instances at the peak. */
  readonly peak: number;
  /** Instances over the day, in steps of five minutes. */
  readonly steps: readonly number[];
  readonly meanInstances: number;
  /** The highest rates that few instances may meet before the group has grown. */
  readonly hardest: readonly { readonly instances: number; readonly requestsPerSecond: number }[];
  /** From the moment when there is too much to do until new instances answer. */
  readonly growSeconds: number;
  /** Requests a second by which the rate may rise meanwhile. */
  readonly rise: number;
  /** Instances that may be on their way at a time. */
  readonly pending: number;
}

/** How a fleet follows a schedule. */
export interface Weekly {
  /** The loads that it is there for, as shares of the peak, the highest first; how much of the week each lasts, and with how many instances. */
  readonly levels: readonly { readonly load: number; readonly share: number; readonly instances: number }[];
  /** Instances at the peak. */
  readonly peak: number;
  readonly meanInstances: number;
  /** 0 where it goes off. */
  readonly fewest: number;
}

/** A fleet of one type, every instance with the same workers. */
export interface FleetSize extends Spread {
  readonly workers: number;
  /** Of a fleet that grows and shrinks over the day; `instances` are those at its peak. @default - the same all day */
  readonly daily?: Daily;
  /** Of a fleet that a schedule changes; `instances` are those at its peak. @default - none does */
  readonly weekly?: Weekly;
}

/** Largest fleet that is considered; beyond it a bigger type is the better answer. */
export const MAXIMUM_INSTANCES = 64;

/** Zones that are tried. Any one instance may be lost in one zone as well, for fewer endpoints. A third zone costs more endpoints and addresses, but its loss takes only a third of the fleet. */
export const ZONES: Record<Availability, readonly number[]> = { single: [1], instance: [1], zone: [2, 3] };

/**
 * Of those what a type can have that is offered in so many zones; the fewest where that is too many.
 *
 * @param offered 0 where it is not known
 */
export function zonesWhere(availability: Availability, offered: number): readonly number[] {
  const possible = ZONES[availability].filter((zones) => offered === 0 || zones <= offered);
  return possible.length > 0 ? possible : ZONES[availability].slice(0, 1);
}

/** Fewest and most instances of a fleet: where nothing has to outlive a loss, one VM is enough as long as it carries the load. */
export function bounds(availability: Availability, zones: number): { fewest: number; most: number } {
  if (availability === 'single') return { fewest: 1, most: MAXIMUM_INSTANCES };
  return { fewest: Math.max(2, zones), most: MAXIMUM_INSTANCES };
}

/** Instances that still serve after the loss that the service level tolerates. */
export function survivors(availability: Availability, { instances, zones }: Spread): number {
  switch (availability) {
    case 'single':
      return instances;
    case 'instance':
      return instances - 1;
    case 'zone':
      return instances - Math.ceil(instances / zones);
  }
}

/** The loss in words, for reasons: empty for a single VM. */
export function lossText(availability: Availability): string {
  return availability === 'single' ? '' : availability === 'zone' ? ' with a zone lost' : ' with an instance lost';
}
