/** The life of a stage: deployed, read back, changed, failed and rolled back, changed again, destroyed. */
import type { Report } from '../report';
import { byType, digestsIn } from './assembly';
import type { Cdk } from './cdk';
import { added, type Census, census } from './census';
import { checkAlarms } from './checks/alarms';
import { checkComparison } from './checks/comparison';
import { bootScript, checkFleet, launched } from './checks/fleet';
import { checkFrontDoor } from './checks/front-door';
import { checkResources } from './checks/resources';
import type { Emulator } from './emulator';
import type { StageUnderProof } from './stage';

/** Folders of one app synthesised with three versions of the model. */
export interface Assemblies {
  readonly first: string;
  readonly second: string;
  readonly third: string;
}

const INSTANCE = 'AWS::EC2::Instance';

export class Scenario {
  constructor(
    private readonly report: Report,
    private readonly cdk: Cdk,
    private readonly emulator: Emulator,
    private readonly stage: StageUnderProof,
    private readonly assemblies: Assemblies,
  ) {}

  /** @returns whether there is a deployment, right or wrong, that the next steps can change */
  async create(): Promise<boolean> {
    const { report, stage } = this;
    const deployed = await this.deploy(this.assemblies.first, 'is deployed');
    const existing = await census(stage.aws);
    for (const stack of stage.stacks(this.assemblies.first)) {
      report.equal(await stage.status(stack), 'CREATE_COMPLETE', `${stack.path}: stack status`);
      checkResources(report, stack, await stage.created(stack), existing);
    }
    if (!deployed) return false;
    const stack = stage.endpoint(this.assemblies.first);
    await checkFrontDoor(report, stage, stack);
    await checkFleet(report, stage, stack);
    await checkAlarms(report, stage, stack);
    await checkComparison(report, stage, stack);
    return true;
  }

  /** A new version of the model reaches the instances, and nothing else moves. */
  async changeModel(): Promise<void> {
    const { report, stage } = this;
    const { first, second } = this.assemblies;
    const before = await this.state(first);
    const { name, config } = stage;
    const launched = '[~] AWS::EC2::LaunchTemplate';
    const unchanged = await this.cdk.diff(first, name, config.region);
    report.check(unchanged.code === 0, `${name}: cdk diff finds nothing to change where nothing was`);
    const changed = await this.cdk.diff(second, name, config.region);
    report.check(
      changed.code === 1 && changed.output.includes(launched),
      `${name}: cdk diff shows what another model changes: ${launched}`,
    );
    await this.update(second, 'is deployed with another model');
    const after = await this.state(second);
    const stack = stage.endpoint(second);
    report.equal(await stage.status(stack), 'UPDATE_COMPLETE', `${stack.path}: stack status`);
    report.check(
      before.digests.join() !== after.digests.join(),
      `${stage.name}: new instances boot with other digests than before`,
    );
    await checkFleet(report, stage, stack);
    const replaced = [...before.ids].filter(([id, physicalId]) => after.ids.get(id) !== physicalId).map(([id]) => id);
    report.equal(replaced, [], `${stage.name}: no resource was replaced`);
    for (const [what, type] of [
      ['load balancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer'],
      ['certificate', 'AWS::CertificateManager::Certificate'],
      ['record', 'AWS::Route53::RecordSet'],
    ] as const) {
      const [id = ''] = byType(stack, type);
      report.check(
        before.ids.get(id) !== undefined && before.ids.get(id) === after.ids.get(id),
        `${stage.name}: the ${what} is the same one as before`,
      );
    }
  }

