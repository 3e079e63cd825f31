/** Names of the user's for an HTTP API before a function: each with its certificate, its record, and its way to the API. */
import { ApiMapping, DomainName, type IHttpApi, type IHttpStage, IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, type IAliasRecordTarget, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct, type IDependable } from 'constructs';
import type { IpAddressKind } from '../../model/stage/balancer';
import type { MutualTls } from '../../model/stage/firewall';
import { certificateIn, type FurtherName } from '../front-door/entrance';

/** What can be chosen of the names of a function. */
export interface FunctionNameOptions {
  /** The name that clients call, in place of one of AWS's. @default - one of AWS's */
  readonly domain?: FurtherName & { readonly names?: readonly FurtherName[] };
  /** Callers show a certificate of an authority in this file; others get no connection. It takes a `domain`. @default - they show none */
  readonly mutualTls?: MutualTls | undefined;
  /** Whether clients may call over IPv6, too. @default 'ipv4' */
  readonly ipAddressType?: IpAddressKind | undefined;
}

export interface FunctionNamesProps extends Omit<FunctionNameOptions, 'domain'> {
  readonly api: IHttpApi;
  readonly stage: IHttpStage;
  readonly domain: NonNullable<FunctionNameOptions['domain']>;
}

export class FunctionNames extends Construct {
  /** Where the record of the first name points to. */
  readonly target: string;
  /** Whether it has a record. */
  readonly record: boolean;
  /** Those that are watched, each once. */
  readonly certificates: readonly ICertificate[];
  /** By which clients come. */
  readonly way: readonly IDependable[];
  /** What clients depend on. */
  readonly kept: readonly IConstruct[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FunctionNamesProps,
  ) {
    super(scope, id);
    const { names = [], ...first } = props.domain;
    const own = this.named(this, first);
    const further = names.map((name) => this.named(new Construct(this, name.domainName), name));
    const all = [own, ...further];
    this.target = own.domain.regionalDomainName;
    this.record = own.records.length > 0;
    this.certificates = [...new Set(all.map(({ certificate }) => certificate))];
    this.way = all.flatMap(({ mapping, records }) => [mapping, ...records]);
    this.kept = all.flatMap(({ domain, records, certificate }) => [
      domain,
      ...records,
      ...(certificate instanceof Certificate ? [certificate] : []),
    ]);
  }

  private named(scope: Construct, { domainName, hostedZone, certificate: given }: FurtherName) {
    const { api, stage, mutualTls, ipAddressType } = this.props;
    const certificate = given ?? certificateIn(scope, domainName, hostedZone);
    const domain = new DomainName(scope, 'Domain', {
      domainName,
      certificate,
      ...(ipAddressType === 'dualstack' && { ipAddressType: IpAddressType.DUAL_STACK }),
      ...(mutualTls && {
        mtls: { ...mutualTls, bucket: Bucket.fromBucketName(scope, 'TrustStore', mutualTls.bucket) },
      }),
    });
    const mapping = new ApiMapping(scope, 'Mapping', { api, domainName: domain, stage });
    const target = new ApiGatewayv2DomainProperties(domain.regionalDomainName, domain.regionalHostedZoneId);
    const ipv6 = ipAddressType === 'dualstack';
    const records = hostedZone ? aliases(scope, { domainName, hostedZone, target, ipv6 }) : [];
    return { domain, certificate, mapping, records };
  }
}

interface Aliased {
  readonly domainName: string;
  readonly hostedZone: IHostedZone;
  readonly target: IAliasRecordTarget;
  readonly ipv6: boolean;
}

function aliases(scope: Construct, { domainName, hostedZone: zone, target, ipv6 }: Aliased): IConstruct[] {
  const props = {
    zone,
    recordName: `${domainName}.`, // absolute: the name may be that of the zone
    target: RecordTarget.fromAlias(target),
  };
  return [new ARecord(scope, 'Alias', props), ...(ipv6 ? [new AaaaRecord(scope, 'AliasIpv6', props)] : [])];
}
