/**
 * The way in by a name and a certificate of AWS's: CloudFront or an HTTP API, before a load balancer that has no public address.
 * Between the two is plain HTTP, for a load balancer has no certificate without a name; it does not leave the network of AWS.
 */
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationProtocol,
  type CfnListener,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct, IConstruct } from 'constructs';
import { balancer } from './balancer';
import type { Entrance, EntranceProps, Listens } from './entrance';

/** What stands before the load balancer. */
export interface Outside {
  /** What clients write after `https://`. */
  readonly address: string;
  readonly api?: string;
  /** What clients depend on. */
  readonly kept: readonly IConstruct[];
}

export interface OutsideProps extends EntranceProps {
  readonly entrance: Pick<Entrance, 'loadBalancer' | 'listener' | 'securityGroup'>;
}

/** @param listens what the listener does by itself, asked when there is a load balancer */
export function edgeEntrance(scope: Construct, props: EntranceProps, listens: () => Listens): Entrance {
  const { vpc, ipAddressType: _, ...own } = props;
  const securityGroup = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Load balancer of a Slipway endpoint',
    allowAllOutbound: false, // the target group opens the way to the instances
  });
  const { loadBalancer, accessLogs } = balancer(scope, { ...own, vpc, internal: true, securityGroup });
  const listener: ApplicationListener = loadBalancer.addListener('Inside', {
    port: 80,
    open: false,
    protocol: ApplicationProtocol.HTTP,
    ...listens(),
  });
  (listener.node.defaultChild as CfnListener).listenerAttributes = [
    { key: 'routing.http.response.server.enabled', value: 'false' },
  ];
  const entrance = { loadBalancer, listener, securityGroup };
  // loaded where they are used alone: a synthesis without them takes less
  const before =
    props.frontDoor === 'api'
      ? (require('./http-api') as typeof import('./http-api')).httpApi
      : (require('./distribution') as typeof import('./distribution')).distribution;
  const { kept, ...outside } = before(scope, { ...props, entrance });
  return { ...outside, ...entrance, accessLogs, kept: [loadBalancer, accessLogs, ...kept] };
}
