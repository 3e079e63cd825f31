/** The front door that the models of a stage share. */
import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IVpc } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/config';
import { encryptionKey } from '../constructs/encryption/encryption-key';
import { SharedFrontDoor } from '../constructs/front-door/shared-front-door';
import { entranceSubnets } from '../constructs/network/subnets';
import { DoorProtection } from '../constructs/rollout/judging-function';
import { verificationBundle } from '../constructs/rollout/verification-files';
import { OWN_KEY } from '../model/stage/encryption';
import { balancerOptions } from '../model/stage/existing-listener';
import type { SharedDoor } from '../sizing/bill/shared-door';
import { domainProps, existingNetwork } from './existing';

export interface FrontDoorStackProps extends StackProps {
  /** Any of the models of the stage. */
  readonly stage: StageConfig;
  readonly shared: SharedDoor;
  /** Whether callers of any model send keys or tokens. */
  readonly keys: boolean;
  /** @default - the network that the stage names */
  readonly vpc?: IVpc;
  /** That the network is encrypted with. @default - what the stage says */
  readonly key?: IKey | undefined;
  /** Folder of the function that protects it. @default - bundled */
  readonly verification?: string;
}

export class FrontDoorStack extends Stack {
  readonly door: SharedFrontDoor;
  /** That the models encrypt with, too. */
  readonly key?: IKey;

  constructor(scope: Construct, id: string, props: FrontDoorStackProps) {
    super(scope, id, props);
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    const { stage, shared } = props;
    const { internal = false, protect = false, authenticate } = stage.endpoint;
    const vpc = props.vpc ?? existingNetwork(this, stage.network!);
    this.door = new SharedFrontDoor(this, 'FrontDoor', {
      ...balancerOptions(stage.endpoint),
      ...{ internal, protect },
      ...(authenticate && { authenticate }), // whose provider the load balancer calls
      ...domainProps(this, stage.domain),
      vpc,
      subnets: { subnets: entranceSubnets(vpc, internal, shared.balancerZones, shared.zones) },
      keys: props.keys,
    });
    const { entrance } = this.door;
    const key = props.key ?? encryptionKey(this, stage.endpoint.encryptionKey);
    if (key) this.key = key;
    if (!props.key && stage.endpoint.encryptionKey === OWN_KEY) this.exportValue(key!.keyArn);
    new DoorProtection(this, 'Protection', {
      entrance,
      on: protect,
      bundle: props.verification ?? verificationBundle(),
      ...(key && { key }),
    });
    this.exportAll();
    new CfnOutput(this, 'Url', { value: `https://${stage.domain.name}`, description: 'What the models stand behind' });
    new CfnOutput(this, 'LoadBalancerDnsName', {
      value: entrance.loadBalancer.loadBalancerDnsName,
      description: 'What the name must point to, where Slipway makes no record',
    });
    new CfnOutput(this, 'AccessLogs', {
      value: entrance.accessLogs.bucketName,
      description: 'Bucket of the access logs of the load balancer; stays when the stack goes',
    });
  }

  /** Whether used or not: a model that goes must not need an export gone first. */
  private exportAll(): void {
    const { loadBalancer, listener, securityGroup, certificate, certificates = [], accessLogs } = this.door.entrance;
    const values = [
      loadBalancer.loadBalancerArn,
      loadBalancer.loadBalancerFullName,
      loadBalancer.loadBalancerDnsName,
      loadBalancer.loadBalancerCanonicalHostedZoneId,
      listener.listenerArn,
      securityGroup.securityGroupId,
      accessLogs.bucketName,
    ];
    for (const value of values) this.exportValue(value);
    for (const one of [certificate, ...certificates]) {
      if (one instanceof Certificate) this.exportValue(one.certificateArn);
    }
  }

  /** Of no concern, and so not asked of AWS: a network brings its own. */
  override get availabilityZones(): string[] {
    return [];
  }
}
