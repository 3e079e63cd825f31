/** What reaches CloudWatch of a boot that went well. */
import { HANDLER_LOG, SHIPPER_UNIT } from '../../lib/constructs/boot/layout';
import {
  DISK_METRIC,
  ENDPOINT_DIMENSION,
  IMAGE_AGE_METRIC,
  MEMORY_METRIC,
  ZONE_DIMENSION,
  ZONE_METRIC,
} from '../../lib/model/instance/instance-metrics';
import { INSTANCE_STREAM } from '../../lib/model/instance/log-shipping';
import { watchesZones } from '../../lib/sizing/alarms/planned-alarms';
import { until } from './client';
import type { Booting, World } from './world';

/** The shipper looks every five seconds. */
const ARRIVAL_SECONDS = 30;

interface InstanceLine {
  readonly _aws?: {
    readonly CloudWatchMetrics: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
  readonly [field: string]: unknown;
}

export async function judgeLogs({ report, aws }: World, { name, deployment, machine }: Booting): Promise<void> {
  const messages = (stream: string) => aws.linesOf(machine.instanceId, stream).map(({ message }) => message);
  const arrived = await until(
    async () => messages('handler').some((line) => line.includes('"event":"ready"')) && messages('boot').length > 0,
    ARRIVAL_SECONDS,
  );
  report.check(
    arrived,
    `${name}: the logs of boot and handler are in CloudWatch`,
    `${messages('handler').length} lines`,
  );
  const [line] = messages(INSTANCE_STREAM).map((message) => JSON.parse(message) as InstanceLine);
  const names = line?._aws?.CloudWatchMetrics[0]?.Metrics.map((metric) => metric.Name) ?? [];
  report.equal(
    [names, line?.[ENDPOINT_DIMENSION]],
    [[MEMORY_METRIC, DISK_METRIC, IMAGE_AGE_METRIC], deployment.stage.domain.name],
    `${name}: memory, disk and the age of the image are metrics of the endpoint`,
  );
  const [, byZone] = line?._aws?.CloudWatchMetrics ?? [];
  report.equal(
    [byZone?.Dimensions, byZone?.Metrics.map((metric) => metric.Name), line?.[ZONE_DIMENSION]],
    watchesZones(deployment.plan.serviceLevel)
      ? [[[ENDPOINT_DIMENSION, ZONE_DIMENSION]], [ZONE_METRIC], `${machine.stack.region}a`]
      : [undefined, undefined, undefined],
    `${name}: it tells its zone where an empty one alarms, and there alone`,
  );
  report.check(
    [MEMORY_METRIC, DISK_METRIC].every((metric) => Number(line?.[metric]) > 0 && Number(line?.[metric]) <= 100),
    `${name}: and percentages`,
    names.map((metric) => `${metric} ${line?.[metric]}`).join(', '),
  );
}

/** What sends the logs is killed, and then stopped: every line is in CloudWatch, in order. */
export async function judgeLogsOverRestarts(
  { report, aws }: World,
  { name, instance, machine }: Booting,
): Promise<void> {
  const sent = () => aws.linesOf(machine.instanceId, 'handler').map(({ message }) => message);
  await instance.run('systemctl', 'kill', '--signal=KILL', SHIPPER_UNIT);
  await instance.run('bash', '-c', `for i in $(seq 1000); do echo "proof $i" >> ${HANDLER_LOG}; done`);
  await until(async () => (await instance.run('systemctl', 'is-active', SHIPPER_UNIT)).code === 0, ARRIVAL_SECONDS);
  await instance.run('bash', '-c', `echo 'proof end' >> ${HANDLER_LOG}`);
  await instance.run('systemctl', 'restart', SHIPPER_UNIT);
  await until(async () => sent().at(-1) === 'proof end', ARRIVAL_SECONDS);
  const numbers = sent().filter((line) => line.startsWith('proof '));
  report.equal(
    [numbers.length, numbers.at(0), numbers.at(-1)],
    [1001, 'proof 1', 'proof end'],
    `${name}: killed and stopped, what sends the logs sends each line once`,
  );
  const written = instance
    .read(HANDLER_LOG)
    .split('\n')
    .filter((line) => line.trim() !== '');
  report.check(
    sent().join('\n') === written.join('\n'),
    `${name}: and the stream is what the log is`,
    `${written.length} lines`,
  );
}
