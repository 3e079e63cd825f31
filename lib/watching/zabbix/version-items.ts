/** What Zabbix knows of versions that are served side by side: items of each, of an instance and of all instances. */
import { LATENCY_BUCKETS } from '../../model/instance/handler-metrics';
import type { WatchedStage } from '../stage/stage';
import { calculated, type Entry, measured, namesOf, overInstances } from './items';

/** Names of the versions; none where the model is served alone. A name has no character that a key would have to quote. */
const versionsOf = ({ plan }: WatchedStage) => (plan.versions ?? []).map(({ name }) => name);

const keysOf = (version: string) => ({
  requests: `version.requests[${version}]`,
  errors: `version.errors[${version}]`,
  p99: `version.p99[${version}]`,
  /** The bound comes first: percentiles are made by the first parameter. */
  bucket: (bound: string) => `version.latency.bucket[${bound},${version}]`,
});

/** Of an instance. */
export function versionItems(stage: WatchedStage): Entry[] {
  const { instance: template } = namesOf(stage);
  return versionsOf(stage).flatMap((version) => {
    const keys = keysOf(version);
    const rate = (name: string, key: string, counter: string) =>
      measured(
        template,
        { name: `${name} of version ${version}`, key: `slipway.${key}`, units: 'rps' },
        { pattern: `slipway_version_${counter}_total{version="${version}"}`, of: 'sum', rate: true, absent: true },
      );
    return [
      rate('Requests', keys.requests, 'requests'),
      rate('Answers 5xx', keys.errors, 'errors'),
      ...[...LATENCY_BUCKETS.map(String), '+Inf'].map((bound) =>
        measured(
          template,
          { name: `Requests of version ${version} that took up to ${bound} s`, key: `slipway.${keys.bucket(bound)}` },
          {
            pattern: `slipway_version_request_duration_seconds_bucket{version="${version}",le="${bound}"}`,
            of: 'sum',
            absent: true,
          },
        ),
      ),
      calculated(
        template,
        { name: `Latency p99 of version ${version}`, key: `slipway.${keys.p99}`, units: 's' },
        `bucket_percentile(//slipway.${keys.bucket('*')},5m,99)`,
      ),
    ];
  });
}

/** Of all instances. */
export function fleetVersionItems(stage: WatchedStage): Entry[] {
  const over = overInstances(stage);
  return versionsOf(stage).flatMap((version) => {
    const keys = keysOf(version);
    return [
      over(`Requests of version ${version}`, keys.requests, 'sum', 'rps'),
      over(`Answers 5xx of version ${version}`, keys.errors, 'sum', 'rps'),
      over(`Latency p99 of version ${version}, of the slowest instance`, keys.p99, 'max', 's'),
    ];
  });
}

/** Graphs of the endpoint with a line for each version: their names, and keys of the items. */
export function versionGraphs(stage: WatchedStage): (readonly [name: string, keys: readonly string[]])[] {
  const versions = versionsOf(stage).map(keysOf);
  if (versions.length === 0) return [];
  const of = (name: 'requests' | 'errors' | 'p99') => versions.map((keys) => `slipway.fleet.${keys[name]}`);
  return [
    [`Requests by version of ${stage.domainName}`, of('requests')],
    [`Answers 5xx by version of ${stage.domainName}`, of('errors')],
    [`Latency by version of ${stage.domainName}`, of('p99')],
  ];
}
