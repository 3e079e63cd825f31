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
  /** What a script beside the emulator prints. */
  said(script: string, ...words: string[]): Promise<string>;
  /** Answers of such services, e.g. to `['wafv2', 'list_web_acls', { Scope: 'REGIONAL' }]`. */
  ask<T extends readonly unknown[]>(...questions: readonly Question[]): Promise<T>;
}

/** A service, an operation and its parameters, in the words of boto3. */
export type Question = readonly [service: string, operation: string, parameters?: object];

export function aws(emulator: Emulator, python: string, region: string): Aws {
  const settings = {
    region,
    endpoint: emulator.url,
    credentials: { accessKeyId: 'emulator', secretAccessKey: 'emulator' },
  };
  const said = async (script: string, ...words: string[]) => {
    const env = { ...process.env, ...emulator.environment, AWS_DEFAULT_REGION: region, PYTHONDONTWRITEBYTECODE: '1' };
    const { code, output } = await run([python, `${__dirname}/emulator/${script}`, ...words], { env });
    if (code !== 0) throw new Error(`${script} of the emulator failed: ${output}`);
    return output;
  };
  return {
    acm: new ACMClient(settings),
    autoScaling: new AutoScalingClient(settings),
    cloudFormation: new CloudFormationClient(settings),
    cloudWatch: new CloudWatchClient(settings),
    ec2: new EC2Client(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    route53: new Route53Client(settings),
    said,
    async inventory() {
      return JSON.parse(await said('inventory.py')) as Record<string, string[]>;
    },
    async ask<T>(...questions: readonly Question[]) {
      const asked = questions.map(([service, operation, parameters = {}]) => [service, operation, parameters]);
      return JSON.parse(await said('ask.py', JSON.stringify(asked))) as T;
    },
  };
}
