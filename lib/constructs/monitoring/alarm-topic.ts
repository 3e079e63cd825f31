/** Where alarms go: topics, encrypted by a key of the stack, and who is told by them. */

import { CfnDynamicReference, CfnDynamicReferenceService, Names, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type CfnSubscription, type ITopicSubscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { targetsOf } from '../../aws/notify-problems';
import { type Notify, type NotifyTarget, textKind } from '../../model/stage/notify';
import { acknowledgePart } from '../findings/acknowledgements';

export interface AlarmTopicProps {
  /** Who is told; an e-mail address has to confirm the mail that AWS sends at the first deployment. */
  readonly targets: readonly NotifyTarget[];
  /** That CloudWatch may use. @default - a key of its own, unless monitoring is lean */
  readonly key?: IKey;
}

/**
 * What is told: that an alarm is on, and that it ended. Of an alarm that was made just now and found nothing, nobody is: a
 * first deployment is the end of not knowing. The message is CloudWatch's JSON.
 */
const ON_OR_ENDED = { $or: [{ NewStateValue: ['ALARM'] }, { OldStateValue: ['ALARM'] }] };

/** Only reads, and nothing but CloudWatch: without a bound the service would let a channel do whatever the role may. */
const GUARDRAIL = 'arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess';

/**
 * The topics of what pages and of what informs; one where the same are told of both.
 *
 * @param key that CloudWatch may use; a key of their own without it
 */
export function alarmTopics(
  scope: Construct,
  notify: Exclude<Notify, 'none'>,
  lean: boolean,
  key?: IKey,
): { readonly page: Topic; readonly inform?: Topic } {
  const { page, inform } = targetsOf(notify);
  const first = new AlarmTopic(scope, 'Notify', { targets: page, lean, ...(key && { key }) });
  if (inform === page) return { page: first.topic, inform: first.topic };
  if (inform.length === 0 || lean) return { page: first.topic };
  const second = new AlarmTopic(scope, 'Inform', { targets: inform, lean, ...(first.key && { key: first.key }) });
  return { page: first.topic, inform: second.topic };
}

/** The key is one of the stack: CloudWatch may not publish to a topic under the key that SNS manages. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;
  readonly key?: IKey;

  /** @param props `lean`: no key, which costs more than all messages */
  constructor(scope: Construct, id: string, props: AlarmTopicProps & { readonly lean: boolean }) {
    super(scope, id);
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    if (props.key) this.key = props.key;
    else if (!props.lean) {
      const key = new Key(this, 'Key', {
        description: 'Alarms of a Slipway endpoint',
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.DESTROY, // messages are not kept: nothing is lost with the key
      });
      key.grantEncryptDecrypt(cloudWatch);
      this.key = key;
    }
    this.topic = new Topic(this, 'Topic', { ...(this.key && { masterKey: this.key }), enforceSSL: true });
    if (!this.key) acknowledgePart(this.topic, 'topic with lean monitoring');
    this.topic.grantPublish(cloudWatch);
    for (const [i, target] of props.targets.entries()) this.tell(target, i);
  }

  private tell(target: NotifyTarget, i: number): void {
    if (typeof target === 'string') this.subscribe(subscriptionOf(target));
    else if ('slack' in target) {
      new CfnSlackChannelConfiguration(this, `Slack${i}`, {
        ...this.channel(`Slack${i}`),
        slackWorkspaceId: target.slack.workspace,
        slackChannelId: target.slack.channel,
      });
    } else {
      new CfnMicrosoftTeamsChannelConfiguration(this, `Teams${i}`, {
        ...this.channel(`Teams${i}`),
        teamsTenantId: target.teams.tenant,
        teamId: target.teams.team,
        teamsChannelId: target.teams.channel,
      });
    }
  }

  private subscribe(subscription: ITopicSubscription): void {
    const made = this.topic.addSubscription(subscription).node.defaultChild as CfnSubscription;
    made.filterPolicy = ON_OR_ENDED;
    made.filterPolicyScope = 'MessageBody';
  }

  /** What both services of channels want: a name in the account, and a role, which may do nothing. */
  private channel(id: string) {
    const role = new Role(this, `${id}Role`, {
      description: 'Tells a channel of the alarms of a Slipway endpoint',
      assumedBy: new ServicePrincipal('chatbot.amazonaws.com'),
    });
    return {
      configurationName: Names.uniqueResourceName(role, { maxLength: 128, separator: '-' }),
      iamRoleArn: role.roleArn,
      snsTopicArns: [this.topic.topicArn],
      guardrailPolicies: [GUARDRAIL],
      loggingLevel: 'NONE',
    };
  }
}

function subscriptionOf(target: string): ITopicSubscription {
  const kind = textKind(target);
  if (kind === 'email') return new EmailSubscription(target);
  // CloudFormation reads a parameter when it deploys, so that the key in the address is in no repository
  const url = kind === 'https' ? target : new CfnDynamicReference(CfnDynamicReferenceService.SSM, target).toString();
  return new UrlSubscription(url, { protocol: SubscriptionProtocol.HTTPS });
}
