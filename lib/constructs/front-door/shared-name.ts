/** The name that several models have behind a listener of the user's: its certificate, and its record where the load balancer is known. */
import type { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ApplicationListenerCertificate } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ARecord, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import type { ExistingBalancer } from '../../model/stage/existing-listener';
import { aliasRecords, certificateIn } from './entrance';
import { existingDoor } from './existing-listener';

export interface SharedNameProps {
  readonly domainName: string;
  readonly listener: ExistingBalancer;
  /** Gets the record, and what validates the certificate. */
  readonly hostedZone: IHostedZone;
  /** Gets the record of a load balancer without public addresses. @default - no record is made of such a one */
  readonly privateZone?: IHostedZone | undefined;
  /** Whether it has none. @default false */
  readonly internal?: boolean;
}

export class SharedName extends Construct {
  readonly certificate: Certificate;
  readonly record?: ARecord;

  constructor(scope: Construct, id: string, props: SharedNameProps) {
    super(scope, id);
    const { domainName, listener, hostedZone } = props;
    const { entrance } = existingDoor(this, listener, { domainName });
    this.certificate = certificateIn(this, domainName, hostedZone);
    new ApplicationListenerCertificate(this, 'OfListener', {
      listener: entrance.listener,
      certificates: [this.certificate],
    });
    const zone = props.internal ? props.privateZone : hostedZone;
    if (zone && listener.dnsName !== undefined) {
      [this.record] = aliasRecords(this, domainName, zone, entrance.loadBalancer);
    }
  }
}
