/** What a bill is made from. */
import type { Catalogue, InstanceType } from '../catalogue/catalogue';
import type { ShadowGroupDemand } from '../demand/demand';
import type { RequestCost } from '../demand/service';
import type { SizingPlan } from '../plan/plan';
import type { ServiceLevel } from '../service-level/service-level';

/** What a bill takes of a catalogue. */
export type PriceBook = Pick<Catalogue, 'prices' | 'region' | 'capturedAt' | 'spotCapturedAt' | 'estimated'> &
  Partial<Pick<Catalogue, 'sources'>>;

export interface BillOf {
  readonly catalogue: PriceBook;
  readonly type: InstanceType;
  /** At the peak. */
  readonly instances: number;
  /** Instances that are there over the day, and the fewest. @default - all of them */
  readonly running?: { readonly mean: number; readonly fewest: number };
  /** Instances in the mean that requests have woken while the schedule has none. @default 0 */
  readonly woken?: number | undefined;
  /** How many of them are on demand, at the peak, at the least and in the mean; the others are Spot. @default - all are */
  readonly onDemand?: { readonly most: number; readonly fewest: number; readonly mean: number } | undefined;
  /** Cheapest and dearest Spot price of the types that may be launched, USD an hour. @default - that of `type` */
  readonly spotUsdPerHour?: { readonly low: number; readonly high: number } | undefined;
  /** Instances that run or are stopped, and for how long each runs before it is first stopped. @default - what does not run is gone */
  readonly warmPool?: { readonly prepared: number; readonly firstStartSeconds: number } | undefined;
  readonly zones: number;
  readonly volumeGiB: number;
  readonly serviceLevel: ServiceLevel;
  readonly request: Pick<RequestCost, 'requestBytes' | 'answerBytes'>;
  /** Whether the rows are held against those of training. @default false */
  readonly watchesData?: boolean;
  /** Versions that are served side by side, each with metrics of its own. @default 0 */
  readonly versions?: number | undefined;
  /** Whether a shadow runs beside the model, which has metrics of its own. @default false */
  readonly shadowed?: boolean;
  /** A group of the shadow's own. @default - it runs on the same instances */
  readonly shadowGroup?: ShadowGroupDemand | undefined;
  /** Requests that a run answers when as many wait: it decides what shows how full workers are. @default 1 */
  readonly requestsPerRun?: number;
  /** CPU over the baseline of burstable instances, vCPUs. @default 0 */
  readonly surplusVcpus?: number;
  /** The least of it that is likely. @default - as much */
  readonly likelySurplusVcpus?: number;
  /** Whether the group may grow. @default - where there are several instances */
  readonly scales?: boolean;
  /** Of a fleet: what all of its models have once, or what is of one of them. @default - the model has all of it */
  readonly part?: SizingPlan['part'];
  /** The models of a fleet, whose own lines are on its bill as well. @default - none */
  readonly models?: readonly OwnBill[];
}

/** What the lines of a model are made from that it has on a fleet of several. */
export type OwnBill = Pick<BillOf, 'serviceLevel' | 'request' | 'watchesData' | 'versions'>;
