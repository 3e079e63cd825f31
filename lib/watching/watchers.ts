/** The watchers for which files are written. */
import type { PlannedAlarm } from '../sizing/alarms/alarm';
import { grafanaFiles } from './grafana/grafana';
import { nagiosFiles, nagiosUnwatched } from './nagios/nagios';
import { otelFiles } from './otel/otel';
import { prometheusFiles, prometheusUnwatched } from './prometheus/prometheus';
import type { Files, WatchedStage } from './stage/stage';
import { zabbixFiles, zabbixUnwatched } from './zabbix/zabbix';

interface Watcher {
  readonly files: (stage: WatchedStage) => Files;
  /** Alarms of the plan that it has nothing for, with the reason. CloudWatch has all of them. */
  readonly unwatched: (stage: WatchedStage) => readonly (readonly [PlannedAlarm, string])[];
}

export const WATCHERS = {
  prometheus: { files: prometheusFiles, unwatched: prometheusUnwatched },
  grafana: { files: grafanaFiles, unwatched: () => [] },
  nagios: { files: nagiosFiles, unwatched: nagiosUnwatched },
  otel: { files: otelFiles, unwatched: () => [] },
  zabbix: { files: zabbixFiles, unwatched: zabbixUnwatched },
} as const satisfies Record<string, Watcher>;

export type WatcherName = keyof typeof WATCHERS;
