/** CloudFront before a load balancer: nothing is kept at its edges, all that clients send goes through. */
import { Duration } from 'aws-cdk-lib';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  type IOrigin,
  type IOriginRequestPolicy,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { VpcOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Peer, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { IDLE_TIMEOUT_SECONDS } from '../../model/instance/handler-settings';
import type { HttpAnswer } from '../../model/stage/http-answer';
import { LONGEST_EDGE_SECONDS } from '../../sizing/service-level/front-door';
import { acknowledgePart } from '../findings/acknowledgements';
import type { Outside, OutsideProps } from './edge';

export function distribution(scope: Construct, props: OutsideProps): Outside {
  const { loadBalancer, listener, securityGroup } = props.entrance;
  openTo(securityGroup, props.allowFrom);
  const origin = VpcOrigin.withApplicationLoadBalancer(loadBalancer, {
    protocolPolicy: OriginProtocolPolicy.HTTP_ONLY,
    readTimeout: Duration.seconds(LONGEST_EDGE_SECONDS.cloudfront),
    keepaliveTimeout: Duration.seconds(IDLE_TIMEOUT_SECONDS / 2), // it must close connections before the load balancer does
  });
  const made = passingOn(scope, props, origin, OriginRequestPolicy.ALL_VIEWER);
  acknowledgePart(made, 'distribution');
  made.node.addDependency(listener);
  return { address: made.distributionDomainName, kept: [made] };
}

export interface PassingOn {
  /** What it is of. */
  readonly domainName: string;
  /** Whether callers send keys or tokens. */
  readonly keys: boolean;
  /** What port 80 answers. @default 'refuse' with keys, else 'redirect' */
  readonly http?: HttpAnswer | undefined;
}

/** Nothing is kept at its edges. @param sends what the origin gets of a request */
export function passingOn(
  scope: Construct,
  { domainName, keys, http = keys ? 'refuse' : 'redirect' }: PassingOn,
  origin: IOrigin,
  sends: IOriginRequestPolicy,
): Distribution {
  return new Distribution(scope, 'Distribution', {
    comment: `Slipway: ${domainName}`,
    defaultBehavior: {
      origin,
      allowedMethods: AllowedMethods.ALLOW_ALL,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      originRequestPolicy: sends,
      responseHeadersPolicy: ResponseHeadersPolicy.SECURITY_HEADERS, // HSTS is one of them
      viewerProtocolPolicy:
        http === 'redirect' ? ViewerProtocolPolicy.REDIRECT_TO_HTTPS : ViewerProtocolPolicy.HTTPS_ONLY,
      compress: false, // the handler's to do
    },
  });
}

/**
 * CloudFront comes from network interfaces in the subnets of the load balancer, whose security group CloudFront makes and
 * CloudFormation cannot name, and from addresses that are in a prefix list of the region. So port 80 is open to whoever is in
 * the network, or to that list where it is given.
 */
function openTo(securityGroup: SecurityGroup, allowFrom: readonly string[] | undefined): void {
  for (const list of allowFrom ?? []) securityGroup.addIngressRule(Peer.prefixList(list), Port.HTTP, 'CloudFront');
  if (allowFrom) return;
  securityGroup.addIngressRule(Peer.anyIpv4(), Port.HTTP, 'from within the network, of which CloudFront is a part');
  acknowledgePart(securityGroup, 'load balancer behind CloudFront');
}
