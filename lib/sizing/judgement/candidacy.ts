/** What is judged: a type, in one of the ways to use it. */
import type { InstanceType } from '../catalogue/catalogue';
import type { Demand } from '../demand/demand';
import type { Mode } from '../demand/service';
import type { Service } from '../demand/service-time';
import type { Transfer } from '../demand/transfer';
import type { Bursts } from '../service-level/arrivals';

/** What a fleet can fail on. */
export type Constraint = 'zones' | 'memory' | 'gpu' | 'start' | 'utilisation' | 'p99' | 'burst' | 'network';

/** Requests of one of the models that a fleet serves. */
export interface Line {
  /** Of the model. @default - there is one */
  readonly name?: string;
  readonly service: Service;
  /** Of the requests of the fleet, above 0 to 1. */
  readonly share: number;
  readonly bursts: Bursts;
  readonly p99Ms: number;
  /** What may be left of a run of it, for the others. @default - there are none */
  readonly restsMs?: Float64Array;
}

/** A type with what the demand costs on it. Times are kept as measured and scaled by `transfer.factor` where they are used. */
export interface Candidacy {
  readonly demand: Demand;
  readonly type: InstanceType;
  readonly transfer: Transfer;
  /** Threads of a worker and requests of a run, and what they cost. */
  readonly mode: Mode;
  /** The requests of each model, of which `mode` is the mixture. @default - there is one model */
  readonly lines?: readonly Line[];
  /** Most workers that run at full speed at once. */
  readonly servers: number;
  readonly busiest: number;
}
