/** What a sizing plan has to say to the handlers of its instances. */
import { type HandlerSettings, MOST_ROWS_PER_RUN } from '../../model/instance/handler-settings';
import type { SizingPlan } from './plan';

export type PlannedSettings = Pick<
  HandlerSettings,
  'workers' | 'threadsPerWorker' | 'rowsPerRun' | 'queueRows' | 'queueBytes' | 'deadlineMs' | 'engine'
>;

export type Configured = Pick<
  SizingPlan,
  | 'workersPerInstance'
  | 'threadsPerWorker'
  | 'requestsPerRun'
  | 'queueRows'
  | 'queueBytes'
  | 'deadlineMs'
  | 'gpu'
  | 'serviceLevel'
>;

export function handlerSettings(plan: Configured): PlannedSettings {
  // a run has to take what the plan counts on: a whole request, or several
  const rowsPerRun = Math.min(MOST_ROWS_PER_RUN, plan.requestsPerRun * plan.serviceLevel.rowsPerRequest);
  return {
    workers: plan.workersPerInstance,
    threadsPerWorker: plan.threadsPerWorker,
    rowsPerRun: rowsPerRun > 1 ? rowsPerRun : undefined,
    queueRows: plan.queueRows,
    queueBytes: plan.queueBytes,
    deadlineMs: plan.deadlineMs,
    engine: plan.gpu && 'cuda',
  };
}
