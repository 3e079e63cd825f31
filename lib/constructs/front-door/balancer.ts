/** A load balancer with its access logs. */
import { Duration } from 'aws-cdk-lib';
import type { IVpc, SecurityGroup, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { IDLE_TIMEOUT_SECONDS } from '../../model/instance/handler-settings';
import { DELETION_PROTECTION } from '../../model/stage/deployment';
import { acknowledgePart } from '../acknowledgements';
import { AccessLogBucket } from './access-log-bucket';

/** A year, after which browsers and clients that know HSTS still use HTTPS alone. */
const HSTS = 'max-age=31536000';

/** What listeners do with every answer. */
export const ANSWER_HEADERS = [
  { key: 'routing.http.response.strict_transport_security.header_value', value: HSTS },
  { key: 'routing.http.response.server.enabled', value: 'false' },
];

export interface BalancerProps {
  readonly vpc: IVpc;
  readonly subnets: SubnetSelection;
  /** Whether it has no public addresses. */
  readonly internal: boolean;
  readonly securityGroup: SecurityGroup;
  /** Whether versions of its logs are kept. */
  readonly protect?: boolean | undefined;
}

/**
 * It has no deletion protection in the template: it would turn the rollback of a failed first deployment into a stack that
 * cannot be removed. The function that judges deployments sets it (`lambda/verification/protection.ts`).
 */
export function balancer(scope: Construct, { vpc, subnets, internal, securityGroup, protect }: BalancerProps) {
  const loadBalancer = new ApplicationLoadBalancer(scope, 'LoadBalancer', {
    vpc,
    vpcSubnets: subnets,
    internetFacing: !internal,
    securityGroup,
    idleTimeout: Duration.seconds(IDLE_TIMEOUT_SECONDS),
    dropInvalidHeaderFields: true,
  });
  acknowledgePart(loadBalancer, 'load balancer');
  loadBalancer.removeAttribute(DELETION_PROTECTION); // the function's to set
  const accessLogs = new AccessLogBucket(scope, 'AccessLogs', { versioned: protect ?? false });
  loadBalancer.logAccessLogs(accessLogs);
  return { loadBalancer, accessLogs };
}
