/** What an entry of the table of alarms has, and what an alarm is that has the numbers of a plan. */

import type { SizingPlan } from '../plan/plan';
import type { Edge } from '../service-level/front-door';
import type { Measure } from './measures';

/** What decides which alarms an endpoint has. */
export interface AlarmedEndpoint extends Pick<SizingPlan, 'requestsPerRun' | 'creditMode' | 'part'> {
  /** Whether the group may grow. */
  readonly grows: boolean;
  /** Whether only what pages or takes a deployment back is there. */
  readonly lean: boolean;
  /** Zones of which one may be lost. @default - no such promise is made */
  readonly zones?: number;
  /** Certificates of its names. @default 1 */
  readonly certificates?: number;
  /** Whether a new package first gets a part of the requests. @default false */
  readonly canary?: boolean;
  /** What stands before the load balancer, with a certificate of AWS's. @default - nothing does */
  readonly edge?: Edge;
  /** Whether a shadow has instances of its own. @default false */
  readonly shadowGroup?: boolean;
  /** Whether a schedule leaves it without instances at times. @default false */
  readonly goesOff?: boolean;
  /** Whether some of its instances are Spot. @default false */
  readonly spot?: boolean;
  /** Whether the rows are held against those of training. */
  readonly watchesData: boolean;
}

/**
 * Who has to know.
 * - `page`: somebody, now: clients are harmed, or about to be. Left out while a deployment runs, which ends by itself
 * - `page always`: also while a deployment runs
 * - `inform`: somebody, in working hours
 * - `note`: nobody; it is a part of another alarm
 */
export type Severity = 'page' | 'page always' | 'inform' | 'note';

/**
 * What an entry and an alarm of a plan have in common.
 *
 * @typeParam M what can be watched: of instances, or of a function
 */
export interface Watch<M extends string = Measure> {
  readonly measure: M;
  readonly comparison: 'above' | 'at least' | 'below';
  /** How many of them must breach. @default - all */
  readonly breaching?: number;
  /** A shorter time, minutes, over which it must be so as well, so that the alarm ends soon after the fault. @default - none */
  readonly alsoMinutes?: number;
  /** What a datapoint that is not there counts as. @default 'good' */
  readonly missing?: 'good' | 'breaching' | 'ignored';
  /** @default 'inform' */
  readonly severity?: Severity;
  /** Whether it shows a release that is wrong: a deployment goes back while it is on. @default false */
  readonly rollsBack?: boolean;
  /** Whether a deployment itself sets it: it is there before the instances, and where monitoring is lean. @default false */
  readonly early?: boolean;
}

export interface AlarmEntry extends Watch {
  /** Part of a logical id of the template: it stays. */
  readonly name: string;
  /** What is wrong, in a few words, as the subject of a mail has it and a heading of the runbook. */
  readonly symptom: string;
  /** Datapoints that are looked at. */
  readonly datapoints: number | ((plan: SizingPlan) => number);
  /** Whether each model of a fleet has one, of its own requests, or each and the fleet as well. @default - the fleet has it once */
  readonly of?: 'model' | 'each';
  /** Where it pages in place of others that are not there. @default - nowhere */
  readonly pagesWhere?: (endpoint: AlarmedEndpoint) => boolean;
  /** Which endpoints have it. @default - all */
  readonly when?: (endpoint: AlarmedEndpoint) => boolean;
  /** Minutes of a datapoint. @default - those of the measure */
  readonly minutes?: (plan: SizingPlan) => number;
  /** In the unit of the measure. */
  readonly threshold: (plan: SizingPlan) => number;
  /** A sentence. */
  readonly meaning: (plan: SizingPlan) => string;
  /** A sentence without its capital. */
  readonly firstStep: string;
}

/** An alarm with the numbers of a plan. */
export interface PlannedAlarm<M extends string = Measure> extends Watch<M> {
  readonly name: string;
  readonly symptom: string;
  readonly severity: Severity;
  readonly minutes: number;
  readonly datapoints: number;
  readonly threshold: number;
  readonly meaning: string;
  readonly firstStep: string;
  /** Its section of the runbook. */
  readonly runbook: string;
}
