/** The clients of AWS with which commands ask about a deployed stage. The SDK takes a while to load, so each comes when it is asked for. */

/** @param region @default - what the environment says */
export function awsClients(region?: string) {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // of later releases than the pinned one
  const settings = { ...(region && { region }) };
  return {
    scaling() {
      const { AutoScalingClient } =
        require('@aws-sdk/client-auto-scaling') as typeof import('@aws-sdk/client-auto-scaling');
      return new AutoScalingClient(settings);
    },
    stacks() {
      const { CloudFormationClient } =
        require('@aws-sdk/client-cloudformation') as typeof import('@aws-sdk/client-cloudformation');
      return new CloudFormationClient(settings);
    },
    alarms() {
      const { CloudWatchClient } = require('@aws-sdk/client-cloudwatch') as typeof import('@aws-sdk/client-cloudwatch');
      return new CloudWatchClient(settings);
    },
    logs() {
      const { CloudWatchLogsClient } =
        require('@aws-sdk/client-cloudwatch-logs') as typeof import('@aws-sdk/client-cloudwatch-logs');
      return new CloudWatchLogsClient(settings);
    },
    topics() {
      const { SNSClient } = require('@aws-sdk/client-sns') as typeof import('@aws-sdk/client-sns');
      return new SNSClient(settings);
    },
    balancer() {
      const { ElasticLoadBalancingV2Client } =
        require('@aws-sdk/client-elastic-load-balancing-v2') as typeof import('@aws-sdk/client-elastic-load-balancing-v2');
      return new ElasticLoadBalancingV2Client(settings);
    },
  };
}
