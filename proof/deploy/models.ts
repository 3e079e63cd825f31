/**
 * Several models of one stage, deployed, and then changed one at a time: a model comes, one gets another package, one goes,
 * and the stacks of the others are not touched.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeRulesCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { stringify } from 'yaml';
import { loadConfig } from '../../lib/config/load';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { sizingPlan } from '../../lib/sizing';
import { ProofProblem } from '../problem';
import type { Report } from '../report';
import type { SynthesisedStack } from './assembly';
import type { Aws } from './aws';
import type { Cdk } from './cdk';
import { added, type Census, census } from './census';
import { changeModel } from './changed-model';
import { checkResources } from './checks/resources';
import { StageUnderProof } from './stage';

const STAGE = 'shared';
const DOMAIN = 'models.example.com';
const HOST = 'iris.example.com';
const REGION = 'eu-west-1';

export interface ModelsProof {
  readonly report: Report;
  readonly cdk: Cdk;
  readonly aws: Aws;
  /** For configurations and assemblies. */
  readonly folder: string;
  /** Folder of the package that all models have at first. */
  readonly model: string;
  /** Of a hosted zone `example.com` that exists. */
  readonly zoneId: string;
}

/** What the service says a listener does, by the values of a rule's conditions. */
async function rules({ aws }: ModelsProof, listener: string): Promise<Map<string, string>> {
  const { Rules = [] } = await aws.elb.send(new DescribeRulesCommand({ ListenerArn: listener }));
  return new Map(
    Rules.filter(({ IsDefault }) => !IsDefault).map(({ Conditions = [], Actions = [] }) => [
      Conditions.flatMap(
        (one) => one.HostHeaderConfig?.Values ?? one.PathPatternConfig?.Values ?? one.Values ?? [],
      ).join(' '),
      Actions.map((action) => action.TargetGroupArn ?? action.ForwardConfig?.TargetGroups?.[0]?.TargetGroupArn).join(),
    ]),
  );
}

export async function proveModels(proof: ModelsProof): Promise<void> {
  const { report, aws, model } = proof;
  const before = await census(aws);
  const changed = join(proof.folder, 'models-changed');
  changeModel(model, changed, 5);
  const two = { titanic: { model }, iris: { model, host: HOST } };
  const first = await assembly(proof, 'first', two);
  const came = await assembly(proof, 'came', { ...two, triage: { model } });
  const other = await assembly(proof, 'other', { ...two, titanic: { model: changed }, triage: { model } });

  await deploy(proof, first, 'is deployed');
  const existing = await census(aws);
  const stage = await stageOf(proof, first);
  for (const stack of stage.stacks(first.out)) {
    report.equal(await stage.status(stack), 'CREATE_COMPLETE', `${stack.path}: stack status`);
    checkResources(report, stack, await stage.created(stack), existing);
  }
  const stackOf = (path: string, out = first.out): SynthesisedStack => {
    const found = stage.stacks(out).find((stack) => stack.path === `${STAGE}/${path}`);
    if (!found) throw new ProofProblem(`the assembly has no stack ${STAGE}/${path}`);
    return found;
  };
  const listener = await stage.physicalId(stackOf('FrontDoor'), '/LoadBalancer/Https/Resource');
  const targets = async (name: string, out = first.out) =>
    stage.physicalId(stackOf(name, out), '/FrontDoor/Targets/Resource');
  report.equal(
    [...(await rules(proof, listener))].sort(),
    [
      [`${DOMAIN} /titanic /titanic/*`, await targets('titanic')],
      [HOST, await targets('iris')],
    ].sort(),
    `${STAGE}: the listener leads to the target group of each model`,
  );

  const state = async (names: readonly string[]) => {
    const ids: string[] = [];
    for (const name of names) {
      const stack = stackOf(name);
      // not the status of the stack: cdk asks for an update of each whose image SSM resolves, even if nothing changes
      for (const { logicalId, physicalId, status } of (await stage.created(stack)).values()) {
        ids.push(`${name} ${logicalId} ${physicalId} ${status}`);
      }
    }
    return ids;
  };
  /** What another change must leave as it is. */
  const untouched = async (what: string, names: readonly string[], change: () => Promise<void>) => {
    const old = await state(names);
    await change();
    report.equal(await state(names), old, `${STAGE}: ${what} touches none of ${names.join(', ')}`);
  };
  for (const name of ['Network', 'FrontDoor', 'titanic', 'iris']) {
    report.check(
      readFileSync(stackOf(name).file).equals(readFileSync(stackOf(name, came.out).file)),
      `${STAGE}: the template of ${name} is the same with another model beside`,
    );
  }
  await untouched('a model that comes', ['Network', 'FrontDoor', 'titanic', 'iris'], () =>
    deploy(proof, came, 'is deployed with another model beside'),
  );
  report.equal((await rules(proof, listener)).size, 3, `${STAGE}: the listener has a rule for the model that came`);
  await untouched('another package of one', ['Network', 'FrontDoor', 'iris'], () =>
    deploy(proof, other, 'is deployed with another package of one model'),
  );
  report.equal(await stage.status(stackOf('titanic')), 'UPDATE_COMPLETE', `${STAGE}/titanic: stack status`);
  await untouched('a model that goes', ['Network', 'FrontDoor', 'titanic', 'iris'], async () => {
    const { code, output } = await proof.cdk.destroyOnly(other.out, `${STAGE}/triage`, REGION);
    report.check(code === 0, `${STAGE}: cdk destroy of one model`, code === 0 ? '' : output.trim().slice(-2000));
  });
  report.equal((await rules(proof, listener)).size, 2, `${STAGE}: the rule of the model that went is gone`);
  await destroy(proof, other, before);
}