  /** A resource fails half way: the stack goes back to the old model, and the next deployment works. */
  async failAndRecover(): Promise<void> {
    const { report, stage } = this;
    const { second, third } = this.assemblies;
    const before = await this.state(second);
    const stack = stage.endpoint(third);
    this.emulator.fail(byType(stack, 'AWS::AutoScaling::AutoScalingGroup'));
    const failed = await this.cdk.deploy(third, stage.name, stage.config.region);
    this.emulator.fail([]);
    report.check(failed.code !== 0, `${stage.name}: cdk deploy fails when the update of the group fails`);
    report.equal(await stage.status(stack), 'UPDATE_ROLLBACK_COMPLETE', `${stack.path}: stack status`);
    const after = await this.state(second);
    report.equal([...after.ids], [...before.ids], `${stage.name}: the rollback left every resource what it was`);
    report.equal(after.digests, before.digests, `${stage.name}: instances boot with the old model again`);
    report.equal(
      added(before.existing, after.existing).filter((what) => !what.startsWith(INSTANCE)),
      [],
      `${stage.name}: the rollback left nothing of the failed update`,
    );
    report.equal(
      after.existing.get(INSTANCE)?.size,
      before.existing.get(INSTANCE)?.size,
      `${stage.name}: there are as many instances as before, launched anew from the old template`,
    );

    await this.update(third, 'is deployed after the rollback');
    report.equal(await stage.status(stack), 'UPDATE_COMPLETE', `${stack.path}: stack status`);
    await checkFleet(report, stage, stack);
  }

  /** @param before what existed when the stage had not been deployed, @param assembly what is deployed */
  async destroy(before: Census, assembly: string): Promise<void> {
    const { report, stage } = this;
    const stacks = stage.stacks(assembly);
    const kept: string[] = [];
    for (const stack of stacks) {
      const created = await stage.created(stack);
      for (const [id, resource] of Object.entries(stack.resources)) {
        if (!resource.DeletionPolicy?.startsWith('Retain')) continue;
        kept.push(`${resource.Type} ${created.get(id)?.physicalId}`);
      }
    }
    const { code, output } = await this.cdk.destroy(assembly, stage.name, stage.config.region);
    report.check(code === 0, `${stage.name}: cdk destroy`, code === 0 ? '' : tail(output));
    for (const stack of stacks) report.equal(await stage.status(stack), undefined, `${stack.path}: the stack is gone`);
    // CloudFormation removes the records that validate a certificate on AWS neither
    const left = added(before, await census(stage.aws)).filter(
      (what) => !/^AWS::Route53::RecordSet _.* CNAME$/.test(what),
    );
    report.equal(left.sort(), kept.sort(), `${stage.name}: left is only what is kept on purpose`);
    for (const what of kept) report.check(left.includes(what), `${stage.name}: kept ${what.split(' ')[0]}`);
  }

  private async deploy(assembly: string, how: string): Promise<boolean> {
    const { code, output } = await this.cdk.deploy(assembly, this.stage.name, this.stage.config.region);
    this.report.check(code === 0, `${this.stage.name} ${how} by cdk deploy`, code === 0 ? '' : tail(output));
    return code === 0;
  }

  /** An update, in no step of which fewer targets are healthy than the plan wants, and after which every instance is a new one. */
  async update(assembly: string, how: string, wanted = this.stage.plan.instances.minimum): Promise<void> {
    const { report, stage } = this;
    const stack = stage.endpoint(assembly);
    const before = await launched(stage, stack);
    this.emulator.healthyTargets();
    await this.deploy(assembly, how);
    const steps = this.emulator.healthyTargets();
    const fewest = Math.min(...steps.map(({ healthy }) => healthy));
    const [worst] = steps.filter(({ healthy }) => healthy === fewest);
    report.check(
      steps.length > 0 && fewest >= wanted,
      `${stage.name}: in none of its steps are fewer than ${wanted} targets healthy`,
      `${steps.length} steps, fewest ${fewest} after ${worst?.what}`,
    );
    const { version, instances } = await launched(stage, stack);
    if (version === before.version) return;
    report.equal(
      instances.filter((id) => before.instances.includes(id)),
      [],
      `${stage.name}: every instance is a new one`,
    );
  }

  private async state(assembly: string) {
    const ids = new Map<string, string>();
    for (const stack of this.stage.stacks(assembly)) {
      for (const [id, { physicalId }] of await this.stage.created(stack)) ids.set(id, physicalId);
    }
    const digests = digestsIn(await bootScript(this.stage, this.stage.endpoint(assembly)));
    return { ids, digests, existing: await census(this.stage.aws) };
  }
}

function tail(output: string): string {
  return `\n${output.trim().split('\n').slice(-20).join('\n')}\n`;
}
