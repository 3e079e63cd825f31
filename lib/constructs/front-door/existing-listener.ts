/** A load balancer of the user's: an endpoint stands behind its listener with a rule of its own. */
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener, ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { balancerArn, type ExistingListener } from '../../model/stage/existing-listener';
import type { PlaceDoor, PlaceOptions } from './place';

/** Nothing of it is made: the rules of its security group come with the target group. */
export function existingPlace(scope: Construct, listener: ExistingListener, domainName: string): PlaceOptions {
  const within = new Construct(scope, 'Existing');
  const { arn, securityGroup: id, dnsName, zoneId, path, priority } = listener;
  const securityGroup = SecurityGroup.fromSecurityGroupId(within, 'SecurityGroup', id, { allowAllOutbound: false });
  const entrance: PlaceDoor['entrance'] = {
    listener: ApplicationListener.fromApplicationListenerAttributes(within, 'Listener', {
      listenerArn: arn,
      securityGroup,
    }),
    loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(within, 'LoadBalancer', {
      loadBalancerArn: balancerArn(arn),
      securityGroupId: id,
      ...(dnsName !== undefined && { loadBalancerDnsName: dnsName }),
      ...(zoneId !== undefined && { loadBalancerCanonicalHostedZoneId: zoneId }),
    }),
    securityGroup,
    ...(dnsName !== undefined && { dnsName }),
  };
  return {
    door: { domainName, entrance },
    host: domainName,
    ...(path !== undefined && { path }),
    priority,
    exact: true,
  };
}
