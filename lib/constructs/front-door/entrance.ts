/** The way in: an HTTPS name, a load balancer with its certificate, and its access logs. */
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IPeer, type IVpc, Peer, Port, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationListenerCertificate,
  type ApplicationLoadBalancer,
  ApplicationProtocol,
  type BaseApplicationListenerProps,
  type CfnListener,
  CfnTrustStore,
  type IApplicationLoadBalancer,
  IpAddressType,
  ListenerAction,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AaaaRecord, ARecord, type IHostedZone, PrivateHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { isIpv6, PRIVATE_RANGES } from '../../aws/addresses';
import { certificateNames, LONGEST_COMMON_NAME } from '../../aws/certificate-names';
import { SlipwayError } from '../../model/error';
import type { Firewall, MutualTls } from '../../model/stage/firewall';
import type { HttpAnswer } from '../../model/stage/http-answer';
import type { PrivateLink } from '../../model/stage/private-link';
import type { SignIn } from '../../model/stage/sign-in';
import type { FrontDoorKind } from '../../sizing/service-level/front-door';
import { acknowledgePart } from '../findings/acknowledgements';
import { ANSWER_HEADERS, type BalancerOptions, balancer } from './balancer';
import { WebAcl } from './firewall';
import { ownAnswer } from './own-answer';
import { PrivateLinkService } from './private-link';

const TO_HTTPS = ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true });
const REFUSAL = ownAnswer(403, 'use https');

/** A name beside the first. */
export interface FurtherName extends Pick<FrontDoorOptions, 'domainName' | 'hostedZone'> {
  /** That of the endpoint where it has this name, too. @default - a new one, validated in `hostedZone` */
  readonly certificate?: ICertificate;
  /** Of an internal endpoint. @default - a new one for this name */
  readonly privateZone?: IHostedZone;
}

/** What can be chosen of the way in. */
export interface FrontDoorOptions extends BalancerOptions {
  /**
   * The name that clients call, e.g. `credit.example.com`. Behind a front door that has a name of AWS's, what metrics and alarms
   * are named after, e.g. `credit-dev`.
   */
  readonly domainName: string;
  /**
   * What clients call: a load balancer by a name of yours, or CloudFront or an HTTP API by a name and a certificate of AWS's.
   * @default 'alb'
   */
  readonly frontDoor?: FrontDoorKind;
  /** Gets the alias record, and the records that validate the certificate. @default - no record is made; then `certificate` is required */
  readonly hostedZone?: IHostedZone;
  /** A certificate for `domainName`, in the same region. @default - a new one, validated in `hostedZone` */
  readonly certificate?: ICertificate;
  /** Names beside the first, each with its record and its certificate. Metrics and alarms have the first alone. @default - none */
  readonly names?: readonly FurtherName[];
  /** Who may call: ranges of addresses, and ids of prefix lists. @default - everybody */
  readonly allowFrom?: readonly string[];
  /**
   * Without public addresses: for callers in the network, or in what it is connected with. Then everybody is who has a private
   * address, and the record is in `privateZone`.
   * @default false
   */
  readonly internal?: boolean;
  /** Private hosted zone that gets the record of an internal endpoint. @default - a new one for `domainName`, of the network alone */
  readonly privateZone?: IHostedZone;
  /** Rules of WAF before the load balancer. @default - none */
  readonly waf?: Firewall;
  /**
   * Callers show a certificate of an authority in this file; others get no connection. The function that judges deployments has
   * none, and does not look.
   * @default - callers show none
   */
  readonly mutualTls?: MutualTls;
  /**
   * People sign in at the load balancer, for the page alone or for all paths. The function that judges deployments cannot, and does
   * not look behind it.
   * @default - nobody does
   */
  readonly authenticate?: SignIn;
  /**
   * A service of PrivateLink, by which networks of other accounts reach an internal endpoint without being connected with its
   * network. It takes a network load balancer.
   * @default - none
   */
  readonly privateLink?: PrivateLink;
  /** What port 80 answers. @default 'closed' where callers send keys or tokens (`access`) or the endpoint is internal, else 'redirect' */
  readonly http?: HttpAnswer;
}

