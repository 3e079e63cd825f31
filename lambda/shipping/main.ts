/**
 * A process beside the handler: sends the logs of an instance to CloudWatch, and each minute a line with memory and disk, of
 * which CloudWatch makes metrics. It is a process of its own so that a handler that is busy, hung or gone is still told of.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../lib/model/files/replace-file';
import {
  DISK_METRIC,
  IMAGE_AGE_METRIC,
  MEMORY_METRIC,
  ZONE_DIMENSION,
  ZONE_METRIC,
} from '../../lib/model/instance/instance-metrics';
import {
  INSTANCE_ID_FILE,
  INSTANCE_STREAM,
  LOGS,
  SHADOW_ADDRESSES_FILE,
  SHIPPER_STATUS_FILE,
  SHIPPER_VARIABLES,
  type ShipperStatus,
} from '../../lib/model/instance/log-shipping';
import { type EmfMetric, emfFields } from '../reporting/emf';
import { cpuPercent, diskPercent, type InstanceValues, instanceValues, memoryPercent } from '../reporting/values';
import { CloudWatchLogGroup } from './log-group';
import { imageAgeDays, zoneOf } from './origin';
import { Places } from './places';
import { ShadowAddresses } from './shadow-addresses';
import { Shipper } from './shipper';

/** How often the logs are looked at, and the values of the instance. */
const LOOK_MS = 5000;
const VALUES_MS = 60_000;
/** How often the age of the machine image is told: CloudWatch bills a metric by the hours in which it is told. */
const IMAGE_AGE_MS = 24 * 3600 * 1000;
/** How often those of a shadow are looked for that are the shadow of this instance. */
const SHADOW_MS = 30_000;

/** What cannot be sent by then, when the process is stopped, is sent after its next start, if there is one. */
const LAST_LINES_MS = 10_000;

const rounded = (value: number) => Number(value.toFixed(2));

function setting(name: string): string {
  const value = process.env[name];
  if (value) return value;
  console.error(`${name} is not set`);
  process.exit(2);
}

function main(): void {
  const instance = (process.env.SLIPWAY_INSTANCE ?? readFileSync(INSTANCE_ID_FILE, 'utf8')).trim();
  const endpoint = process.env[SHIPPER_VARIABLES.endpoint];
  const group = new CloudWatchLogGroup(setting(SHIPPER_VARIABLES.logGroup));
  const shipper = new Shipper({
    group,
    places: new Places(join(setting('STATE_DIRECTORY'), 'places.json')),
    logs: Object.entries(LOGS).map(([name, log]) => ({ ...log, stream: `${instance}/${name}` })),
    ownStream: `${instance}/${INSTANCE_STREAM}`,
  });

  const zone = process.env[SHIPPER_VARIABLES.byZone] ? zoneOf() : undefined;
  const by = zone === undefined ? undefined : { dimension: ZONE_DIMENSION, value: zone, metric: ZONE_METRIC };
  let before: InstanceValues | undefined;
  let ageTold = Number.NEGATIVE_INFINITY;
  const imageAge = (): EmfMetric[] => {
    const now = Date.now();
    const value = now - ageTold < IMAGE_AGE_MS ? undefined : imageAgeDays(now);
    if (value === undefined) return [];
    ageTold = now;
    return [{ name: IMAGE_AGE_METRIC, unit: 'None', value }];
  };
  const tellValues = async () => {
    const values = await instanceValues();
    if (!values) return;
    const metrics: EmfMetric[] = [
      { name: MEMORY_METRIC, unit: 'Percent', value: rounded(memoryPercent(values)) },
      { name: DISK_METRIC, unit: 'Percent', value: rounded(diskPercent(values)) },
      ...imageAge(),
    ];
    shipper.tell('instance', {
      instance,
      // of instances that serve nobody there are no metrics, but the values
      ...(endpoint
        ? emfFields(endpoint, metrics, Date.now(), by)
        : Object.fromEntries(metrics.map(({ name, value }) => [name, value]))),
      ...(before && { cpuPercent: rounded(cpuPercent(before, values)) }),
      load1: values.load1,
      threads: values.threads,
      clockOffsetSeconds: group.clockOffsetSeconds,
      logLinesLost: shipper.lost,
    });
    before = values;
  };

  const look = async () => {
    await shipper.ship();
    const { lost, waiting: waitingBytes } = shipper;
    const status: ShipperStatus = { waitingBytes, lost, clockOffsetSeconds: group.clockOffsetSeconds };
    replaceFile(process.env.SLIPWAY_SHIPPER_STATUS ?? SHIPPER_STATUS_FILE, JSON.stringify(status), { mode: 0o644 });
  };

  // one look after the other, however long one takes
  const looking = async () => {
    await look().catch((error: Error) => console.error(error.message));
    setTimeout(() => void looking(), LOOK_MS);
  };
  setInterval(() => void tellValues(), VALUES_MS);
  void tellValues().then(looking);

  const shadowGroup = process.env[SHIPPER_VARIABLES.shadowLogGroup];
  if (shadowGroup) {
    const addresses = new ShadowAddresses(
      new CloudWatchLogGroup(shadowGroup),
      process.env.SLIPWAY_SHADOW_ADDRESSES ?? SHADOW_ADDRESSES_FILE,
    );
    setInterval(() => void addresses.look(), SHADOW_MS);
    void addresses.look();
  }

  process.once('SIGTERM', () => {
    setTimeout(() => process.exit(0), LAST_LINES_MS);
    void shipper.ship(true).then(() => process.exit(0));
  });
}

main();
