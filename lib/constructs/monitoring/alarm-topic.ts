/** Where alarms go: an encrypted topic with e-mail subscriptions. */

import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

export interface AlarmTopicProps {
  /** E-mail addresses; each has to confirm the mail that AWS sends at the first deployment. */
  readonly notify: readonly string[];
}

/** The key is one of the stack: CloudWatch may not publish to a topic under the key that SNS manages. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmTopicProps) {
    super(scope, id);
    const key = new Key(this, 'Key', {
      description: 'Alarms of a Slipway endpoint',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY, // messages are not kept: nothing is lost with the key
    });
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    key.grantEncryptDecrypt(cloudWatch);
    this.topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    this.topic.grantPublish(cloudWatch);
    for (const address of props.notify) this.topic.addSubscription(new EmailSubscription(address));
  }
}
