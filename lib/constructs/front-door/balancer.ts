/** A load balancer with its access logs. */
import { Duration, Stack } from 'aws-cdk-lib';
import type { IVpc, SecurityGroup, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, IpAddressType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { IDLE_TIMEOUT_SECONDS } from '../../model/instance/handler-settings';
import type { BalancerLog, IpAddressKind } from '../../model/stage/balancer';
import { DELETION_PROTECTION } from '../../model/stage/deployment';
import { acknowledgePart } from '../findings/acknowledgements';
import { AccessLogBucket } from './access-log-bucket';

/** A year, after which browsers and clients that know HSTS still use HTTPS alone. */
const HSTS = 'max-age=31536000';

/** What listeners do with every answer. */
export const ANSWER_HEADERS = [
  { key: 'routing.http.response.strict_transport_security.header_value', value: HSTS },
  { key: 'routing.http.response.server.enabled', value: 'false' },
];

/** What can be chosen of a load balancer. */
export interface BalancerOptions {
  /** Which addresses the load balancer has; the public subnets of a network that is given must have IPv6 for `dualstack`. @default 'ipv4' */
  readonly ipAddressType?: IpAddressKind;
  /** Logs of the load balancer beside that of requests, in the same bucket. @default - none */
  readonly balancerLogs?: readonly BalancerLog[];
  /** Whether operators, and AWS where you let it, may have the load balancer and the fleet leave a zone. @default false */
  readonly zonalShift?: boolean;
  /**
   * Keep versions of the access logs, and keep what clients and data depend on from being deleted or replaced, once the first
   * deployment has gone well.
   * @default false
   */
  readonly protect?: boolean;
}

export interface BalancerProps extends BalancerOptions {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Whether it has no public addresses. */
  readonly internal: boolean;
  readonly securityGroup: SecurityGroup;
}

/**
 * It has no deletion protection in the template: it would turn the rollback of a failed first deployment into a stack that
 * cannot be removed. The function that judges deployments sets it (`lambda/verification/protection.ts`).
 */
export function balancer(scope: Construct, props: BalancerProps) {
  const { vpc, subnets, internal, securityGroup, protect, balancerLogs = [] } = props;
  const loadBalancer = new ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    vpcSubnets: subnets,
    internetFacing: !internal,
    securityGroup,
    idleTimeout: Duration.seconds(IDLE_TIMEOUT_SECONDS),
    dropInvalidHeaderFields: true,
    ...(props.ipAddressType === 'dualstack' && { ipAddressType: IpAddressType.DUAL_STACK }),
  });
  acknowledgePart(loadBalancer, 'load balancer');
  loadBalancer.removeAttribute(DELETION_PROTECTION); // the function's to set
  const accessLogs = new AccessLogBucket(scope, 'AccessLogs', { versioned: protect ?? false });
  loadBalancer.logAccessLogs(accessLogs);
  // their files are told apart by their names
  if (balancerLogs.includes('connections')) loadBalancer.logConnectionLogs(accessLogs);
  if (balancerLogs.includes('healthChecks')) {
    // in older regions the CDK lets an account of AWS in, which writes the other logs, and this service in the newer ones
    accessLogs.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [accessLogs.arnForObjects(`AWSLogs/${Stack.of(scope).account}/*`)],
      }),
    );
    loadBalancer.setAttribute('health_check_logs.s3.enabled', 'true');
    loadBalancer.setAttribute('health_check_logs.s3.bucket', accessLogs.bucketName);
  }
  if (props.zonalShift) loadBalancer.setAttribute('zonal_shift.config.enabled', 'true');
  return { loadBalancer, accessLogs };
}
