import { cloudWatchAgentConfig } from '../../../lib/constructs/boot/cloudwatch-agent';

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

test('asks for no dimension that the agent would have to look up in EC2', () => {
  expect(Object.keys(config.metrics.append_dimensions)).toEqual(['InstanceId']);
});

test('sends the logs of the handler and of the boot', () => {
  expect(config.logs.logs_collected.files.collect_list).toMatchObject([
    { file_path: '/var/log/slipway/handler.log', log_group_name: 'group' },
    { file_path: '/var/log/cloud-init-output.log', log_group_name: 'group' },
  ]);
});
