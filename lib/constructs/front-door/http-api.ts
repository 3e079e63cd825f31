/** An HTTP API of API Gateway before a load balancer: every request goes through as it is. */

import { Fn } from 'aws-cdk-lib';
import { HttpApi, VpcLink } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpAlbIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledgePart } from '../findings/acknowledgements';
import type { Outside, OutsideProps } from './edge';

export function httpApi(scope: Construct, { vpc, subnets, domainName, entrance }: OutsideProps): Outside {
  const { listener, securityGroup } = entrance;
  const linked = new SecurityGroup(scope, 'LinkSecurityGroup', {
    vpc,
    description: 'HTTP API before the load balancer of a Slipway endpoint',
    allowAllOutbound: false,
  });
  linked.connections.allowTo(securityGroup, Port.HTTP, 'the load balancer');
  const vpcLink = new VpcLink(scope, 'Link', { vpc, subnets, securityGroups: [linked] });
  const api = new HttpApi(scope, 'Api', {
    apiName: domainName,
    description: `Slipway: ${domainName}`,
    defaultIntegration: new HttpAlbIntegration('ToLoadBalancer', listener, { vpcLink }),
  });
  acknowledgePart(api, 'HTTP API');
  return { address: Fn.select(1, Fn.split('//', api.apiEndpoint)), api: api.apiId, kept: [api] };
}
