/** What is judged: a type, in one of the ways to use it. */
import type { InstanceType } from '../catalogue/catalogue';
import type { Demand } from '../demand/demand';
import type { Mode } from '../demand/service';
import type { Transfer } from '../demand/transfer';

/** What a fleet can fail on. */
export type Constraint = 'zones' | 'memory' | 'gpu' | 'start' | 'utilisation' | 'p99' | 'burst' | 'network';

/** A type with what the demand costs on it. Times are kept as measured and scaled by `transfer.factor` where they are used. */
export interface Candidacy {
  readonly demand: Demand;
  readonly type: InstanceType;
  readonly transfer: Transfer;
  /** Threads of a worker and requests of a run, and what they cost. */
  readonly mode: Mode;
  /** Most workers that run at full speed at once. */
  readonly servers: number;
  readonly busiest: number;
}
