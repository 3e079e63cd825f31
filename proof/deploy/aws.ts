/** Clients of the AWS SDK that read the deployment back from the emulator. */
import { ACMClient } from '@aws-sdk/client-acm';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { run } from '../process';
import type { Emulator } from './emulator';

export interface Aws {
  readonly acm: ACMClient;
  readonly autoScaling: AutoScalingClient;
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly ec2: EC2Client;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly route53: Route53Client;
  /** Physical ids by resource type, of services that have no client here. */
  inventory(): Promise<Record<string, string[]>>;
}

export function aws(emulator: Emulator, python: string, region: string): Aws {
  const settings = {
    region,
    endpoint: emulator.url,
    credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' },
  };
  return {
    acm: new ACMClient(settings),
    autoScaling: new AutoScalingClient(settings),
    cloudFormation: new CloudFormationClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    ec2: new EC2Client(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    route53: new Route53Client(settings),
    async inventory() {
      const env = { ...process.env, ...emulator.environment, AWS_DEFAULT_REGION: region, PYTHONDONTWRITEBYTECODE: '1' };
      const { code, output } = await run([python, `${__dirname}/emulator/inventory.py`], { env });
      if (code !== 0) throw new Error(`the inventory of the emulator failed: ${output}`);
      return JSON.parse(output) as Record<string, string[]>;
    },
  };
}
