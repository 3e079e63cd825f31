/** The plan bills what the template has, and nothing else. */
import { parseConfig } from '../../lib/config/load';
import { readModelPackage, readProfile } from '../../lib/model/package';
import { sizingPlan } from '../../lib/sizing';
import { addStages } from '../../lib/stacks/slipway-app';
import { configuration, UUID } from '../config/configuration';
import { standIns, testingApp } from '../testing-app';

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

const NETWORK =
  'network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c], ' +
  'publicSubnetIds: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2, subnet-0aaaaaaaaaaaaaaa3], ' +
  'privateSubnetIds: [subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2, subnet-0bbbbbbbbbbbbbbb3] }';
const NOTIFY = 'monitoring: { notify: [ops@example.com] }';
const ACCESS = 'access: { apiKeys: /k }';
const PATH = `${__dirname}/../../slipway.yaml`; // the model is relative to it; the file itself is not read

test.each([
  ['one VM', 'single', []],
  ['one VM, somebody told', 'single', [NOTIFY]],
  ['one VM with access control', 'single', [ACCESS, NOTIFY]],
  ['one VM in a network that exists', 'single', [NETWORK]],
  ['one VM with access control in a network that exists', 'single', [NETWORK, ACCESS, NOTIFY]],
  ['a group', 'zone', [NOTIFY]],
  ['a group with access control', 'zone', [ACCESS]],
  ['a group in a network that exists', 'zone', [NETWORK, NOTIFY]],
])('%s', (_, availability, more) => {
  const domain = `{ name: a.example.com, certificate: "arn:aws:acm:eu-west-1:111111111111:certificate/${UUID}" }`;
  const text = configuration({ domain, more }).replace('availability: single', `availability: ${availability}`);
  const config = parseConfig(text.replace('models/m', 'models/breast-cancer'), PATH);
  const model = readModelPackage(config.model);
  const { serviceLevel, region } = config.stages[0]!;
  const plan = sizingPlan({ profile: readProfile(model), manifest: model.manifest, serviceLevel, region });

  const app = testingApp();
  addStages(app, config, standIns());
  const resources = app
    .synth()
    .stacksRecursively.flatMap(({ template }) => Object.values(template.Resources as Record<string, Resource>));
  const all = (type: string) => resources.filter(({ Type }) => Type === type).map(({ Properties }) => Properties);
  const billed = (start: string) => plan.cost.lines.find(({ item }) => item.startsWith(start))?.quantity ?? 0;

  const endpoints = all('AWS::EC2::VPCEndpoint').filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
  expect(billed('interface endpoints')).toBe(
    endpoints.reduce((sum, { SubnetIds }) => sum + (SubnetIds as unknown[]).length, 0),
  );
  expect(billed('encryption key')).toBe(all('AWS::KMS::Key').length);
  expect(billed('dashboard')).toBe(all('AWS::CloudWatch::Dashboard').length);
  const [balancer, ...others] = all('AWS::ElasticLoadBalancingV2::LoadBalancer');
  expect(others).toEqual([]);
  expect(billed('load balancer')).toBe(1);
  expect(billed('public addresses')).toBe((balancer!.Subnets as unknown[]).length);

  const watched = all('AWS::CloudWatch::Alarm').map(({ Metrics }) =>
    Metrics === undefined ? 1 : (Metrics as Record<string, unknown>[]).filter((metric) => metric.MetricStat).length,
  );
  // AWS makes two alarms for each policy that tracks a target
  const scaling = 2 * all('AWS::AutoScaling::ScalingPolicy').length;
  expect(billed('alarms')).toBe(watched.reduce((sum, count) => sum + count, 0) + scaling);
});
