import { Match } from 'aws-cdk-lib/assertions';
import { endpointTemplate } from '../endpoint-template';
import { groupPlan } from '../example-plan';

const PAGERDUTY = 'https://events.example.com/integration/0a1b2c/enqueue';
const SLACK = { slack: { workspace: 'T0123ABCDEF', channel: 'C0123ABCDEF' } };
const TEAMS = {
  teams: {
    tenant: '0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    team: '1a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f',
    channel: '19%3Aab12%40thread.tacv2',
  },
};

const { template } = endpointTemplate({
  plan: groupPlan,
  notify: { page: [PAGERDUTY, '/slipway/prod/opsgenie', SLACK], inform: ['team@example.com', TEAMS] },
});
const ids = Object.keys(template.findResources('AWS::SNS::Topic'));
const topic = (name: string) => ({ Ref: ids.find((id) => id.startsWith(`Endpoint${name}Topic`)) });

test('what pages and what informs go to topics of their own, under one key', () => {
  expect(ids).toHaveLength(2);
  template.resourceCountIs('AWS::KMS::Key', 1);
  template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', { AlarmActions: [topic('Notify')] });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: Match.stringLikeRegexp('memory is nearly full'),
    AlarmActions: [topic('Inform')],
  });
});

test.each([
  ['Notify', 'https', PAGERDUTY],
  ['Notify', 'https', '{{resolve:ssm:/slipway/prod/opsgenie}}'],
  ['Inform', 'email', 'team@example.com'],
])('%s tells by %s %s that an alarm is on or has ended, and not that it was made', (name, Protocol, Endpoint) => {
  template.hasResourceProperties('AWS::SNS::Subscription', {
    TopicArn: topic(name),
    Protocol,
    Endpoint,
    FilterPolicyScope: 'MessageBody',
    FilterPolicy: { $or: [{ NewStateValue: ['ALARM'] }, { OldStateValue: ['ALARM'] }] },
  });
});

test('channels are told by a role that may do nothing, behind a bound', () => {
  template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
    SlackWorkspaceId: 'T0123ABCDEF',
    SlackChannelId: 'C0123ABCDEF',
    SnsTopicArns: [topic('Notify')],
    GuardrailPolicies: [Match.stringLikeRegexp('ReadOnly')],
  });
  template.hasResourceProperties('AWS::Chatbot::MicrosoftTeamsChannelConfiguration', {
    TeamsTenantId: TEAMS.teams.tenant,
    TeamId: TEAMS.teams.team,
    TeamsChannelId: TEAMS.teams.channel,
    SnsTopicArns: [topic('Inform')],
  });
  const roles = Object.entries(template.findResources('AWS::IAM::Role')).filter(([id]) => /Slack|Teams/.test(id));
  expect(roles).toHaveLength(2);
  for (const [, { Properties }] of roles) {
    expect(Properties.ManagedPolicyArns).toBeUndefined();
    expect(Properties.Policies).toBeUndefined();
  }
});

test('nobody is told of what informs where only those of what pages are named', () => {
  const { template: paging } = endpointTemplate({ plan: groupPlan, notify: { page: ['ops@example.com'] } });
  paging.resourceCountIs('AWS::SNS::Topic', 1);
  paging.hasResourceProperties('AWS::CloudWatch::Alarm', {
    AlarmName: Match.stringLikeRegexp('memory is nearly full'),
    AlarmActions: Match.absent(),
  });
});
