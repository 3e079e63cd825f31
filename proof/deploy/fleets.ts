/** Models that share instances: a fleet gains a model and loses one, and its group stays the same. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeTargetHealthCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { stringify } from 'yaml';
import { ProofProblem } from '../problem';
import { byType } from './assembly';
import { added, census } from './census';
import { checkResources } from './checks/resources';
import type { Emulator } from './emulator';
import type { ModelsProof } from './models';
import { Slipway } from './slipway';
import { DeployedStage } from './stage';

const STAGE = 'together';
const FLEET = 'small';
const REGION = 'eu-west-1';

export async function proveFleets(proof: ModelsProof, emulator: Emulator): Promise<void> {
  const { report, cdk, aws } = proof;
  const before = await census(aws);
  const stage = new DeployedStage(STAGE, aws);
  const two = await assembly(proof, 'two', ['titanic', 'iris']);
  const three = await assembly(proof, 'three', ['titanic', 'iris', 'triage']);
  const others = await assembly(proof, 'others', ['titanic', 'triage']);
  const tried = await assembly(proof, 'tried', ['titanic', 'triage'], { rollout: { canary: '5 %', for: '10m' } });
  const fleetOf = (out: string) => stage.stacks(out).find(({ path }) => path === `${STAGE}/${FLEET}`)!;

  /** The group, and the models whose targets its instances are, each healthy. */
  const state = async (out: string) => {
    const stack = fleetOf(out);
    const created = await stage.created(stack);
    const [id = ''] = byType(stack, 'AWS::AutoScaling::AutoScalingGroup');
    const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [created.get(id)?.physicalId ?? ''] });
    const [group] = (await aws.autoScaling.send(asked)).AutoScalingGroups!;
    const targets = byType(stack, 'AWS::ElasticLoadBalancingV2::TargetGroup').map(
      (one) => created.get(one)!.physicalId,
    );
    const healthy = await Promise.all(
      targets.map(async (TargetGroupArn) => {
        const { TargetHealthDescriptions = [] } = await aws.elb.send(
          new DescribeTargetHealthCommand({ TargetGroupArn }),
        );
        return TargetHealthDescriptions.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
      }),
    );
    return {
      name: group?.AutoScalingGroupName,
      instances: group?.Instances?.length,
      of: group?.TargetGroupARNs,
      targets,
      healthy,
    };
  };
  const step = async (out: string, how: string, models: number) => {
    emulator.healthyTargets();
    const { code, output } = await cdk.deploy(out, STAGE, REGION);
    report.check(code === 0, `${STAGE} ${how} by cdk deploy`, code === 0 ? '' : output.trim().slice(-2000));
    const now = await state(out);
    report.equal(now.of?.toSorted(), now.targets.toSorted(), `${STAGE}: the group has the targets of ${models} models`);
    report.equal(
      now.healthy,
      now.targets.map(() => now.instances),
      `${STAGE}: each of its instances answers for each model`,
    );
    return now;
  };

  const first = await step(two, 'is deployed with a fleet of two models', 2);
  const existing = await census(aws);
  for (const stack of stage.stacks(two)) {
    report.equal(await stage.status(stack), 'CREATE_COMPLETE', `${stack.path}: stack status`);
    checkResources(report, stack, await stage.created(stack), existing);
    for (const nested of await stage.within(stack)) {
      report.equal(await stage.status(nested), 'CREATE_COMPLETE', `${nested.path}: stack status`);
      checkResources(report, nested, await stage.created(nested), existing);
    }
  }
  await brokenAlarm(proof, emulator, three);
  report.equal((await state(two)).of?.length, 2, `${STAGE}: the group has the targets that it had`);
  for (const [out, how, models] of [
    [three, 'is deployed with a third', 3],
    [others, 'is deployed without the second', 2],
  ] as const) {
    const now = await step(out, how, models);
    report.equal(now.name, first.name, `${STAGE}: the group is the same one`);
    const fewest = Math.min(...emulator.healthyTargets().map(({ healthy }) => healthy));
    report.check(fewest > 0, `${STAGE}: in none of the steps is nobody healthy`, `fewest ${fewest}`);
  }
  emulator.healthyTargets();
  const { code, output } = await cdk.deploy(tried, STAGE, REGION);
  report.check(code === 0, `${STAGE} gets a rollout by cdk deploy`, code === 0 ? '' : output.trim().slice(-2000));
  const small = fleetOf(tried);
  checkResources(report, small, await stage.created(small), await census(aws));
  const again = await step(others, 'is deployed without the rollout', 2);
  report.equal(again.name, first.name, `${STAGE}: the group is the same one`);
  const gone = await cdk.destroy(others, STAGE, REGION);
  report.check(gone.code === 0, `${STAGE}: cdk destroy`, gone.code === 0 ? '' : gone.output.trim().slice(-2000));
  const left = added(before, await census(aws)).map((what) => what.split(' ')[0]!);
  report.equal(
    left.filter((type) => type !== 'AWS::Route53::RecordSet').sort(),
    ['AWS::Logs::LogGroup', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket'],
    `${STAGE}: left are the logs alone`,
  );
}

/** An alarm in the stack of a model cannot be made: all of the deployment goes back, and the alarm is named. */
async function brokenAlarm({ report, cdk, folder }: ModelsProof, emulator: Emulator, three: string): Promise<void> {
  emulator.fail(['AlarmsLatency']);
  const { code } = await cdk.deploy(three, STAGE, REGION);
  emulator.fail([]);
  report.check(code !== 0, `${STAGE}: an alarm of the third that cannot be made fails the deployment`);
  const slipway = new Slipway(emulator, join(folder, 'fleet-three.yaml'));
  const why = await slipway.run('why', '--stage', STAGE, '--model', 'triage');
  report.check(
    /UPDATE_ROLLBACK_COMPLETE/.test(why.output) && /AlarmsLatency/.test(why.output),
    `${STAGE}: slipway why names it, which is in a stack within that of the fleet`,
    why.output.trim().slice(0, 600),
  );
}

async function assembly(
  { folder, model, zoneId, cdk }: ModelsProof,
  name: string,
  models: readonly string[],
  more: object = {},
) {
  const config = join(folder, `fleet-${name}.yaml`);
  const stage = {
    region: REGION,
    availability: 'single',
    traffic: { requestsPerSecond: 20, p99: '100ms' },
    monitoring: { notify: ['ops@example.com'] },
    domain: { name: 'together.example.com', zone: 'example.com', zoneId },
    fleets: { [FLEET]: models },
    ...more,
  };
  const all = Object.fromEntries(models.map((one) => [one, { model }]));
  writeFileSync(config, stringify({ models: all, stages: { [STAGE]: stage } }));
  const out = join(folder, `fleet-${name}.out`);
  const { code, output } = await cdk.synth(out, [`slipway:config=${config}`]);
  if (code !== 0) throw new ProofProblem(`cdk synth of a fleet fails\n${output.trim()}`);
  return out;
}
