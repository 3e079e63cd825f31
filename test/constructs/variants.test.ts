/** Several models behind one endpoint, in the sense of SageMaker's production variants. */
import { Template } from 'aws-cdk-lib/assertions';
import { ModelEndpoint, type ModelEndpointProps } from '../../lib/constructs/model-endpoint';
import type { Judged } from '../../lib/model/stage/deployment';
import { templateSnapshot } from '../../lib/snapshots';
import { standIns } from '../testing-app';
import { endpointStack, exampleProps } from './endpoint-template';
import { exampleModel, groupPlan, singlePlan } from './example-plan';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly Properties: object;
}

interface Rule {
  readonly Priority: number;
  readonly Conditions: readonly { readonly HttpHeaderConfig?: object; readonly PathPatternConfig?: object }[];
  readonly Actions: readonly {
    readonly Type: string;
    readonly TargetGroupArn?: { readonly Ref: string };
    readonly ForwardConfig?: {
      readonly TargetGroups: readonly { readonly TargetGroupArn: { readonly Ref: string }; readonly Weight: number }[];
    };
  }[];
}

/** Its plan is of another architecture than the one of the endpoint. */
const { runtime, handler } = standIns();
const other = { model: exampleModel, plan: singlePlan, runtime, handler };

function endpointOf(props: Partial<ModelEndpointProps> = {}) {
  const stack = endpointStack();
  return {
    stack,
    endpoint: new ModelEndpoint(stack, 'Endpoint', { ...exampleProps(stack), plan: groupPlan, ...props }),
  };
}

function made(variants: Record<string, number>, props: Partial<ModelEndpointProps> = {}) {
  const { endpoint, stack } = endpointOf(props);
  const added = Object.entries(variants).map(([name, weight]) => endpoint.addVariant(name, { ...other, weight }));
  const template = Template.fromStack(stack);
  const resources = template.toJSON().Resources as Record<string, Resource>;
  const rules = Object.entries(resources).filter(
    ([, { Type }]) => Type === 'AWS::ElasticLoadBalancingV2::ListenerRule',
  );
  const ruleAt = (found: (rule: Rule) => boolean) =>
    rules.find(([, { Properties }]) => found(Properties as unknown as Rule))!;
  return { endpoint, added, stack, template, resources, rules, ruleAt };
}

const asksFor = (name: string) => (rule: Rule) =>
  JSON.stringify(rule.Conditions[0]!.HttpHeaderConfig ?? '') ===
  JSON.stringify({ HttpHeaderName: 'x-amzn-sagemaker-target-variant', Values: [name] });
const hasWeights = (rule: Rule) => rule.Conditions[0]!.PathPatternConfig !== undefined;

