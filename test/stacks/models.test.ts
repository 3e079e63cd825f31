/** Several models of a stage: what they share, what each has of its own, and that none is touched when another comes or goes. */
import { loadConfig } from '../../lib/config/load';
import type { Protected } from '../../lib/model/stage/deployment';
import { templateSnapshot } from '../../lib/snapshots';
import { addStages } from '../../lib/stacks/slipway-app';
import { thrownBy } from '../../testing/error-of';
import { MODELS, modelsConfig } from '../../testing/many-models';
import { standIns, testingApp } from '../testing-app';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

const files = standIns();

function stacksOf(models = MODELS, stage = '') {
  const app = testingApp();
  addStages(app, loadConfig(modelsConfig(models, stage)), files);
  const stacks = app.synth().stacksRecursively;
  return new Map(stacks.map((stack) => [stack.hierarchicalId.replace('prod/', ''), stack]));
}

const stacks = stacksOf();
const resources = (stack: string, type: string, all = stacks) =>
  Object.values(all.get(stack)!.template.Resources as Record<string, Resource>).filter(({ Type }) => Type === type);
const one = (stack: string, type: string, all = stacks) => {
  const [found, ...others] = resources(stack, type, all);
  expect([stack, type, others]).toEqual([stack, type, []]);
  return found!.Properties as Record<string, unknown>;
};
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

test('one network, one front door, and a stack for each model', () => {
  expect([...stacks.keys()].sort()).toEqual(['FrontDoor', 'Network', ...Object.keys(MODELS)].sort());
  expect([...stacks.values()].map(({ stackName }) => stackName).sort()).toEqual([
    'models-example-com--dosage-model',
    'models-example-com--iris-model',
    'models-example-com--titanic-model',
    'models-example-com--triage-model',
    'models-example-com-front-door',
    'models-example-com-network',
  ]);
});

