/** A service of AWS PrivateLink before the load balancer: it asks for a network load balancer, which hands connections on. */
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { type IVpc, Port, SecurityGroup, type SubnetSelection, VpcEndpointService } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  NetworkLoadBalancer,
  NetworkTargetGroup,
  Protocol,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AlbListenerTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2-targets';
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { READY_PATH } from '../../model/instance/handler-settings';
import { PRIVATE_LINK_OUTPUT, type PrivateLink, principalArn } from '../../model/stage/private-link';
import { HEALTH_CHECK_SECONDS } from '../../sizing/plan/endpoint-parts';
import { acknowledgePart } from '../findings/acknowledgements';

export interface PrivateLinkProps {
  readonly privateLink: PrivateLink;
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Port 443. */
  readonly listener: ApplicationListener;
  readonly securityGroup: SecurityGroup;
}

export class PrivateLinkService extends Construct {
  readonly service: VpcEndpointService;

  constructor(scope: Construct, id: string, props: PrivateLinkProps) {
    super(scope, id);
    const { vpc, subnets, listener, privateLink } = props;
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'PrivateLink of a Slipway endpoint',
      allowAllOutbound: false,
    });
    props.securityGroup.connections.allowFrom(securityGroup, Port.HTTPS, 'PrivateLink');
    const balancer = new NetworkLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: subnets,
      internetFacing: false,
      securityGroups: [securityGroup],
      // who may connect is said by the service; addresses of their networks say nothing
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: false,
    });
    acknowledgePart(balancer, 'load balancer of PrivateLink');
    balancer.addListener('Tls', {
      port: 443,
      protocol: Protocol.TCP, // passed on as it is: the certificate is the one of the load balancer behind it
      defaultTargetGroups: [
        new NetworkTargetGroup(this, 'Targets', {
          vpc,
          port: 443,
          protocol: Protocol.TCP,
          targets: [new AlbListenerTarget(listener)],
          healthCheck: {
            protocol: Protocol.HTTPS,
            path: READY_PATH,
            // any answer but a failure: it may want a token, and models of a shared door have it below their paths
            healthyHttpCodes: '200-499',
            interval: Duration.seconds(HEALTH_CHECK_SECONDS),
          },
        }),
      ],
    });
    const { partition } = Stack.of(this);
    this.service = new VpcEndpointService(this, 'Service', {
      vpcEndpointServiceLoadBalancers: [balancer],
      acceptanceRequired: privateLink.acceptanceRequired ?? false,
      allowedPrincipals: privateLink.allowedPrincipals.map((one) => new ArnPrincipal(principalArn(one, partition))),
    });
    new CfnOutput(this, 'Name', {
      value: this.service.vpcEndpointServiceName,
      description: 'What networks of others connect to by an interface endpoint',
    }).overrideLogicalId(PRIVATE_LINK_OUTPUT);
  }
}