/** Ids of all that is there before a resource. */
function before(resources: Record<string, Resource>, id: string, seen = new Set<string>()): Set<string> {
  const text = JSON.stringify(resources[id]);
  const named = [...text.matchAll(/"(?:Ref|Fn::GetAtt)":(?:\["?|")(\w+)/g)].map(([, name]) => name!);
  for (const next of [...(resources[id]?.DependsOn ?? []), ...named]) {
    if (resources[next] === undefined || seen.has(next)) continue;
    seen.add(next);
    before(resources, next, seen);
  }
  return seen;
}

test('an endpoint without variants has no rule of them', () => {
  expect(made({}).rules).toEqual([]);
});

test('requests are divided by weight, and the first model gets what the variants leave', () => {
  const { endpoint, added, stack, ruleAt } = made({ challenger: 10, newcomer: 5 });
  const [, { Properties }] = ruleAt(hasWeights);
  const { ForwardConfig } = (Properties as unknown as Rule).Actions[0]!;
  const arn = ({ targetGroup }: { targetGroup: { targetGroupArn: string } }) =>
    stack.resolve(targetGroup.targetGroupArn);
  expect(ForwardConfig!.TargetGroups).toEqual([
    { TargetGroupArn: arn(endpoint), Weight: 85 },
    { TargetGroupArn: arn(added[0]!), Weight: 10 },
    { TargetGroupArn: arn(added[1]!), Weight: 5 },
  ]);
});

test('no client is answered by a variant before its golden rows hold', () => {
  const { resources, ruleAt } = made({ challenger: 10 });
  const [weights] = ruleAt(hasWeights);
  const first = [...before(resources, weights)].map((id) => resources[id]!);
  const judged = first.filter(({ Type }) => Type === 'Custom::SlipwayJudgement');
  expect(JSON.stringify(judged)).toContain('\\"variant\\":\\"challenger\\"');
  expect(first.filter(({ Type }) => Type === 'AWS::AutoScaling::AutoScalingGroup')).toHaveLength(1);
  const [named] = ruleAt(asksFor('challenger'));
  const [main] = ruleAt(asksFor('main'));
  expect([...before(resources, weights)]).toEqual(expect.arrayContaining([named, main]));
});

test('each variant is asked by its name, as clients of SageMaker send it', () => {
  const { endpoint, added, stack, ruleAt } = made({ challenger: 0 });
  for (const [name, targetGroup] of [
    ['challenger', added[0]!.targetGroup],
    ['main', endpoint.targetGroup],
  ] as const) {
    const [, { Properties }] = ruleAt(asksFor(name));
    expect((Properties as unknown as Rule).Actions[0]!.TargetGroupArn).toEqual(
      stack.resolve(targetGroup.targetGroupArn),
    );
  }
});

test('a variant that comes or goes moves no rule of another', () => {
  const priorities = (variants: Record<string, number>) => {
    const { ruleAt } = made(variants);
    return (ruleAt(asksFor('newcomer'))[1].Properties as unknown as Rule).Priority;
  };
  expect(priorities({ challenger: 10, newcomer: 5 })).toBe(priorities({ newcomer: 5 }));
});

test('it has instances, alarms and a judgement of its own, and tells whom the endpoint tells', () => {
  const alone = made({});
  const { added, template, resources, endpoint, stack } = made({ challenger: 10 });
  const counted = (type: string, of: typeof alone) => Object.keys(of.template.findResources(type)).length;
  const both = { ...alone, template };
  expect(
    counted('AWS::AutoScaling::AutoScalingGroup', both) - counted('AWS::AutoScaling::AutoScalingGroup', alone),
  ).toBe(1);
  expect(counted('AWS::SNS::Topic', both)).toBe(counted('AWS::SNS::Topic', alone));
  expect(counted('AWS::CertificateManager::Certificate', both)).toBe(1);
  const names = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties.AlarmName,
  );
  expect(names.filter((name) => name.includes('(credit.example.com#challenger)'))).toHaveLength(
    added[0]!.alarms.all().length,
  );
  template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
    AlarmName: `${exampleModel.manifest.name}: clients are harmed (credit.example.com#challenger)`,
    AlarmActions: [stack.resolve(endpoint.topic!.topicArn)],
  });
  const settings = Object.values(resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'Custom::SlipwayJudgement' || (Properties as { Task: string }).Task !== 'verify') return [];
    const { Settings } = Properties as unknown as { Settings: { 'Fn::Join': [string, unknown[]] } };
    return [
      JSON.parse(Settings['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '*')).join('')) as Judged,
    ];
  });
  expect(settings.map(({ variant, url, previousOutput }) => ({ variant, url, previousOutput }))).toEqual([
    { variant: undefined, url: 'https://credit.example.com', previousOutput: undefined },
    { variant: 'challenger', url: 'https://credit.example.com', previousOutput: 'PreviousPackageOfchallenger' },
  ]);
});

test('the rest of the endpoint is as it was, but for the way of its load balancer to further instances', () => {
  const of = (variants: Record<string, number>) =>
    templateSnapshot(made(variants).template.toJSON()).Resources as Record<string, { readonly DependsOn?: string[] }>;
  const [alone, both] = [of({}), of({ challenger: 10 })];
  const way = /^EndpointFrontDoorSecurityGroupto\w+Variantchallenger/;
  for (const [id, resource] of Object.entries(alone)) {
    const { DependsOn, ...same } = both[id]!;
    const first = DependsOn?.filter((each) => !way.test(each));
    expect({ [id]: { ...same, ...(first && { DependsOn: first }) } }).toEqual({ [id]: resource });
  }
});

test('it is planned for its part of the requests, without what the endpoint pays', () => {
  const { endpoint } = endpointOf();
  const { plan } = endpoint.addVariant('challenger', { model: exampleModel, runtime, handler, weight: 10 });
  expect(plan.serviceLevel).toMatchObject({ requestsPerSecond: 40, p99Ms: 100, availability: 'zone' });
  const items = plan.cost.lines.map(({ item }) => item).join('\n');
  expect(items).toMatch(/ x /);
  expect(items).not.toMatch(/^load balancer$|interface endpoint|key of the alarm topic|address|record/m);
});

