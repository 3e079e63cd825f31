/** The way in: an HTTPS name, a load balancer, and the target group of the fleet. */
import { Duration } from 'aws-cdk-lib';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  type Connections,
  type IConnectable,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type CfnListener,
  CfnTrustStore,
  type IApplicationLoadBalancerTarget,
  ListenerAction,
  Protocol,
  SslPolicy,
  TargetGroupLoadBalancingAlgorithmType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, type IHostedZone, PrivateHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { PRIVATE_RANGES } from '../../aws/addresses';
import { certificateNames, LONGEST_COMMON_NAME } from '../../aws/certificate-names';
import { SlipwayError } from '../../model/error';
import {
  DRAIN_SECONDS,
  HANDLER_PORT,
  HEALTHY_PROBES,
  IDLE_TIMEOUT_SECONDS,
  READY_PATH,
} from '../../model/instance/handler-settings';
import { DELETION_PROTECTION } from '../../model/stage/deployment';
import type { Firewall, MutualTls } from '../../model/stage/firewall';
import type { HttpAnswer } from '../../model/stage/http-answer';
import { acknowledgePart } from '../acknowledgements';
import type { AccessOptions } from '../boot/access';
import type { BootOptions } from '../boot/boot-options';
import { AccessLogBucket } from './access-log-bucket';
import { WebAcl } from './firewall';

/** A year, after which browsers and clients that know HSTS still use HTTPS alone. */
const HSTS = 'max-age=31536000';

/**
 * A target is left out after 3 failed checks, 10 s apart, and taken in after 2 good ones.
 * `/readyz` answers from memory, so 5 s without an answer is a fault.
 */
const HEALTH_CHECK = {
  path: READY_PATH,
  healthyHttpCodes: '200',
  interval: Duration.seconds(10),
  timeout: Duration.seconds(5),
  healthyThresholdCount: HEALTHY_PROBES,
  unhealthyThresholdCount: 3,
};

const TO_HTTPS = ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true });
const REFUSAL = ListenerAction.fixedResponse(403, {
  contentType: 'application/problem+json',
  messageBody: '{"type":"about:blank","title":"use https","status":403}',
});

/** What can be chosen of the way in. */
export interface FrontDoorOptions {
  /** The name that clients call, e.g. `credit.example.com`. */
  readonly domainName: string;
  /** Gets the alias record, and the records that validate the certificate. @default - no record is made; then `certificate` is required */
  readonly hostedZone?: IHostedZone;
  /** A certificate for `domainName`, in the same region. @default - a new one, validated in `hostedZone` */
  readonly certificate?: ICertificate;
  /** Who may call: ranges of IPv4 addresses, and ids of prefix lists. @default - everybody */
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
  /** What port 80 answers. @default 'closed' where callers send keys or tokens (`access`) or the endpoint is internal, else 'redirect' */
  readonly http?: HttpAnswer;
  /**
   * Keep versions of the access logs, and keep what clients and data depend on from being deleted or replaced, once the first
   * deployment has gone well.
   * @default false
   */
  readonly protect?: boolean;
}

export interface FrontDoorProps
  extends FrontDoorOptions,
    Pick<AccessOptions, 'access'>,
    Pick<BootOptions, 'backendTls'> {
  readonly vpc: IVpc;
  /** In two zones or more; public ones, unless it is internal. */
  readonly subnets: SubnetSelection;
  readonly target: IApplicationLoadBalancerTarget;
}

/**
 * The load balancer has no deletion protection in the template: it would turn the rollback of a failed first deployment into
 * a stack that cannot be removed. The function that judges deployments sets it (`lambda/verification/protection.ts`).
 */
export class FrontDoor extends Construct implements IConnectable {
  readonly loadBalancer: ApplicationLoadBalancer;
  /** Port 443. */
  readonly listener: ApplicationListener;
  readonly targetGroup: ApplicationTargetGroup;
  readonly certificate: ICertificate;
  readonly accessLogs: IBucket;
  /** The alias record, when there is a hosted zone. */
  readonly record?: ARecord;
  readonly connections: Connections;
  private readonly vpc: IVpc;
  private readonly protocol: ApplicationProtocol;

