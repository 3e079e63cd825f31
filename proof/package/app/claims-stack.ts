// The stack of a project that `cdk init` made; `proof:package` puts it there.
import { ModelEndpoint } from '@slipway-ml/slipway';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import * as cdk from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export class ClaimsStack extends cdk.Stack {
  constructor(scope: Construct, id: string, props?: cdk.StackProps) {
    super(scope, id, { ...props, env: { region: 'eu-west-1', account: '111111111111' } });
    const hostedZone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      zoneName: 'example.com',
      hostedZoneId: 'Z0EXAMPLE0000000',
    });
    new ModelEndpoint(this, 'Model', {
      model: 'models/claims',
      traffic: { requestsPerSecond: 20, p99Ms: 100, availability: 'single' },
      domainName: 'claims.example.com',
      hostedZone,
      notify: 'none',
    });
  }
}
