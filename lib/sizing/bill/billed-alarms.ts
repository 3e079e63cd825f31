/** How many metrics the alarms of an endpoint are billed by. */
import { alarmedMetrics, promisedZones } from '../alarms/planned-alarms';
import { creditModeOf } from '../catalogue/burstable';
import { edgeOf } from '../service-level/front-door';
import { goesOff } from '../service-level/schedule';
import { certificatesOf } from '../service-level/service-level';
import type { BillOf } from './bill-of';

/** By kind of endpoint: a search asks thousands of times. */
const alarmCounts = new Map<number, number>();

/** Metrics that the alarms of an endpoint are billed by. */
export function billedAlarmMetrics(
  { type, serviceLevel, zones: fleetZones, part, shadowGroup }: BillOf,
  watchesData: boolean,
  requestsPerRun: number,
  grows: boolean,
): number {
  const creditMode = type.baseline === undefined ? undefined : creditModeOf(type.name);
  const lean = serviceLevel.leanMonitoring ?? false;
  const zones = promisedZones(serviceLevel, fleetZones);
  const canary = serviceLevel.rollout !== undefined;
  const edge = edgeOf(serviceLevel);
  const certificates = certificatesOf(serviceLevel, part);
  const kind =
    (requestsPerRun > 1 ? 1 : 0) +
    (watchesData ? 2 : 0) +
    (grows ? 4 : 0) +
    (lean ? 8 : 0) +
    (creditMode === undefined ? 0 : creditMode === 'standard' ? 16 : 32) +
    (canary ? 64 : 0) +
    (part === undefined ? 0 : part === 'fleet' ? 128 : 256) +
    (shadowGroup ? 512 : 0) +
    (edge === undefined ? 0 : edge === 'api' ? 1024 : 2048) +
    4096 * zones +
    16384 * certificates +
    (goesOff(serviceLevel.schedule) ? 2 ** 40 : 0) +
    (serviceLevel.purchase ? 2 ** 41 : 0);
  let count = alarmCounts.get(kind);
  if (count === undefined) {
    count = alarmedMetrics({
      requestsPerRun,
      watchesData,
      creditMode,
      grows,
      lean,
      zones,
      certificates,
      canary,
      ...(part && { part }),
      ...(edge && { edge }),
      ...(shadowGroup && { shadowGroup: true }),
      ...(goesOff(serviceLevel.schedule) && { goesOff: true }),
      ...(serviceLevel.purchase && { spot: true }),
    });
    alarmCounts.set(kind, count);
  }
  return count;
}