interface Assembly {
  readonly config: string;
  readonly out: string;
}

async function assembly(proof: ModelsProof, name: string, models: Record<string, object>): Promise<Assembly> {
  const { folder, zoneId, cdk } = proof;
  const config = join(folder, `models-${name}.yaml`);
  const stage = {
    region: REGION,
    availability: 'single',
    traffic: { requestsPerSecond: 20, p99: '100ms' },
    monitoring: { notify: ['ops@example.com'] },
    domain: { name: DOMAIN, zone: 'example.com', zoneId },
  };
  writeFileSync(config, stringify({ models, stages: { [STAGE]: stage } }));
  const out = join(folder, `models-${name}.out`);
  const { code, output } = await cdk.synth(out, [`slipway:config=${config}`]);
  if (code !== 0) throw new ProofProblem(`cdk synth of several models fails\n${output.trim()}`);
  return { config, out };
}

async function deploy({ cdk, report }: ModelsProof, { out }: Assembly, how: string): Promise<void> {
  const { code, output } = await cdk.deploy(out, STAGE, REGION);
  report.check(code === 0, `${STAGE} ${how} by cdk deploy`, code === 0 ? '' : output.trim().slice(-2000));
}

async function stageOf({ aws, model }: ModelsProof, { config }: Assembly): Promise<StageUnderProof> {
  const [stage] = loadConfig(config).stages;
  const read = readModelPackage(model);
  const { serviceLevel, region } = stage!;
  const plan = sizingPlan({ profile: readProfile(read), manifest: read.manifest, serviceLevel, region });
  return new StageUnderProof(stage!, plan, aws, false);
}

async function destroy({ cdk, report, aws }: ModelsProof, { out }: Assembly, before: Census): Promise<void> {
  const { code, output } = await cdk.destroy(out, STAGE, REGION);
  report.check(code === 0, `${STAGE}: cdk destroy`, code === 0 ? '' : output.trim().slice(-2000));
  const left = added(before, await census(aws)).map((what) => what.split(' ')[0]!);
  report.equal(
    left.filter((type) => type !== 'AWS::Route53::RecordSet').sort(),
    [
      ...Array(4).fill('AWS::Logs::LogGroup'), // of three models, and of the network
      'AWS::S3::Bucket', // of the access logs
    ],
    `${STAGE}: left are the logs alone`,
  );
}
