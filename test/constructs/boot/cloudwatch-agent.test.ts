import { cloudWatchAgentConfig } from '../../../lib/constructs/boot/cloudwatch-agent';
import { AGENT_METRICS } from '../../../lib/sizing/endpoint-parts';

const config = JSON.parse(cloudWatchAgentConfig({ endpoint: 'credit.example.com', logGroupName: 'group' }));

test('memory and disk are aggregated by endpoint, so that an alarm finds the worst instance', () => {
  expect(config.metrics.aggregation_dimensions).toEqual([['Endpoint']]);
  const { mem, disk } = config.metrics.metrics_collected;
  expect(mem.append_dimensions).toEqual({ Endpoint: 'credit.example.com' });
  expect(disk).toMatchObject({
    drop_device: true,
    resources: ['/'],
    append_dimensions: { Endpoint: 'credit.example.com' },
  });
});

test('measures what is billed, each with the name of its plug-in before it', () => {
  const collected: Record<string, { measurement: string[] }> = config.metrics.metrics_collected;
  const names = Object.entries(collected).flatMap(([plugin, { measurement }]) =>
    measurement.map((name) => (name.startsWith(`${plugin}_`) ? name : `${plugin}_${name}`)),
  );
  expect(names).toEqual(AGENT_METRICS);
});

test('asks for no dimension that the agent would have to look up in EC2', () => {
  expect(Object.keys(config.metrics.append_dimensions)).toEqual(['InstanceId']);
});

test('sends the logs of the handler and of the boot', () => {
  expect(config.logs.logs_collected.files.collect_list).toMatchObject([
    { file_path: '/var/log/slipway/handler.log', log_group_name: 'group' },
    { file_path: '/var/log/cloud-init-output.log', log_group_name: 'group' },
  ]);
});
