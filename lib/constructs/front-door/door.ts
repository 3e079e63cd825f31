/** What leads requests to a fleet: a front door of its own, or a place behind one that others share. */
import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IConnectable, IVpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type IApplicationListener,
  type IApplicationLoadBalancer,
  type ListenerCondition,
  Protocol,
  TargetGroupLoadBalancingAlgorithmType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ARecord } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';
import { DRAIN_SECONDS, HANDLER_PORT, HEALTHY_PROBES, READY_PATH } from '../../model/instance/handler-settings';
import type { TargetHealth } from '../../model/stage/balancer';
import type { VerifyJwt } from '../../model/stage/verify-jwt';
import { HEALTH_CHECK_SECONDS } from '../../sizing/plan/endpoint-parts';

export interface Door extends IConnectable {
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Name of the load balancer itself. @default - not known, where it is the user's */
  readonly dnsName?: string;
  /** Port 443; port 80 behind what has the certificate. */
  readonly listener: IApplicationListener;
  readonly targetGroup: ApplicationTargetGroup;
  /** What clients write after `https://`, without a path. */
  readonly address: string;
  /** Absent where it is AWS's. */
  readonly certificate?: ICertificate;
  /** Of further names, watched as that one is. */
  readonly certificates?: readonly ICertificate[];
  /** Id of the HTTP API that stands before the load balancer, where one does. */
  readonly api?: string;
  /** Absent where the load balancer is the user's. */
  readonly accessLogs?: IBucket;
  /** The alias record, when there is a hosted zone. */
  readonly record?: ARecord;
  /** Whether the load balancer is of others, too. */
  readonly shared: boolean;
  /** By which requests come to the target group. */
  readonly route: IConstruct;
  /** Where the rule stands by which a package is tried that others do not get yet. */
  readonly trial: {
    readonly priority: number;
    readonly conditions: readonly ListenerCondition[];
    /** Of which construct the rule is, and its id, where another may have been in its place. @default - it is of the canary */
    readonly scope?: Construct;
    readonly id?: string;
  };
  /** What of it is in the stack of the fleet, and clients or data depend on. */
  kept(): IConstruct[];
  newTargetGroup(scope: Construct, id: string): ApplicationTargetGroup;
  /** Requests go to target groups by weight. @returns the ARN of what has the weights */
  divide(targetGroups: readonly Weighted[]): { readonly listener: string } | { readonly rule: string };
}

export interface TokenOptions {
  /** Tokens that the load balancer checks. The function that judges deployments has none, and does not look. @default - none */
  readonly verifyJwt?: VerifyJwt;
}

/** As dimensions of metrics have it. */
export function fullName(loadBalancer: IApplicationLoadBalancer): string {
  if (loadBalancer instanceof ApplicationLoadBalancer) return loadBalancer.loadBalancerFullName;
  return loadBalancer.loadBalancerArn.split(':loadbalancer/')[1]!;
}

export interface Weighted {
  readonly targetGroupArn: string;
  readonly weight: number;
}

/**
 * A target is left out after 3 failed checks, 10 s apart, and taken in after 2 good ones.
 * `/readyz` answers from memory, so 5 s without an answer is a fault.
 */
const HEALTH_CHECK = {
  path: READY_PATH,
  healthyHttpCodes: '200',
  interval: Duration.seconds(HEALTH_CHECK_SECONDS),
  timeout: Duration.seconds(5),
  healthyThresholdCount: HEALTHY_PROBES,
  unhealthyThresholdCount: 3,
};

export interface TargetHealthOptions {
  /** When targets are too few, and how a new one is begun with. @default - as AWS has it */
  readonly targetHealth?: TargetHealth;
}

export interface TargetOptions {
  readonly vpc: IVpc;
  /** Whether instances are called by HTTPS. */
  readonly tls: boolean;
  readonly health?: TargetHealth | undefined;
}

export function fleetTargets(
  scope: Construct,
  id: string,
  { vpc, tls, health }: TargetOptions,
): ApplicationTargetGroup {
  const { dnsFailover, unhealthyRouting, slowStartSeconds } = health ?? {};
  return new ApplicationTargetGroup(scope, id, {
    vpc,
    port: HANDLER_PORT,
    protocol: tls ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP,
    healthCheck: { ...HEALTH_CHECK, ...(tls && { protocol: Protocol.HTTPS }) },
    deregistrationDelay: Duration.seconds(DRAIN_SECONDS),
    // requests cost unequal times: the one with the fewest in hand is the one that answers first; a slow start goes by turns
    loadBalancingAlgorithmType:
      slowStartSeconds === undefined
        ? TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS
        : TargetGroupLoadBalancingAlgorithmType.ROUND_ROBIN,
    ...(slowStartSeconds !== undefined && { slowStart: Duration.seconds(slowStartSeconds) }),
    ...((dnsFailover ?? unhealthyRouting) && {
      targetGroupHealth: {
        ...(dnsFailover &&
          ('count' in dnsFailover
            ? { dnsMinimumHealthyTargetCount: dnsFailover.count }
            : { dnsMinimumHealthyTargetPercentage: dnsFailover.percent })),
        ...(unhealthyRouting &&
          ('count' in unhealthyRouting
            ? { routingMinimumHealthyTargetCount: unhealthyRouting.count }
            : { routingMinimumHealthyTargetPercentage: unhealthyRouting.percent })),
      },
    }),
  });
}
