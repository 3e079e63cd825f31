/** The bill of a plan, line by line, beside what its stage builds: nothing that costs money is left out, nothing else is billed. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { type SizingPlan, sizingPlan } from '../../lib/sizing';
import { ACCESS_LOG_DAYS, LOG_DAYS } from '../../lib/sizing/endpoint-parts';
import { addStages } from '../../lib/stacks/slipway-app';
import { joiningProfile, steadyProfile } from '../../testing/sizing/examples';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL, LOAN_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';
import { built, counted, eachInstance, logDays, type Resource } from './billed';

/** Its endpoints are of another bill. */
const NETWORK =
  'network: { vpcId: vpc-0123456789abcdef0, availabilityZones: [eu-west-1a, eu-west-1b, eu-west-1c], ' +
  'publicSubnetIds: [subnet-0aaaaaaaaaaaaaaa1, subnet-0aaaaaaaaaaaaaaa2, subnet-0aaaaaaaaaaaaaaa3], ' +
  'privateSubnetIds: [subnet-0bbbbbbbbbbbbbbb1, subnet-0bbbbbbbbbbbbbbb2, subnet-0bbbbbbbbbbbbbbb3] }';

/** Stages of every kind, as slipway.yaml has them; each gets a domain of its own. */
const STAGES: Readonly<Record<string, string>> = {
  single: 'availability: single',
  instance: 'availability: instance',
  zone: 'availability: zone',
  many: 'availability: zone, traffic: { requestsPerSecond: 20000, p99: 50ms }',
  daily:
    'availability: instance, traffic: { requestsPerSecond: 2000, meanRequestsPerSecond: 1000, day: smooth, p99: 100ms }',
  nobody: 'availability: single, monitoring: { notify: none }',
  lean: 'availability: instance, monitoring: { lean: true }',
  nowhere: 'availability: single, monitoring: lean',
  severities: 'availability: single, monitoring: { notify: { page: [ops@example.com], inform: [team@example.com] } }',
  canary: 'availability: zone, rollout: { canary: 5 %, for: 10m }',
  ipv6: 'availability: zone, egress: ipv6, access: { apiKeys: /slipway/keys }',
  nat: 'availability: zone, egress: nat',
  'nat-single': 'availability: single, egress: nat',
  waf: 'availability: single, waf: { requestsPerAddress: 3000 }',
  mtls: 'availability: single, mutualTls: { bucket: authorities, key: ca.pem }',
  internal: 'availability: zone, internal: true',
  keys: 'availability: single, access: { apiKeys: /slipway/keys, requestLog: false }',
  logged: 'availability: zone, access: { apiKeys: /slipway/keys }',
  'own-key': 'availability: zone, encryptionKey: true, access: { apiKeys: /slipway/keys }',
  'own-key-in-network': `availability: single, encryptionKey: stage, ${NETWORK}`,
  'own-key-lean': 'availability: single, monitoring: lean, encryptionKey: stage',
  'given-key':
    'availability: single, encryptionKey: "arn:aws:kms:eu-west-1:111111111111:key/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f"',
  sessions: 'availability: zone, sessionManager: true',
  'sessions-and-keys': 'availability: single, sessionManager: true, access: { apiKeys: /slipway/keys }',
  'sessions-nat': 'availability: single, sessionManager: true, egress: nat',
  'backend-tls': 'availability: instance, backendTls: true',
  network: `availability: single, ${NETWORK}`,
  'in-network': `availability: zone, access: { apiKeys: /slipway/keys }, ${NETWORK}`,
  certificate:
    'availability: single, domain: { name: own.example.com, certificate: "arn:aws:acm:eu-west-1:111111111111:certificate/11111111-2222-3333-4444-555555555555" }',
};

