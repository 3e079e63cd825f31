/** The bill of several models and of what they share, beside what their stage builds. */
import { loadConfig } from '../../lib/config/load';
import { planStage } from '../../lib/config/plan-stage';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { sharedDoor } from '../../lib/sizing/bill/shared-door';
import { addStages } from '../../lib/stacks/slipway-app';
import { MODELS, modelsConfig } from '../../testing/many-models';
import { some } from '../runs';
import { standIns, testingApp } from '../testing-app';
import { built, counted, EMPTY, eachInstance, type Resource } from './billed';

const NETWORK =
  'network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c], ' +
  'publicSubnetIds: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2, subnet-0aaaaaaaaaaaaaaa3], ' +
  'privateSubnetIds: [subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2, subnet-0bbbbbbbbbbbbbbb3] }';

const STAGES: Readonly<Record<string, string>> = {
  public: '',
  zones: 'availability: zone',
  nat: 'egress: nat',
  ipv6: 'egress: ipv6',
  waf: 'waf: { requestsPerAddress: 3000 }, mutualTls: { bucket: authorities, key: ca.pem }',
  internal: 'internal: true',
  encrypted: 'encryptionKey: stage',
  'encrypted-in-network': `encryptionKey: stage, ${NETWORK}`,
};

/** Names of their own need a public zone. */
const PATHS = Object.fromEntries(Object.entries(MODELS).filter(([, said]) => !said.includes('host:')));

describe.each(some(Object.keys(STAGES), 3))('a stage of several models, %s', (kind) => {
  const config = loadConfig(modelsConfig(kind === 'internal' ? PATHS : MODELS, STAGES[kind]));
  const app = testingApp();
  addStages(app, config, standIns());
  const of = (stack: string) =>
    app
      .synth()
      .stacksRecursively.filter(({ hierarchicalId }) => hierarchicalId === `prod/${stack}`)
      .flatMap(({ template }) => Object.values(template.Resources as Record<string, Resource>));
  const plans = config.stages.map((stage) => {
    const model = readModelPackage(stage.model);
    return planStage(config, stage, { profile: readProfile(model), manifest: model.manifest });
  });

  test.each(config.stages.map(({ place }, i) => [place!.name, i] as const))(
    '%s is billed for its own stack',
    (name, i) => {
      const resources = of(name);
      const found = built(resources);
      const templates = resources.filter(({ Type }) => Type === 'AWS::EC2::LaunchTemplate');
      const { gib, metrics } = eachInstance(templates);
      found['root volumes'] = found.instances * gib;
      found['detailed monitoring'] = found.instances * metrics;
      expect(counted(plans[i]!)).toEqual(found);
    },
  );

  test('network and front door are billed once, for what they build', () => {
    const { cost } = sharedDoor(plans);
    expect(counted({ cost })).toEqual({ ...EMPTY, ...built([...of('Network'), ...of('FrontDoor')]) });
  });

  test('the total is the sum of all lines', () => {
    const { cost, usdPerMonth } = sharedDoor(plans);
    const lines = [cost, ...plans.map((plan) => plan.cost)].flatMap(({ lines }) => lines);
    expect(usdPerMonth).toBeCloseTo(
      lines.reduce((sum, line) => sum + line.usdPerMonth, 0),
      2,
    );
  });
});
