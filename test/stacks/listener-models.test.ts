/** Several models behind a listener of the user's: what each adds to it, what they share, and what they are billed for. */
import { fleetsOf } from '../../lib/config/fleets';
import { loadConfig } from '../../lib/config/load';
import { billedPlans, planGroups } from '../../lib/config/plan-groups';
import { stageVersions } from '../../lib/config/stage-versions';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { sharedDoor } from '../../lib/sizing/bill/shared-door';
import { templateSnapshot } from '../../lib/snapshots';
import { addStages } from '../../lib/stacks/slipway-app';
import { modelsConfig } from '../../testing/many-models';
import { NETWORK } from '../../testing/stage-variants';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';
import { built, counted, EMPTY, type Resource } from './billed';
import { stacksWithin } from './within';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:listener/app/shared/0123456789abcdef/fedcba9876543210';
const LISTENER = `listener: { arn: "${ARN}", securityGroup: sg-0123456789abcdef0, dnsName: shared-1.eu-west-1.elb.amazonaws.com, zoneId: Z32O12XQLNTSW2, rules: [{ priority: 9000, path: "/*" }] }`;
const VERSIONS = `versions: [{ name: 1, weight: 90 % }, { name: "2", model: ${EXAMPLE_MODEL}, weight: 10 % }]`;
const MODELS = {
  titanic: `rollout: { canary: 5 %, for: 10m }, ${VERSIONS}`,
  iris: 'host: iris.example.com',
  dosage: VERSIONS,
};
const STAGE = `${LISTENER}, ${NETWORK}, fleets: { small: [iris, dosage] }`;

const files = standIns();
const configOf = (models: Readonly<Record<string, string>>, stage: string) => loadConfig(modelsConfig(models, stage));

function stacksOf(models: Readonly<Record<string, string>> = MODELS, stage = STAGE) {
  const app = testingApp();
  addStages(app, configOf(models, stage), files);
  return new Map(
    app.synth().stacksRecursively.map((stack) => [stack.hierarchicalId.replace('prod/', ''), stack] as const),
  );
}

type Found = Resource & { readonly Properties: Readonly<Record<string, unknown>> };
const stacks = stacksOf();
const all = (stack: string, of = stacks) =>
  Object.values((of.get(stack)!.template as { Resources: Record<string, Found> }).Resources);
const properties = (type: string, stack: string, of = stacks) =>
  all(stack, of).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

test('no load balancer is made, and a stack of what is shared has the name alone', () => {
  expect([...stacks.keys()].sort()).toEqual(['FrontDoor', 'small', 'titanic']);
  expect(
    all('FrontDoor')
      .map(({ Type }) => Type)
      .filter((type) => type !== 'AWS::CDK::Metadata')
      .sort(),
  ).toEqual([
    'AWS::CertificateManager::Certificate',
    'AWS::ElasticLoadBalancingV2::ListenerCertificate',
    'AWS::Route53::RecordSet',
  ]);
  const [record] = properties('AWS::Route53::RecordSet', 'FrontDoor');
  expect(record).toMatchObject({
    Name: 'models.example.com.',
    AliasTarget: { DNSName: 'dualstack.shared-1.eu-west-1.elb.amazonaws.com', HostedZoneId: 'Z32O12XQLNTSW2' },
  });
});

test('each model has rules of that listener by path or name, whose priorities are all different', () => {
  const rules = ['titanic', 'small'].flatMap((stack) => properties(RULE, stack)) as unknown as {
    ListenerArn: string;
    Priority: number;
    Conditions: { Field: string }[];
  }[];
  expect(rules).toHaveLength(6); // two of a canary, and two of each model on a fleet
  expect(rules.every(({ ListenerArn }) => ListenerArn === ARN)).toBe(true);
  expect(new Set(rules.map(({ Priority }) => Priority)).size).toBe(6);
  expect(Math.max(...rules.map(({ Priority }) => Priority))).toBeLessThan(9000);
  expect(rules.map(({ Conditions }) => Conditions)).toEqual(
    expect.arrayContaining([
      [
        { Field: 'host-header', HostHeaderConfig: { Values: ['models.example.com'] } },
        { Field: 'path-pattern', PathPatternConfig: { Values: ['/dosage', '/dosage/*'] } },
      ],
      [{ Field: 'host-header', HostHeaderConfig: { Values: ['iris.example.com'] } }],
    ]),
  );
});

test('the security group of the load balancer may reach the instances of each, and nothing else of it changes', () => {
  for (const stack of ['titanic', 'small']) {
    expect(properties('AWS::EC2::SecurityGroupEgress', stack)).toEqual(
      expect.arrayContaining([expect.objectContaining({ GroupId: 'sg-0123456789abcdef0', ToPort: 8080 })]),
    );
  }
});

test('only a model with a name of its own has a certificate and a record in its stack', () => {
  expect(properties('AWS::CertificateManager::Certificate', 'titanic')).toEqual([]);
  expect(properties('AWS::Route53::RecordSet', 'titanic')).toEqual([]);
  expect(properties('AWS::Route53::RecordSet', 'small')).toMatchObject([{ Name: 'iris.example.com.' }]);
});

test('a model that comes or goes leaves the templates of the others as they are', () => {
  const fewer = stacksOf({ iris: MODELS.iris, dosage: MODELS.dosage, more: '' }, STAGE);
  for (const name of ['FrontDoor', 'small']) {
    expect([name, templateSnapshot(fewer.get(name)!)]).toEqual([name, templateSnapshot(stacks.get(name)!)]);
  }
});