  constructor(scope: Construct, id: string, props: FrontDoorProps) {
    super(scope, id);
    const { vpc, domainName, hostedZone } = props;
    if (!props.certificate && !hostedZone) {
      throw new SlipwayError(
        'E_CONFIG',
        `${domainName} has neither a hosted zone nor a certificate; give hostedZone, in which a certificate is validated, or the certificate to use`,
      );
    }
    this.certificate = props.certificate ?? this.newCertificate(domainName, hostedZone!);

    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Load balancer of a Slipway endpoint',
      allowAllOutbound: false, // the target group opens the way to the instances
    });
    this.connections = securityGroup.connections;
    const { internal = false, http = props.access || internal ? 'closed' : 'redirect' } = props;
    const allowFrom = props.allowFrom ?? (internal ? PRIVATE_RANGES : undefined);
    if (!allowFrom) acknowledgePart(securityGroup, 'front door open to everybody');
    const why = props.allowFrom ? 'allowFrom' : 'private addresses';
    for (const caller of allowFrom ?? []) {
      const peer = caller.startsWith('pl-') ? Peer.prefixList(caller) : Peer.ipv4(caller);
      securityGroup.addIngressRule(peer, Port.HTTPS, why);
      if (http !== 'closed') securityGroup.addIngressRule(peer, Port.HTTP, why);
    }
    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      vpcSubnets: props.subnets,
      internetFacing: !internal,
      securityGroup,
      idleTimeout: Duration.seconds(IDLE_TIMEOUT_SECONDS),
      dropInvalidHeaderFields: true,
    });
    acknowledgePart(this.loadBalancer, 'load balancer');
    this.loadBalancer.removeAttribute(DELETION_PROTECTION); // the function's to set
    this.accessLogs = new AccessLogBucket(this, 'AccessLogs', { versioned: props.protect ?? false });
    this.loadBalancer.logAccessLogs(this.accessLogs);

    this.vpc = vpc;
    this.protocol = props.backendTls ? ApplicationProtocol.HTTPS : ApplicationProtocol.HTTP;
    this.targetGroup = this.newTargetGroup(this, 'Targets');
    this.listener = this.loadBalancer.addListener('Https', {
      port: 443,
      open: !allowFrom,
      protocol: ApplicationProtocol.HTTPS,
      certificates: [this.certificate],
      sslPolicy: SslPolicy.TLS13_12_RES_PQ,
      defaultTargetGroups: [this.targetGroup],
    });
    (this.listener.node.defaultChild as CfnListener).listenerAttributes = [
      { key: 'routing.http.response.strict_transport_security.header_value', value: HSTS },
      { key: 'routing.http.response.server.enabled', value: 'false' },
    ];
    if (props.mutualTls) {
      const { bucket, key, version } = props.mutualTls;
      const store = new CfnTrustStore(this, 'TrustStore', {
        caCertificatesBundleS3Bucket: bucket,
        caCertificatesBundleS3Key: key,
        ...(version !== undefined && { caCertificatesBundleS3ObjectVersion: version }),
      });
      const listener = this.listener.node.defaultChild as CfnListener;
      listener.mutualAuthentication = {
        mode: 'verify',
        trustStoreArn: store.ref,
        ignoreClientCertificateExpiry: false,
      };
    }
    if (props.waf) new WebAcl(this, 'Waf', { firewall: props.waf, loadBalancer: this.loadBalancer });
    this.targetGroup.addTarget(props.target); // now that it has a load balancer, by whose requests a group may grow
    if (http !== 'closed') {
      const defaultAction = http === 'redirect' ? TO_HTTPS : REFUSAL;
      this.loadBalancer.addListener('Http', {
        port: 80,
        open: !allowFrom,
        protocol: ApplicationProtocol.HTTP,
        defaultAction,
      });
    }
    const zone = internal ? (props.privateZone ?? this.newPrivateZone(domainName)) : hostedZone;
    if (zone) {
      this.record = new ARecord(this, 'Alias', {
        zone,
        recordName: `${domainName}.`, // absolute: the name may be that of the zone
        target: RecordTarget.fromAlias(new LoadBalancerTarget(this.loadBalancer)),
      });
    }
  }

  /** What clients or data depend on. */
  kept(): IConstruct[] {
    const certificate = this.certificate instanceof Certificate ? [this.certificate] : [];
    return [this.loadBalancer, this.accessLogs, ...(this.record ? [this.record] : []), ...certificate];
  }

  /** A target group as that of the fleet. */
  newTargetGroup(scope: Construct, id: string): ApplicationTargetGroup {
    return new ApplicationTargetGroup(scope, id, {
      vpc: this.vpc,
      port: HANDLER_PORT,
      protocol: this.protocol,
      healthCheck: {
        ...HEALTH_CHECK,
        ...(this.protocol === ApplicationProtocol.HTTPS && { protocol: Protocol.HTTPS }),
      },
      deregistrationDelay: Duration.seconds(DRAIN_SECONDS),
      // requests cost unequal times: the one with the fewest in hand is the one that answers first
      loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
    });
  }

  /** Of the name itself, so that other names of its domain are answered as before. */
  private newPrivateZone(domainName: string): IHostedZone {
    return new PrivateHostedZone(this, 'PrivateZone', { zoneName: domainName, vpc: this.vpc });
  }

  private newCertificate(domainName: string, hostedZone: IHostedZone): Certificate {
    const names = certificateNames(domainName, hostedZone.zoneName);
    if (!names) {
      throw new SlipwayError(
        'E_CONFIG',
        `${domainName} has ${domainName.length} characters, and so has no parent in ${hostedZone.zoneName} of at most ${LONGEST_COMMON_NAME}, with which a certificate begins; take a shorter name, or give the certificate to use`,
      );
    }
    return new Certificate(this, 'Certificate', {
      domainName: names.first,
      ...(names.others.length > 0 && { subjectAlternativeNames: [...names.others] }),
      validation: CertificateValidation.fromDns(hostedZone),
    });
  }
}
