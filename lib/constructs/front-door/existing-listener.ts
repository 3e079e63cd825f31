/** A load balancer of the user's: an endpoint stands behind its listener with a rule of its own. */
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { ApplicationListener, ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { balancerArn, type ExistingBalancer, type ExistingListener } from '../../model/stage/existing-listener';
import type { PlaceDoor, PlaceOptions } from './place';

/** The place of an endpoint that is there alone. */
export function existingPlace(scope: Construct, listener: ExistingListener, domainName: string): PlaceOptions {
  const { path, priority } = listener;
  return {
    door: existingDoor(scope, listener, { domainName }),
    host: domainName,
    ...(path !== undefined && { path }),
    priority,
    exact: true,
  };
}

/** A name of several models, as far as it is made: certificate and record are of no one of them. */
export interface SharedNameParts extends Pick<PlaceDoor['entrance'], 'certificate' | 'record'> {
  readonly domainName: string;
}

/** Nothing of it is made: the rules of its security group come with the target groups. */
export function existingDoor(
  scope: Construct,
  balancer: ExistingBalancer,
  { domainName, certificate, record }: SharedNameParts,
): PlaceDoor {
  const within = new Construct(scope, 'Existing');
  const { arn, securityGroup: id, dnsName, zoneId } = balancer;
  const securityGroup = SecurityGroup.fromSecurityGroupId(within, 'SecurityGroup', id, { allowAllOutbound: false });
  const entrance: PlaceDoor['entrance'] = {
    listener: ApplicationListener.fromApplicationListenerAttributes(within, 'Listener', {
      listenerArn: arn,
      securityGroup,
      defaultPort: 443,
    }),
    loadBalancer: ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(within, 'LoadBalancer', {
      loadBalancerArn: balancerArn(arn),
      securityGroupId: id,
      ...(dnsName !== undefined && { loadBalancerDnsName: dnsName }),
      ...(zoneId !== undefined && { loadBalancerCanonicalHostedZoneId: zoneId }),
    }),
    securityGroup,
    ...(dnsName !== undefined && { dnsName }),
    ...(certificate && { certificate }),
    ...(record && { record }),
  };
  return { domainName, entrance, existing: true };
}
