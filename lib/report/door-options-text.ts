/** Options of the front door that a plan knows of, each with what it costs or changes. */
import { printable } from '../model/text/printable';
import type { ServiceLevel } from '../sizing/service-level/service-level';

const SIGN_IN: Readonly<Record<NonNullable<ServiceLevel['signIn']>, string>> = {
  'oidc for page': 'people sign in for /docs and /openapi.json by OpenID Connect, at no price of AWS',
  'oidc for all': 'people sign in for all paths by OpenID Connect, at no price of AWS, and programs cannot call',
  'cognito for page':
    'people sign in for /docs and /openapi.json by Amazon Cognito, which bills the user pool by users a month after those that are free',
  'cognito for all':
    'people sign in for all paths by Amazon Cognito, which bills the user pool by users a month after those that are free, and programs cannot call',
};

const several = (count: number, one: string, more: string) => (count === 1 ? `1 ${one}` : `${count} ${more}`);

/** Phrases; none where the front door is as it is by itself. */
export function doorOptions(level: ServiceLevel): string[] {
  const { names, firewallRules, verifyJwt, signIn, balancerLogs } = level;
  return [
    ...(level.internal ? ['no public addresses: the network alone reaches it, by a private hosted zone'] : []),
    ...(level.ipAddressType === 'dualstack' ? ['IPv6 beside IPv4, at no price: IPv6 addresses cost nothing'] : []),
    ...(names
      ? [
          `${several(names.count, 'further name', 'further names')}, in ${several(names.zones, 'further zone', 'further zones')}`,
        ]
      : []),
    ...(firewallRules === undefined ? [] : [`WAF with ${several(firewallRules, 'rule', 'rules')}, which the bill has`]),
    ...(level.mutualTls ? ['callers show a certificate, checked with a trust store, which the bill has'] : []),
    ...(verifyJwt === undefined
      ? []
      : [`the load balancer checks tokens of ${printable(verifyJwt)}, in its capacity units`]),
    ...(signIn ? [SIGN_IN[signIn]] : []),
    ...(balancerLogs
      ? [
          `logs of ${balancerLogs.map((log) => (log === 'connections' ? 'connections' : 'health checks')).join(' and ')}, which the bill has`,
        ]
      : []),
    ...(level.privateLink
      ? [
          'PrivateLink for networks of others, by a network load balancer that the bill has; who connects pays for the endpoint',
        ]
      : []),
    ...(level.zonalShift ? ['a zone can be left for the others, at no price'] : []),
    ...(level.backendTls ? ['HTTPS to the instances, for CPU that is counted'] : []),
  ];
}

/** In one line; undefined where there are none. */
export function doorOptionsText(level: ServiceLevel): string | undefined {
  const options = doorOptions(level);
  return options.length > 0 ? options.join('; ') : undefined;
}
