/** A rollout of models that share instances: one small group serves all of them, and each is judged by itself. */
import { mostTogether } from '../../lib/config/fleets';
import { loadConfig } from '../../lib/config/load';
import { addStages } from '../../lib/stacks/slipway-app';
import { modelsConfig } from '../../testing/many-models';
import { standIns, testingApp } from '../testing-app';
import type { Resource } from './billed';
import { circleIn } from './circle';

const files = standIns();
const MODELS = { titanic: '', iris: 'host: iris.example.com', billing: 'path: /finance/billing' };
const FLEET = 'fleets: { small: [titanic, iris, billing] }';
const ROLLOUT = ', rollout: { linear: 50 %, for: 10m }';
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
const JUDGEMENT = 'Custom::SlipwayJudgement';

type Found = Resource & {
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
};

function fleetOf(kind: string, models: Readonly<Record<string, string>> = MODELS): Readonly<Record<string, Found>> {
  const app = testingApp();
  addStages(app, loadConfig(modelsConfig(models, `${kind}`)), files);
  const stack = app.synth().stacksRecursively.find(({ hierarchicalId }) => hierarchicalId === 'prod/small')!;
  return (stack.template as { Resources: Record<string, Found> }).Resources;
}

const [plain, tried] = [fleetOf(FLEET), fleetOf(`${FLEET}${ROLLOUT}`)];
const of = (type: string, resources = tried) => Object.entries(resources).filter(([, { Type }]) => Type === type);
const rulesOf = (model: string, resources = tried) =>
  of(RULE, resources)
    .filter(([id]) => id.includes(model))
    .sort(([, a], [, b]) => Number(a.Properties.Priority) - Number(b.Properties.Priority)) as [
    [string, Found],
    [string, Found],
  ];
const judgements = (task: string) => of(JUDGEMENT).filter(([, { Properties }]) => Properties.Task === task);
const [[canaryId, canary], [mainId, main]] = [/Canary/, /^(?!.*Canary)/].map(
  (name) => of(GROUP).find(([id]) => name.test(id))!,
) as [[string, Found], [string, Found]];

test('one small group of no instances stands behind a target group of each model, which the rule of the model gives nothing', () => {
  expect(canary.Properties).toMatchObject({ MinSize: '0', DesiredCapacity: '0' });
  expect(canary.Properties.TargetGroupARNs).toHaveLength(3);
  for (const model of Object.keys(MODELS)) {
    const [[, trial], [, rule]] = rulesOf(model);
    expect(rule.Properties.Actions).toMatchObject([
      { ForwardConfig: { TargetGroups: [{ Weight: 100 }, { Weight: 0 }] } },
    ]);
    const conditions = rule.Properties.Conditions as unknown[];
    expect(trial.Properties.Conditions).toEqual([...conditions, expect.objectContaining({ Field: 'http-header' })]);
    expect(trial.Properties.Priority).toBe((rule.Properties.Priority as number) - 2);
  }
});

test('a rollout that comes or goes changes no rule for another, so that no priority is taken twice', () => {
  const priorities = (resources: typeof tried) =>
    of(RULE, resources).map(([id, { Properties }]) => [id, Properties.Priority]);
  expect(priorities(tried)).toEqual(priorities(plain));
});

test('the steps of the canary are before the main group changes, and know each model with its rule', () => {
  const steps = judgements('canary');
  expect(steps.length).toBeGreaterThan(1);
  expect(steps.map(([, { Properties }]) => Properties.Last)).toEqual([...steps.slice(1).map(() => 'false'), 'true']);
  expect(main.DependsOn).toContain(steps.at(-1)![0]);
  expect(steps[0]![1].DependsOn).toEqual(
    expect.arrayContaining([canaryId, ...Object.keys(MODELS).map((name) => rulesOf(name)[1][0])]),
  );
  const texts = new Map(
    of('AWS::SSM::Parameter').map(([id, { Properties }]) => [id, JSON.stringify(Properties.Value)]),
  );
  for (const [, { Properties }] of steps) {
    const told = [...JSON.stringify(Properties).matchAll(/"Fn::GetAtt":\["(\w+)","Value"\]/g)].map(
      ([, id]) => texts.get(id!)!,
    );
    for (const name of Object.keys(MODELS)) {
      expect(told.filter((text) => text.includes(`"Ref":"${rulesOf(name)[1][0]}"`)).length).toBeGreaterThan(0);
    }
    expect(told.join()).not.toContain(mainId); // it is not there yet
  }
  expect(circleIn(tried)).toBeUndefined();
});

test('all requests are handed to the main group once it is new, and each model is verified after that', () => {
  const [[handed, { DependsOn, Properties }], ...others] = judgements('hand') as [[string, Found], ...unknown[]];
  expect(others).toEqual([]);
  expect(DependsOn).toContain(mainId);
  expect(JSON.stringify(Properties.Settings)).toContain(`"Ref":"${mainId}"`);
  const verified = judgements('verify');
  expect(verified).toHaveLength(3);
  for (const [, one] of verified) expect(one.DependsOn).toContain(handed);
});

test('the function may change the rules of the models, and both groups, and nothing else of them', () => {
  const policies = of('AWS::IAM::Policy').flatMap(
    ([, { Properties }]) =>
      (Properties.PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement,
  );
  const rules = policies.filter(({ Action }) => Action === 'elasticloadbalancing:ModifyRule');
  expect(rules).toHaveLength(1);
  const named = Object.keys(MODELS).map((name) => ({ Ref: rulesOf(name)[1][0] }));
  expect(rules[0]!.Resource).toHaveLength(named.length);
  expect(rules[0]!.Resource).toEqual(expect.arrayContaining(named));
  expect(policies.filter(({ Action }) => Action === 'autoscaling:SetDesiredCapacity')).toHaveLength(2);
});

test('a withdrawal has one alarm, of the fleet', () => {
  const alarms = of('AWS::CloudWatch::Alarm').filter(([, { Properties }]) =>
    String(Properties.AlarmName).includes('withdrawn'),
  );
  expect(alarms).toHaveLength(1);
  expect(JSON.stringify(alarms[0]![1].Properties.Dimensions)).toContain('models.example.com small');
  expect(of('AWS::CloudWatch::Alarm', plain).some(([id]) => /Withdrawn/.test(id))).toBe(false);
});

test('what is told of the models fits the parameters that have it, however long names and paths are', () => {
  const names = Array.from({ length: mostTogether(true) }, (_, i) => `${'m'.repeat(28)}${String.fromCharCode(97 + i)}`);
  const paths = names.map((name, i) => [
    name,
    i === 0
      ? `host: ${'h'.repeat(60)}.${'i'.repeat(60)}.example.com`
      : `path: /${'p'.repeat(124)}${String.fromCharCode(97 + i)}`,
  ]);
  const long = fleetOf(`fleets: { small: [${names.join(', ')}] }${ROLLOUT}`, Object.fromEntries(paths));
  // the ARN of a rule has at most 170 characters, those of target groups, and names of load balancers, fewer
  const longest = (value: unknown): number => {
    if (typeof value === 'string') return value.length;
    const joined = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
    return joined ? joined[1].reduce<number>((sum, part) => sum + longest(part), 0) : 170;
  };
  const texts = of('AWS::SSM::Parameter', long).map(([, { Properties }]) => longest(Properties.Value));
  expect(texts.length).toBeGreaterThan(1);
  expect(Math.max(...texts)).toBeLessThan(4096);
});
