/** The alarms of an endpoint: the entries of the table that it has, with the numbers of its plan. */

import type { SizingPlan } from '../plan/plan';
import { edgeOf } from '../service-level/front-door';
import { goesOff } from '../service-level/schedule';
import { certificatesOf, type ServiceLevel } from '../service-level/service-level';
import type { AlarmEntry, AlarmedEndpoint, PlannedAlarm } from './alarm';
import { ALARM_TABLE, type AlarmName } from './alarms';
import { MEASURES, QUIET_WHILE_OFF } from './measures';

/** Where the runbook lies, in the repository. */
export const RUNBOOK = 'docs/runbook.md';

const entriesOf = (endpoint: AlarmedEndpoint) =>
  ALARM_TABLE.filter(
    ({ when, of = 'fleet', severity = 'inform', rollsBack = false, early = false }) =>
      (of === 'each' || (endpoint.part ?? of) === of) &&
      (when?.(endpoint) ?? true) &&
      (!endpoint.lean || rollsBack || early || severity.startsWith('page')),
  );

/** A heading of the runbook as a link names it. */
export const runbookSection = ({ symptom }: Pick<AlarmEntry, 'symptom'>) =>
  `${RUNBOOK}#${symptom.toLowerCase().replaceAll(' ', '-')}`;

/** The alarms of an endpoint, of a fleet, or of one of its models, in the order of their importance. */
export function plannedAlarms(plan: SizingPlan, watchesData: boolean): (PlannedAlarm & { readonly name: AlarmName })[] {
  const grows = plan.instances.maximum > plan.instances.minimum;
  const lean = plan.serviceLevel.leanMonitoring ?? false;
  const zones = promisedZones(plan.serviceLevel, plan.zones);
  const canary = plan.serviceLevel.rollout !== undefined;
  const edge = edgeOf(plan.serviceLevel);
  const shadowGroup = plan.shadow?.group !== undefined;
  const certificates = certificatesOf(plan.serviceLevel, plan.part);
  const spot = plan.serviceLevel.purchase !== undefined;
  const endpoint = { ...plan, certificates, grows, lean, zones, canary, edge, shadowGroup, spot, watchesData };
  return entriesOf(endpoint).map((entry) => {
    const { when: _, of: __, pagesWhere, minutes, datapoints, threshold, meaning, ...same } = entry;
    return {
      severity: 'inform',
      ...same,
      ...(pagesWhere?.(endpoint) && { severity: 'page' as const }),
      minutes: minutes?.(plan) ?? MEASURES[entry.measure].minutes,
      datapoints: typeof datapoints === 'number' ? datapoints : datapoints(plan),
      ...afterBoot(plan, entry),
      threshold: threshold(plan),
      meaning: meaning(plan),
      runbook: runbookSection(entry),
    };
  });
}

/** Where a group goes off, hosts are missing in each minute of the boots after it: no shorter time is a fault. */
function afterBoot({ weekly, serviceLevel }: SizingPlan, { measure, datapoints }: AlarmEntry) {
  if (!weekly || !goesOff(serviceLevel.schedule) || QUIET_WHILE_OFF[measure] !== 'wanted') return {};
  const minutes = Math.max(Math.ceil(weekly.readySeconds / 60) + 2, typeof datapoints === 'number' ? datapoints : 0);
  return { datapoints: minutes, breaching: minutes };
}

/** Zones of which one may be lost; none where that is not promised. */
export const promisedZones = ({ availability }: Pick<ServiceLevel, 'availability'>, zones: number) =>
  availability === 'zone' ? zones : 0;

/** Whether somebody is told of a zone without an instance: then each instance tells its zone. */
export const watchesZones = ({
  availability,
  leanMonitoring = false,
}: Pick<ServiceLevel, 'availability' | 'leanMonitoring'>) => availability === 'zone' && !leanMonitoring;

/**
 * Metrics that CloudWatch computes an alarm from, and bills it by.
 *
 * @param zones of which one may be lost
 * @param certificates of the names
 * @param goesOff whether there are times without instances, while which it is quiet
 */
export const metricsOf = (
  { measure, alsoMinutes }: Pick<AlarmEntry, 'measure' | 'alsoMinutes'>,
  zones = 1,
  certificates = 1,
  goesOff = false,
) => {
  const each = measure === 'emptiestZoneInstances' ? zones : measure === 'certificateDays' ? certificates : 1;
  const quiet = goesOff && QUIET_WHILE_OFF[measure] ? 1 : 0;
  return (MEASURES[measure].metrics * each + quiet) * (alsoMinutes === undefined ? 1 : 2);
};

/** Metrics that all alarms of an endpoint watch. */
export function alarmedMetrics(endpoint: AlarmedEndpoint): number {
  const { zones, certificates, goesOff } = endpoint;
  return entriesOf(endpoint).reduce((sum, entry) => sum + metricsOf(entry, zones, certificates, goesOff), 0);
}
