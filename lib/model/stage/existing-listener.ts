/** A listener of a load balancer that is there, behind which endpoints stand beside others. */
export interface ExistingBalancer {
  /** Of its listener on port 443. */
  readonly arn: string;
  /** Of the load balancer: it gets a rule outwards, to the instances. */
  readonly securityGroup: string;
  /** Name of the load balancer itself; with `zoneId` the record of the endpoint points to it. @default - the record is yours */
  readonly dnsName?: string | undefined;
  /** Hosted zone of that name, which AWS has. */
  readonly zoneId?: string | undefined;
}

/** The place of one endpoint behind it. */
export interface ExistingListener extends ExistingBalancer {
  /** Of the rule, 1 to 50,000; a rollout takes the one before as well. */
  readonly priority: number;
  /** What requests begin with, e.g. `/credit`. @default - all that is asked of the name */
  readonly path?: string | undefined;
}

/** Of the load balancer of a listener. */
export const balancerArn = (listenerArn: string) =>
  listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');

/** Priorities that a listener has of an endpoint. */
export function prioritiesOf({ priority }: Pick<ExistingListener, 'priority'>, rollout: unknown): number[] {
  return rollout === undefined ? [priority] : [priority - 1, priority];
}

/** Options of a load balancer, which one that is there has already. */
export const OF_THE_BALANCER = [
  'allowFrom',
  'balancerLogs',
  'http',
  'ipAddressType',
  'mutualTls',
  'privateLink',
  'waf',
  'zonalShift',
] as const;

type OfTheBalancer = (typeof OF_THE_BALANCER)[number];

/** Those options alone. */
export const balancerOptions = <T extends { readonly [option in OfTheBalancer]?: unknown }>(options: T) =>
  Object.fromEntries(OF_THE_BALANCER.map((option) => [option, options[option]])) as Pick<T, OfTheBalancer>;
