/** Every option of slipway.yaml, deployed once: stages that have them between them, read back, changed, and destroyed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeStacksCommand, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { stringify } from 'yaml';
import { ProofProblem } from '../../problem';
import type { Report } from '../../report';
import type { Aws } from '../aws';
import type { Cdk } from '../cdk';
import { added, census } from '../census';
import { changeModel } from '../changed-model';
import { checkResources } from '../checks/resources';
import { DeployedStage } from '../stage';
import { sayUnsaid } from './coverage';
import { api, behind, cloudfront, edge, people, planned } from './facts/doors';
import { given as givenFacts, inside, nat, shadow, spot } from './facts/places';
import { type Given, makeGiven } from './given';
import { type Facts, Seen } from './seen';
import { proveSeveral } from './several';
import { optionStages, REGION, SPOT, type StageText } from './stages';

const FACTS: Readonly<Record<string, Facts>> = {
  edge,
  behind,
  cloudfront,
  api,
  shadow,
  inside,
  given: givenFacts,
  nat,
  people,
  planned,
  spot,
};

export interface OptionsProof {
  readonly report: Report;
  readonly cdk: Cdk;
  readonly aws: Aws;
  /** For configurations and assemblies. */
  readonly folder: string;
  /** Folder of the package that the stages serve. */
  readonly model: string;
}

/** All of them by one command, as `cdk deploy '**'` does it, so that it does not begin anew for each. */
const EVERYTHING = '**';

export async function proveOptions(proof: OptionsProof): Promise<void> {
  const { report, cdk, aws, folder, model } = proof;
  const given = await makeGiven(aws.said);
  const other = join(folder, 'options-shadow');
  changeModel(model, other, 7);
  const texts = optionStages(given, other);
  sayUnsaid(report, Object.values(texts));
  const before = await census(aws);

  const first = await synthesise(proof, 'options', texts);
  const deployed = await cdk.deployAll(first, EVERYTHING, REGION);
  report.check(deployed.code === 0, 'stages with every option are deployed by cdk deploy', failed(deployed));
  const existing = await census(aws);
  const stages = new Map(Object.keys(texts).map((name) => [name, new DeployedStage(name, aws)]));
  const kept: string[] = [];
  for (const stage of stages.values()) {
    for (const stack of stage.stacks(first)) {
      report.equal(await stage.status(stack), 'CREATE_COMPLETE', `${stack.path}: stack status`);
      const { Stacks: [{ Tags = [] } = {}] = [] } = await aws.cloudFormation.send(
        new DescribeStacksCommand({ StackName: stack.name }),
      );
      const tag = Tags.find(({ Key }) => Key === 'slipway:stage')?.Value;
      report.equal(tag, stage.name, `${stack.path}: a tag says which stage it is of`);
      const created = await stage.created(stack);
      checkResources(report, stack, created, existing);
      for (const [id, { Type, DeletionPolicy }] of Object.entries(stack.resources)) {
        if (DeletionPolicy?.startsWith('Retain')) kept.push(`${Type} ${created.get(id)?.physicalId}`);
      }
    }
  }
  for (const [name, facts] of Object.entries(FACTS)) {
    await facts(new Seen(report, given, stages.get(name)!, first)).catch((error: Error) =>
      report.check(false, `${name}: read back`, error.message),
    );
  }
  await changeHours(proof, given, texts.api!, stages.get('api')!);
  await changePurchase(proof, given, texts.spot!, stages.get('spot')!);

  await unprotect(proof, stages.get('nat')!, first);
  const gone = await cdk.destroyAll(first, EVERYTHING, REGION);
  report.check(gone.code === 0, 'all of them are destroyed by cdk destroy', failed(gone));
  const left = added(before, await census(aws)).filter((what) => !/^AWS::Route53::RecordSet _.* CNAME$/.test(what));
  report.equal(left.sort(), kept.sort(), 'left of them is only what is kept on purpose');
  await proveSeveral(proof, given, other);
}

/** A protected stage cannot be destroyed before its protection is lifted. */
async function unprotect({ report, aws }: OptionsProof, stage: DeployedStage, assembly: string): Promise<void> {
  for (const { name, path } of stage.stacks(assembly)) {
    const { Stacks = [] } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: name }));
    report.equal(Stacks[0]?.EnableTerminationProtection, true, `${path}: the stack is protected from being removed`);
    const lifted = { StackName: name, EnableTerminationProtection: false };
    await aws.cloudFormation.send(new UpdateTerminationProtectionCommand(lifted));
  }
}