export interface EntranceProps extends FrontDoorOptions {
  readonly vpc: IVpc;
  /** In two zones or more; public ones, unless it is internal. */
  readonly subnets: SubnetSelection;
  /** Whether callers send keys or tokens. */
  readonly keys: boolean;
}

/** What a listener does by itself. */
export type Listens = Pick<BaseApplicationListenerProps, 'defaultAction' | 'defaultTargetGroups'>;

export interface Entrance {
  /** What clients write after `https://`. */
  readonly address: string;
  readonly loadBalancer: ApplicationLoadBalancer;
  /** Port 443; port 80 behind what has the certificate. */
  readonly listener: ApplicationListener;
  readonly securityGroup: SecurityGroup;
  /** Of the first name; absent where it is AWS's. */
  readonly certificate?: ICertificate;
  /** Of further names. */
  readonly certificates?: readonly ICertificate[];
  /** Further names. */
  readonly names?: readonly string[];
  /** Id of the HTTP API, where there is one. */
  readonly api?: string;
  readonly accessLogs: IBucket;
  /** The alias record, when there is a hosted zone. */
  readonly record?: ARecord;
  /** What clients or data depend on. */
  readonly kept: readonly IConstruct[];
}

/**
 * @param scope what all of it stands in
 * @param listens what the listener does by itself, asked when there is a load balancer
 */
export function entrance(scope: Construct, props: EntranceProps, listens: () => Listens): Entrance {
  const { vpc, domainName, hostedZone } = props;
  const certificate = props.certificate ?? certificateIn(scope, domainName, hostedZone);
  const securityGroup = new SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'Load balancer of a Slipway endpoint',
    allowAllOutbound: false, // the target group opens the way to the instances
  });
  const { internal = false, http = props.keys || internal ? 'closed' : 'redirect' } = props;
  const allowFrom = props.allowFrom ?? (internal ? PRIVATE_RANGES : undefined);
  if (!allowFrom) acknowledgePart(securityGroup, 'front door open to everybody');
  const why = props.allowFrom ? 'allowFrom' : 'private addresses';
  for (const caller of allowFrom ?? []) {
    const peer = peerOf(caller);
    securityGroup.addIngressRule(peer, Port.HTTPS, why);
    if (http !== 'closed') securityGroup.addIngressRule(peer, Port.HTTP, why);
  }
  if (props.authenticate) {
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'the provider by which people sign in');
  }
  const { loadBalancer, accessLogs } = balancer(scope, { ...props, internal, securityGroup });
  const listener = loadBalancer.addListener('Https', {
    port: 443,
    open: !allowFrom,
    protocol: ApplicationProtocol.HTTPS,
    certificates: [certificate],
    sslPolicy: SslPolicy.TLS13_12_RES_PQ,
    ...listens(),
  });
  (listener.node.defaultChild as CfnListener).listenerAttributes = ANSWER_HEADERS;
  if (props.privateLink) {
    const { privateLink, subnets } = props;
    new PrivateLinkService(scope, 'PrivateLink', { privateLink, vpc, subnets, listener, securityGroup });
  }
  if (props.mutualTls) askForCertificates(scope, listener, props.mutualTls);
  if (props.waf) new WebAcl(scope, 'Waf', { firewall: props.waf, loadBalancer });
  if (http !== 'closed') {
    const defaultAction = http === 'redirect' ? TO_HTTPS : REFUSAL;
    loadBalancer.addListener('Http', {
      port: 80,
      open: !allowFrom,
      protocol: ApplicationProtocol.HTTP,
      defaultAction,
    });
  }
  const records = recordsOf(scope, props, loadBalancer);
  const further = (props.names ?? []).map((name) => {
    const within = new Construct(scope, name.domainName);
    const own = name.certificate ?? certificateIn(within, name.domainName, name.hostedZone);
    const watched = own === certificate ? [] : [own];
    // by SNI, so that a name comes and goes without a change of the certificate of the others
    if (watched.length > 0) new ApplicationListenerCertificate(within, 'OfListener', { listener, certificates: [own] });
    const aliases = recordsOf(within, { ...name, vpc, internal }, loadBalancer);
    return { watched, kept: [...aliases, ...(name.certificate ? [] : [own as Certificate])] };
  });
  return {
    address: domainName,
    loadBalancer,
    listener,
    securityGroup,
    certificate,
    certificates: further.flatMap(({ watched }) => watched),
    names: (props.names ?? []).map((name) => name.domainName),
    accessLogs,
    ...(records[0] && { record: records[0] }),
    kept: [
      loadBalancer,
      accessLogs,
      ...records,
      ...(certificate instanceof Certificate ? [certificate] : []),
      ...further.flatMap(({ kept }) => kept),
    ],
  };
}

