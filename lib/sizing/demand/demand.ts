/** What an endpoint asks of every instance type: the service level, and what a request costs on the machine that was profiled. */
import type { ComputeClass } from '../../model/package/manifest';
import type { ComputeProfile, DenseWork } from '../../model/package/profile';
import type { InstanceType } from '../catalogue/catalogue';
import type { ServiceLevel } from '../service-level/service-level';
import type { RequestCost } from './service';
import type { Reference } from './transfer';

/** What a model of matrix products asks of a GPU. */
export interface GpuDemand {
  readonly work: DenseWork;
  /** The profiled machine as seen by the code around the engine. */
  readonly host: Reference;
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
  /** How many versions of the model are served side by side, each with metrics of its own. @default - it is served alone */
  readonly versions?: number;
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