test.each([
  ['a b', {}, /letters, digits and hyphens/],
  ['Main', {}, /has a variant main already/],
  ['challenger', { weight: 101 }, /whole number from 0 to 100, got 101/],
  ['challenger', { weight: 0.5 }, /whole number from 0 to 100, got 0.5/],
  ['challenger', { plan: { ...singlePlan, modelSha256: '0' } }, /plan again/],
  [
    'challenger',
    { traffic: { requestsPerSecond: 1, p99Ms: 100, availability: 'single' } },
    /plan and traffic are given/,
  ],
] as const)('%s with %j is refused', (name, props, message) => {
  const { endpoint } = endpointOf();
  const given = { model: exampleModel, plan: singlePlan, weight: 10, ...props } as never;
  expect(() => endpoint.addVariant(name, given)).toThrow(
    expect.objectContaining({ problems: [expect.stringMatching(message)] }),
  );
});

test('all weights come to 100 at the most, and names differ in more than case', () => {
  const { endpoint } = endpointOf();
  endpoint.addVariant('challenger', { ...other, weight: 60 });
  const add = (name: string, weight: number) => () => endpoint.addVariant(name, { ...other, weight });
  const saying = (text: string) => expect.objectContaining({ problems: [expect.stringContaining(text)] });
  expect(add('newcomer', 41)).toThrow(saying('come to 101 percent'));
  expect(add('Challenger', 1)).toThrow(saying('variant challenger already'));
});

test('v2 and v402 would have the same rule of the listener, which AWS refuses in the middle of a deployment', () => {
  const { endpoint } = endpointOf();
  endpoint.addVariant('v2', { ...other, weight: 10 });
  expect(() => endpoint.addVariant('v402', { ...other, weight: 10 })).toThrow(
    expect.objectContaining({
      problems: [
        'its name and that of the variant v2 stand for the same rule of the listener (priority 45872); give it another name',
      ],
    }),
  );
  expect(() => endpoint.addVariant('v403', { ...other, weight: 10 })).not.toThrow();
});

test('an endpoint whose requests a rollout divides has no variants', () => {
  const rollout = { shares: [10], holdSeconds: 300 };
  const plan = { ...groupPlan, serviceLevel: { ...groupPlan.serviceLevel, rollout } };
  expect(() => made({ challenger: 10 }, { plan, rollout })).toThrow(
    expect.objectContaining({ problems: [expect.stringContaining('raise the weight of the variant step by step')] }),
  );
});

const cognito = {
  userPool: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEfGhI',
  clientId: '1example23456789',
  domain: 'credit',
};
const signingIn = (paths: 'page' | 'all', further: Partial<Parameters<typeof made>[1]> = {}) => {
  const serviceLevel = { ...groupPlan.serviceLevel, signIn: `cognito for ${paths}` as const };
  return made(
    { challenger: 10 },
    { plan: { ...groupPlan, serviceLevel }, authenticate: { cognito, paths }, ...further },
  );
};

test('where callers show a token or sign in, those with a token would never come to a variant', () => {
  const verifyJwt = {
    issuer: 'https://login.example.com/',
    jwksEndpoint: 'https://login.example.com/keys',
    claims: [{ name: 'aud', format: 'single-string', values: ['credit'] }],
  } as const;
  const serviceLevel = { ...groupPlan.serviceLevel, signIn: 'cognito for all', verifyJwt: verifyJwt.issuer } as const;
  expect(() => signingIn('all', { verifyJwt, plan: { ...groupPlan, serviceLevel } })).toThrow(
    expect.objectContaining({ problems: [expect.stringContaining('divide the requests by versions')] }),
  );
});

test('people who sign in for all paths sign in for a variant, too, however they ask for it', () => {
  const { rules } = signingIn('all');
  expect(rules).toHaveLength(3);
  for (const [, { Properties }] of rules) {
    const { Actions } = Properties as unknown as Rule;
    expect(Actions.map(({ Type }) => Type)).toEqual(['authenticate-cognito', 'forward']);
  }
});

test('who names the first model does not come to the page without signing in', () => {
  const { rules } = signingIn('page');
  const [first] = rules
    .map(([, { Properties }]) => Properties as unknown as Rule)
    .sort((a, b) => a.Priority - b.Priority);
  expect(first!.Actions[0]!.Type).toBe('authenticate-cognito');
  expect(first!.Conditions[0]!.PathPatternConfig).toEqual({ Values: ['/docs', '/docs/*', '/openapi.json'] });
});
