/** What models behind a listener of the user's share: their name, and the key of the stage. */
import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/config';
import { encryptionKey } from '../constructs/encryption/encryption-key';
import { SharedName } from '../constructs/front-door/shared-name';
import { OWN_KEY } from '../model/stage/encryption';
import { domainProps } from './existing';

export interface SharedNameStackProps extends StackProps {
  /** Any of the models of the stage. */
  readonly stage: StageConfig;
}

export class SharedNameStack extends Stack {
  /** @default - certificate and record are the user's */
  readonly name?: SharedName;
  /** That the models encrypt with, too. */
  readonly key?: IKey;

  constructor(scope: Construct, id: string, { stage, ...props }: SharedNameStackProps) {
    super(scope, id, props);
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    const { internal = false, listener, encryptionKey: asked } = stage.endpoint;
    const { domainName, hostedZone, privateZone } = domainProps(this, stage.domain);
    if (hostedZone) {
      this.name = new SharedName(this, 'Name', { domainName, hostedZone, privateZone, internal, listener: listener! });
      // used or not: a model that goes must not need the export gone first
      this.exportValue(this.name.certificate.certificateArn);
    }
    if (asked === OWN_KEY) {
      this.key = encryptionKey(this, asked)!;
      this.exportValue(this.key.keyArn);
    }
    new CfnOutput(this, 'Url', { value: `https://${domainName}`, description: 'What the models stand behind' });
  }

  /** Of no concern, and so not asked of AWS: nothing stands in a zone. */
  override get availabilityZones(): string[] {
    return [];
  }
}
