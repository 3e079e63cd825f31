/** CloudFront before the HTTP API of a function, whose limit and metrics stay. */
import { OriginProtocolPolicy, OriginRequestPolicy } from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { Construct, IConstruct } from 'constructs';
import { acknowledgePart } from '../findings/acknowledgements';
import { type PassingOn, passingOn } from '../front-door/distribution';

/** @param host of the HTTP API, by which it knows what is asked: so that of the client stays behind */
export function functionDistribution(
  scope: Construct,
  props: PassingOn,
  host: string,
): { readonly address: string; readonly kept: readonly IConstruct[] } {
  const origin = new HttpOrigin(host, { protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY });
  const made = passingOn(scope, props, origin, OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER);
  acknowledgePart(made, 'distribution before a function');
  return { address: made.distributionDomainName, kept: [made] };
}