function stagesOf(model: string, only = Object.keys(STAGES).filter((name) => name !== 'daily')) {
  const lines = only.map((name) => {
    const settings = STAGES[name]!;
    const domain = settings.includes('domain:')
      ? ''
      : `, domain: { name: ${name}.example.com, zone: example.com, zoneId: Z0123456789PROD }`;
    return `  ${name}: { region: eu-west-1, ${settings}${domain} }`;
  });
  const path = join(temporaryFolder(), 'slipway.yaml');
  const text = [
    `model: ${model}`,
    'defaults: { traffic: { requestsPerSecond: 20, p99: 100ms }, monitoring: { notify: [ops@example.com] } }',
    'stages:',
    ...lines,
  ];
  writeFileSync(path, `${text.join('\n')}\n`);
  const config = loadConfig(path);
  const app = testingApp();
  addStages(app, config, standIns());
  const stacks = app.synth().stacksRecursively;
  const package_ = readModelPackage(model);
  const measured = { profile: readProfile(package_), manifest: package_.manifest };
  const plans = new Map<string, SizingPlan>(); // many stages differ in what the plan knows nothing of
  return config.stages.map(({ name, serviceLevel, region }) => {
    const asked = JSON.stringify(serviceLevel);
    const plan = plans.get(asked) ?? sizingPlan({ ...measured, serviceLevel, region });
    plans.set(asked, plan);
    const resources = stacks
      .filter(({ hierarchicalId }) => hierarchicalId.startsWith(`${name}/`))
      .flatMap(({ template }) => Object.values(template.Resources as Record<string, Resource>));
    return { name, plan, resources };
  });
}

test('a stage that follows the day has a group from its night to its peak, and is billed for what is there between', () => {
  const [{ plan, resources }] = stagesOf(measured(EXAMPLE_MODEL, steadyProfile(4)), ['daily']) as [
    ReturnType<typeof stagesOf>[number],
  ];
  const { choice, instances, daily } = plan;
  const group = resources.find(({ Type }) => Type === 'AWS::AutoScaling::AutoScalingGroup')!.Properties;
  expect(group).toMatchObject({ MinSize: `${instances.minimum}`, MaxSize: `${instances.maximum}` });
  expect(group).not.toHaveProperty('DesiredCapacity');
  expect(instances.minimum).toBeLessThan(choice.instances);
  expect(instances.maximum).toBeGreaterThan(choice.instances);
  const policies = resources.filter(({ Type }) => Type === 'AWS::AutoScaling::ScalingPolicy');
  expect(policies.map(({ Properties }) => Properties)).toMatchObject([
    { TargetTrackingConfiguration: { TargetValue: plan.scalingTargetCpuPercent } },
  ]);
  const bill = counted(plan);
  expect(bill.instances).toBeCloseTo(daily!.meanInstances, 2);
  const { gib, metrics } = eachInstance(resources);
  expect(bill['root volumes']).toBeCloseTo(bill.instances! * gib, 2);
  expect(bill['detailed monitoring']).toBeCloseTo(bill.instances! * metrics, 2);
});

/** A copy of a model, as if it had been measured like this. */
function measured(model: string, profile: ComputeProfile): string {
  const folder = join(temporaryFolder(), 'model');
  cpSync(model, folder, { recursive: true });
  const { sha256 } = readModelPackage(folder).manifest.model;
  writeFileSync(join(folder, 'profile.json'), JSON.stringify({ ...profile, modelSha256: sha256 }));
  return folder;
}

describe.each([
  ['a model', EXAMPLE_MODEL, undefined],
  ['a model that knows its training rows', measured(LOAN_MODEL, steadyProfile(1)), ['single', 'zone']],
  ['a model whose requests are joined', measured(EXAMPLE_MODEL, joiningProfile(20, 0.02)), ['many']],
])('%s', (_, model, only) => {
  for (const { name, plan, resources } of stagesOf(model, only)) {
    test(`stage ${name} is billed for what it builds`, () => {
      const found = built(resources);
      const { gib, metrics } = eachInstance(resources);
      found['root volumes'] = found.instances * gib;
      found['detailed monitoring'] = found.instances * metrics;
      expect(counted(plan)).toEqual(found);
    });

    test(`stage ${name} has the logs that are billed, for as long as that says`, () => {
      const { fleet, network, verification } = LOG_DAYS;
      const { groups, buckets } = logDays(resources);
      const own = plan.serviceLevel.egress === 'existing' ? [] : [network];
      expect(groups.sort()).toEqual([...own, fleet, verification].sort());
      expect(buckets).toEqual([[ACCESS_LOG_DAYS]]);
    });
  }
});
