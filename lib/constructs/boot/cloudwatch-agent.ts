/** The configuration of the CloudWatch agent: memory, disk and logs. */
import { ENDPOINT_DIMENSION, MEMORY_METRIC, METRIC_NAMESPACE } from '../../model/instance/instance-metrics';
import { BOOT_LOG, HANDLER_LOG } from './layout';

export interface CloudWatchAgentOptions {
  /** Value of the dimension `Endpoint`. */
  readonly endpoint: string;
  readonly logGroupName: string;
}

/**
 * The configuration as JSON.
 *
 * The dimension is one of ours, and not AutoScalingGroupName: the agent would look that up with
 * ec2:DescribeTags, for which the instances have neither the permission nor a way out of the network.
 */
export function cloudWatchAgentConfig(options: CloudWatchAgentOptions): string {
  const dimensions = { [ENDPOINT_DIMENSION]: options.endpoint };
  const log = (path: string, stream: string) => ({
    file_path: path,
    log_group_name: options.logGroupName,
    log_stream_name: `{instance_id}/${stream}`,
    timezone: 'UTC',
  });
  return JSON.stringify(
    {
      agent: { metrics_collection_interval: 60, omit_hostname: true },
      metrics: {
        namespace: METRIC_NAMESPACE,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the agent's own notation
        append_dimensions: { InstanceId: '${aws:InstanceId}' },
        aggregation_dimensions: [[ENDPOINT_DIMENSION]],
        metrics_collected: {
          mem: { measurement: [MEMORY_METRIC], append_dimensions: dimensions },
          disk: { measurement: ['used_percent'], resources: ['/'], drop_device: true, append_dimensions: dimensions },
        },
      },
      logs: {
        force_flush_interval: 5,
        logs_collected: { files: { collect_list: [log(HANDLER_LOG, 'handler'), log(BOOT_LOG, 'boot')] } },
      },
    },
    null,
    1,
  );
}