/** In the private zone of an internal endpoint: one of the name itself, so that other names of its domain are answered as before. */
function recordsOf(
  scope: Construct,
  props: Pick<EntranceProps, 'domainName' | 'hostedZone' | 'privateZone' | 'internal' | 'vpc'>,
  loadBalancer: ApplicationLoadBalancer,
): AliasRecords {
  const { domainName, hostedZone, privateZone, internal, vpc } = props;
  const made = () => new PrivateHostedZone(scope, 'PrivateZone', { zoneName: domainName, vpc });
  const zone = internal ? (privateZone ?? made()) : hostedZone;
  return zone ? aliasRecords(scope, domainName, zone, loadBalancer) : [];
}

function askForCertificates(
  scope: Construct,
  listener: ApplicationListener,
  { bucket, key, version }: MutualTls,
): void {
  const store = new CfnTrustStore(scope, 'TrustStore', {
    caCertificatesBundleS3Bucket: bucket,
    caCertificatesBundleS3Key: key,
    ...(version !== undefined && { caCertificatesBundleS3ObjectVersion: version }),
  });
  (listener.node.defaultChild as CfnListener).mutualAuthentication = {
    mode: 'verify',
    trustStoreArn: store.ref,
    ignoreClientCertificateExpiry: false,
  };
}

/** Of IPv4, and of IPv6 where the load balancer has such addresses. */
export type AliasRecords = readonly [] | readonly [ARecord, ...AaaaRecord[]];

export function aliasRecords(
  scope: Construct,
  name: string,
  zone: IHostedZone,
  loadBalancer: IApplicationLoadBalancer,
): readonly [ARecord, ...AaaaRecord[]] {
  const props = {
    zone,
    recordName: `${name}.`, // absolute: the name may be that of the zone
    target: RecordTarget.fromAlias(new LoadBalancerTarget(loadBalancer)),
  };
  const record = new ARecord(scope, 'Alias', props);
  return loadBalancer.ipAddressType === IpAddressType.DUAL_STACK
    ? [record, new AaaaRecord(scope, 'AliasIpv6', props)]
    : [record];
}

function peerOf(caller: string): IPeer {
  if (caller.startsWith('pl-')) return Peer.prefixList(caller);
  return isIpv6(caller) ? Peer.ipv6(caller) : Peer.ipv4(caller);
}

/** @throws SlipwayError E_CONFIG without a zone in which it is validated, or where its names are too long for one */
export function certificateIn(scope: Construct, domainName: string, hostedZone: IHostedZone | undefined): Certificate {
  if (!hostedZone) {
    throw new SlipwayError(
      'E_CONFIG',
      `${domainName} has neither a hosted zone nor a certificate; give hostedZone, in which a certificate is validated, or the certificate to use`,
    );
  }
  const names = certificateNames(domainName, hostedZone.zoneName);
  if (!names) {
    throw new SlipwayError(
      'E_CONFIG',
      `${domainName} has ${domainName.length} characters, and so has no parent in ${hostedZone.zoneName} of at most ${LONGEST_COMMON_NAME}, with which a certificate begins; take a shorter name, or give the certificate to use`,
    );
  }
  return new Certificate(scope, 'Certificate', {
    domainName: names.first,
    ...(names.others.length > 0 && { subjectAlternativeNames: [...names.others] }),
    validation: CertificateValidation.fromDns(hostedZone),
  });
}