test('what is shared is there once, and nothing of it in the stack of a model', () => {
  for (const type of ['LoadBalancer', 'Listener']) {
    const whole = `AWS::ElasticLoadBalancingV2::${type}`;
    for (const model of Object.keys(MODELS)) expect(resources(model, whole)).toEqual([]);
  }
  one('FrontDoor', 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  one('Network', 'AWS::EC2::VPC');
});

test.each(Object.keys(MODELS))('%s has its own target group, security group, role, logs, alarms and fleet', (model) => {
  for (const type of ['AWS::AutoScaling::AutoScalingGroup', 'AWS::ElasticLoadBalancingV2::TargetGroup']) {
    expect(resources(model, type).length).toBeGreaterThan(0);
  }
  for (const type of ['AWS::EC2::SecurityGroup', 'AWS::Logs::LogGroup', 'AWS::IAM::Role', 'AWS::CloudWatch::Alarm']) {
    expect(resources(model, type).length).toBeGreaterThan(0);
  }
});

test('the front door refers to no model, and answers 404 by itself', () => {
  const text = JSON.stringify(stacks.get('FrontDoor')!.template);
  for (const model of Object.keys(MODELS)) expect(text).not.toContain(`--${model}-model`);
  const [https] = resources('FrontDoor', 'AWS::ElasticLoadBalancingV2::Listener') as unknown as {
    Properties: { DefaultActions: unknown[] };
  }[];
  expect(https!.Properties.DefaultActions).toMatchObject([
    { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', ContentType: 'application/json' } },
  ]);
});

test('a model that comes or goes leaves every other template as it is', () => {
  const { dosage: _gone, ...fewer } = MODELS;
  const without = stacksOf({ aaa: 'access: { apiKeys: /slipway/aaa }', ...fewer });
  expect(without.has('dosage')).toBe(false);
  for (const name of ['FrontDoor', 'Network', 'titanic', 'iris', 'triage']) {
    expect([name, templateSnapshot(without.get(name)!)]).toEqual([name, templateSnapshot(stacks.get(name)!)]);
  }
});

test('requests are told apart by path, or by a name of their own with its record and its certificate', () => {
  expect(one('titanic', RULE).Conditions).toEqual([
    { Field: 'host-header', HostHeaderConfig: { Values: ['models.example.com'] } },
    { Field: 'path-pattern', PathPatternConfig: { Values: ['/titanic', '/titanic/*'] } },
  ]);
  expect(one('iris', RULE).Conditions).toEqual([
    { Field: 'host-header', HostHeaderConfig: { Values: ['iris.example.com'] } },
  ]);
  expect(one('iris', 'AWS::Route53::RecordSet').Name).toBe('iris.example.com.');
  expect(one('iris', 'AWS::CertificateManager::Certificate').DomainName).toBe('iris.example.com');
  one('iris', 'AWS::ElasticLoadBalancingV2::ListenerCertificate');
  expect(resources('titanic', 'AWS::Route53::RecordSet')).toEqual([]);
});

test('no two rules have one priority, those of a canary included', () => {
  const all = Object.keys(MODELS).flatMap((model) => resources(model, RULE));
  const priorities = all.map(({ Properties }) => (Properties as { Priority: number }).Priority);
  expect(new Set(priorities).size).toBe(priorities.length);
  expect(priorities).toHaveLength(5);
});

test('a canary is weighed by the rule of its model, after the same path and one header more', () => {
  const [trial, main] = [...resources('triage', RULE)].sort(
    (a, b) => (a.Properties as { Priority: number }).Priority - (b.Properties as { Priority: number }).Priority,
  ) as unknown as { Properties: { Priority: number; Conditions: unknown[]; Actions: unknown[] } }[];
  expect(main!.Properties.Priority).toBe(trial!.Properties.Priority + 1);
  expect(trial!.Properties.Conditions).toEqual([
    ...main!.Properties.Conditions,
    expect.objectContaining({ Field: 'http-header' }),
  ]);
  expect(main!.Properties.Actions).toMatchObject([
    { Type: 'forward', ForwardConfig: { TargetGroups: [{ Weight: 100 }, { Weight: 0 }] } },
  ]);
  const text = JSON.stringify(stacks.get('triage')!.template);
  expect(text).toContain('elasticloadbalancing:ModifyRule');
  expect(text).not.toContain('elasticloadbalancing:ModifyListener');
});

test('requests and errors of a model are those of its target group, not of the load balancer', () => {
  const text = JSON.stringify(resources('titanic', 'AWS::CloudWatch::Alarm'));
  expect(text).toContain('TargetConnectionErrorCount');
  expect(text).not.toContain('HTTPCode_ELB_5XX_Count');
  const metrics = resources('titanic', 'AWS::CloudWatch::Alarm').flatMap(
    ({ Properties }) =>
      (Properties.Metrics ?? []) as {
        MetricStat?: { Metric: { MetricName: string; Dimensions: { Name: string }[] } };
      }[],
  );
  const requests = metrics.flatMap(({ MetricStat }) =>
    MetricStat?.Metric.MetricName === 'RequestCount' ? [MetricStat.Metric] : [],
  );
  expect(requests.length).toBeGreaterThan(0);
  for (const { Dimensions } of requests)
    expect(Dimensions.map(({ Name }) => Name)).toEqual(['LoadBalancer', 'TargetGroup']);
});

test('golden rows, logs and alarms are of the address of the model', () => {
  const settings = (model: string) => JSON.stringify(resources(model, 'Custom::SlipwayJudgement'));
  expect(settings('titanic')).toContain('https://models.example.com/titanic');
  expect(settings('iris')).toContain('https://iris.example.com\\');
  const names = resources('triage', 'AWS::CloudWatch::Alarm').map(
    ({ Properties }) => (Properties as { AlarmName: string }).AlarmName,
  );
  for (const name of names) expect(name).toContain('(models.example.com/clinic/triage)');
});

test('all alarms of the stage have names of their own, though the packages are the same', () => {
  const names = Object.keys(MODELS).flatMap((model) =>
    resources(model, 'AWS::CloudWatch::Alarm').map(({ Properties }) => (Properties as { AlarmName: string }).AlarmName),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('port 80 is closed where one of the models asks for keys', () => {
  const ports = (all: typeof stacks) =>
    resources('FrontDoor', 'AWS::ElasticLoadBalancingV2::Listener', all).map(
      ({ Properties }) => (Properties as { Port: number }).Port,
    );
  expect(ports(stacks)).toEqual([443]);
  expect(ports(stacksOf({ titanic: '' }))).toEqual([443, 80]);
});

test('the front door is protected by its own function, which no model takes away', () => {
  const of = (stack: string) =>
    resources(stack, 'Custom::SlipwayJudgement')
      .map(({ Properties }) => Properties as { Task: string; Settings: unknown })
      .find(({ Task }) => Task === 'protect')!.Settings;
  expect(JSON.stringify(of('FrontDoor'))).toContain('loadBalancer');
  const own = JSON.parse(of('titanic') as string) as Protected;
  expect(own).toEqual({ on: true, kept: [expect.stringContaining('Logs')] });
});

test('the network has endpoints in the zones of every fleet, and the load balancer stands in all of them', () => {
  const [endpoint] = resources('Network', 'AWS::EC2::VPCEndpoint').filter(
    ({ Properties }) => (Properties as { VpcEndpointType: string }).VpcEndpointType === 'Interface',
  ) as unknown as { Properties: { SubnetIds: unknown[] } }[];
  expect(endpoint!.Properties.SubnetIds).toHaveLength(2); // triage stands in two
  expect(one('FrontDoor', 'AWS::ElasticLoadBalancingV2::LoadBalancer').Subnets).toHaveLength(2);
  const [alone] = resources('Network', 'AWS::EC2::VPCEndpoint', stacksOf({ titanic: '' })).filter(
    ({ Properties }) => Properties.VpcEndpointType === 'Interface',
  ) as unknown as { Properties: { SubnetIds: unknown[] } }[];
  expect(alone!.Properties.SubnetIds).toHaveLength(1);
});

test('an existing network is used by all of them', () => {
  const network =
    'network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c], ' +
    'publicSubnetIds: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2, subnet-0aaaaaaaaaaaaaaa3], ' +
    'privateSubnetIds: [subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2, subnet-0bbbbbbbbbbbbbbb3] }';
  const all = stacksOf({ titanic: '', iris: '' }, network);
  expect([...all.keys()].sort()).toEqual(['FrontDoor', 'iris', 'titanic']);
});

test('an internal stage looks from within, and refers to no model at its door', () => {
  const all = stacksOf({ titanic: '', iris: '' }, 'internal: true, allowFrom: [10.0.0.0/8]');
  expect(JSON.stringify(all.get('FrontDoor')!.template)).not.toContain('-model:');
  expect(JSON.stringify(resources('titanic', 'Custom::SlipwayJudgement', all))).toContain('"probe"');
});

test('a budget of the stage is of all models and of what they share', () => {
  const config = loadConfig(modelsConfig(MODELS, 'budget: 50 USD/month'));
  const error = thrownBy(() => addStages(testingApp(), config, files));
  expect(error).toMatchObject({ code: 'E_INFEASIBLE' });
  expect(String(error)).toMatch(
    /stages\.prod\.budget: the budget of 50 USD\/month cannot be kept: 4 models and what they share/,
  );
});