test('without a zone nothing is made of the name, and no certificate is watched', () => {
  const path = modelsConfig({ titanic: '', iris: '' }, `${LISTENER}, ${NETWORK}`);
  const config = loadConfig(path);
  const stages = config.stages.map((stage) => ({ ...stage, domain: { name: stage.domain.name } }));
  const app = testingApp();
  const plain = {
    ...config,
    stages: stages.map((stage) => ({ ...stage, serviceLevel: { ...stage.serviceLevel, hostedZone: undefined } })),
  };
  addStages(app, plain, files);
  const found = app.synth().stacksRecursively.map(({ hierarchicalId }) => hierarchicalId);
  expect(found.sort()).toEqual(['prod/iris', 'prod/titanic']);
});

test('a key of the stage is in the stack of the name, and encrypts what the models keep', () => {
  const keyed = stacksOf(MODELS, `${STAGE}, encryptionKey: stage`);
  expect(properties('AWS::KMS::Key', 'FrontDoor', keyed)).toHaveLength(1);
  for (const stack of ['titanic', 'small']) expect(properties('AWS::KMS::Key', stack, keyed)).toEqual([]);
});

test('an internal load balancer is asked from within', () => {
  const inside = stacksOf({ titanic: '', iris: '' }, `${LISTENER}, ${NETWORK}, internal: true`);
  expect(JSON.stringify(properties('Custom::SlipwayJudgement', 'titanic', inside))).toContain('"probe"');
});

test('the bill has no load balancer and no addresses, and is what is built', () => {
  const config = configOf(MODELS, STAGE);
  const measured = config.stages.map((stage) => {
    const model = readModelPackage(stage.model);
    const own = { profile: readProfile(model), manifest: model.manifest };
    return { stage, ...own, versions: stageVersions(config, stage, own) };
  });
  expect(fleetsOf(config, 'prod').map((group) => group.length)).toEqual([1, 2]);
  const groups = planGroups(config, measured);
  const { cost } = sharedDoor(billedPlans(groups));
  expect(cost.lines.map(({ item }) => item)).toEqual(['hosted zone']);
  expect(counted({ cost })).toEqual({ ...EMPTY, ...built(all('FrontDoor')) });
  for (const { fleet, endpoints } of groups) {
    const resources = all(fleet ? 'small' : 'titanic');
    const lines = [...(fleet ? [fleet.plan] : []), ...endpoints.map(({ plan }) => plan)].flatMap(
      (plan) => plan.cost.lines,
    );
    const found = counted({ cost: { lines } });
    const nested = [...stacksWithin(stacks.get(fleet ? 'small' : 'titanic')!).values()].flatMap((stack) =>
      Object.values(stack.Resources),
    );
    const expected = built([...resources, ...nested].filter(({ Type }) => Type !== 'AWS::CloudFormation::Stack'));
    for (const line of ['instances', 'alarms', 'composite alarm', 'dashboard', 'load balancer'] as const) {
      expect([line, found[line]]).toEqual([line, expected[line]]);
    }
    expect(lines.filter(({ item }) => item === 'access logs')).toEqual([]);
  }
});

test('the dashboard compares versions where there are several, under their dimension', () => {
  for (const [stack, versioned] of [
    ['titanic', 'models.example.com/titanic'],
    ['small', 'models.example.com/dosage'],
  ] as const) {
    const nested = [...stacksWithin(stacks.get(stack)!).values()].flatMap(({ Resources }) => Object.values(Resources));
    const [dashboard, ...others] = [...all(stack), ...nested].filter(
      ({ Type }) => Type === 'AWS::CloudWatch::Dashboard',
    );
    expect(others).toEqual([]);
    const { DashboardBody } = dashboard!.Properties as { DashboardBody: unknown };
    const body = JSON.stringify(DashboardBody).replaceAll('\\', '');
    for (const metric of ['VersionRequests', 'VersionErrors', 'VersionP99', 'VersionPrediction']) {
      for (const version of ['1', '2']) {
        expect(body).toContain(`"Slipway","${metric}","Endpoint","${versioned}","Version","${version}"`);
      }
    }
    expect(body).not.toContain('"Endpoint","iris.example.com","Version"');
  }
});

test('every graph has a line of the plan, but for the answers themselves', () => {
  for (const stack of ['titanic', 'small']) {
    const nested = [...stacksWithin(stacks.get(stack)!).values()].flatMap(({ Resources }) => Object.values(Resources));
    const dashboard = [...all(stack), ...nested].find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')!;
    const [, parts] = Object.values((dashboard.Properties as { DashboardBody: object }).DashboardBody)[0] as [
      string,
      (string | object)[],
    ];
    const body = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
    const { widgets } = JSON.parse(body) as {
      widgets: { properties: { title: string; annotations?: { horizontal: object[] } } }[];
    };
    const bare = widgets.slice(1).filter(({ properties }) => !properties.annotations?.horizontal.length);
    expect(bare.filter(({ properties }) => !/Mean answer by version$/.test(properties.title))).toEqual([]);
    expect(widgets.length).toBeGreaterThan(12);
  }
});

test('an instance of a fleet has the files of each version, and the handler their names', () => {
  const [group] = properties('AWS::IAM::Policy', 'small').filter((policy) =>
    JSON.stringify(policy).includes('s3:GetObject'),
  );
  expect(group).toBeDefined();
  const app = testingApp();
  const [stage] = addStages(app, configOf(MODELS, STAGE), files);
  const { fleet } = stage!.fleets[0]!.fleet;
  const text = JSON.stringify(fleet.packages.get('dosage'));
  expect(text).not.toContain('versions'); // the package of the model alone is kept for a rollback
});