const EARLIER = { from: '20:00', to: '05:00' };

/** Another schedule of a running stage: its actions are others, its instances the same. */
async function changeHours(proof: OptionsProof, given: Given, text: StageText, stage: DeployedStage): Promise<void> {
  const { report, cdk } = proof;
  const schedule = text.schedule as { readonly periods: readonly object[] };
  const [day, night] = schedule.periods;
  const changed = { ...text, schedule: { ...schedule, periods: [day, { ...night, ...EARLIER }] } };
  const assembly = await synthesise(proof, 'hours', { api: changed });
  const seen = new Seen(report, given, stage, assembly);
  const hours = await seen.hours();
  const instances = (await seen.group()).Instances!.map(({ InstanceId }) => InstanceId).sort();
  seen.equal(
    hours.map(([recurrence, minimum]) => [recurrence, minimum === 0]),
    [
      ['0 22 * * *', true],
      ['55 5 * * *', false],
    ],
    'the group is off at night, and on again before the day',
  );
  const { code, output } = await cdk.deploy(assembly, 'api', REGION);
  report.check(code === 0, 'api is deployed with other hours by cdk deploy', failed({ code, output }));
  seen.equal(
    (await seen.hours()).map(([recurrence, minimum]) => [recurrence, minimum === 0]),
    [
      ['0 20 * * *', true],
      ['55 4 * * *', false],
    ],
    'the actions of its group are of the other hours',
  );
  const now = (await seen.group()).Instances!.map(({ InstanceId }) => InstanceId).sort();
  seen.equal(now, instances, 'and its instances the same');
}

/** Fewer Spot instances in a running stage: its group is the same, and its instances are replaced. */
async function changePurchase(proof: OptionsProof, given: Given, text: StageText, stage: DeployedStage): Promise<void> {
  const { report, cdk } = proof;
  // not another share of Spot: of one instance that is shared out moto makes none
  const purchase = { ...SPOT, onDemandBase: SPOT.onDemandBase + 1 };
  const assembly = await synthesise(proof, 'purchase', { spot: { ...text, purchase } });
  const seen = new Seen(report, given, stage, assembly);
  const before = await seen.group();
  const { code, output } = await cdk.deploy(assembly, 'spot', REGION);
  report.check(code === 0, 'spot is deployed with fewer Spot instances by cdk deploy', failed({ code, output }));
  const now = await seen.group();
  const baseOf = ({ MixedInstancesPolicy }: typeof now) =>
    MixedInstancesPolicy?.InstancesDistribution?.OnDemandBaseCapacity;
  seen.equal(
    [baseOf(before), baseOf(now), now.AutoScalingGroupName],
    [SPOT.onDemandBase, purchase.onDemandBase, before.AutoScalingGroupName],
    'the same group buys one more of its instances on demand',
  );
  const left = now.Instances!.filter(({ InstanceId }) =>
    before.Instances!.some((old) => old.InstanceId === InstanceId),
  );
  seen.equal(left, [], 'its instances have been replaced');
}

async function synthesise(
  { folder, model, cdk }: OptionsProof,
  name: string,
  texts: Readonly<Record<string, StageText>>,
): Promise<string> {
  const stages = Object.fromEntries(
    Object.entries(texts).map(([stage, text]) => [stage, { region: REGION, availability: 'single', ...text }]),
  );
  const defaults = { traffic: { requestsPerSecond: 20, p99: '100ms' }, monitoring: { notify: ['ops@example.com'] } };
  const config = join(folder, `${name}.yaml`);
  writeFileSync(config, stringify({ model, defaults, stages }));
  const out = join(folder, `${name}.out`);
  const { code, output } = await cdk.synth(out, [`slipway:config=${config}`]);
  if (code !== 0) throw new ProofProblem(`cdk synth of the options fails\n${output.trim()}`);
  return out;
}

const failed = ({ code, output }: { readonly code: number; readonly output: string }) =>
  code === 0 ? '' : `\n${output.trim().split('\n').slice(-20).join('\n')}\n`;
