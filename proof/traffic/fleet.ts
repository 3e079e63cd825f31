/** The instances behind the load balancer, as an autoscaling group keeps them. */
import { setTimeout as pause } from 'node:timers/promises';
import { UNIT } from '../../lib/constructs/boot/layout';
import { unitProperties } from '../boot/confinement';
import { limitProcessor } from '../boot/control-groups';
import type { Deployment } from '../boot/deployment';
import type { Booting, World } from '../boot/world';
import type { Balancer, GroupName } from './balancer';

export class Fleet {
  readonly members: Booting[] = [];
  /** The target group that its instances are registered with. */
  group: GroupName = 'blue';
  private launched = 0;

  constructor(
    private readonly world: World,
    private deployment: Deployment,
    readonly balancer: Balancer,
  ) {}

  /** Launches an instance and registers it, as a group does: at once. Resolves when the boot has signalled. */
  async launch(): Promise<Booting> {
    const booting = await this.launchIn(this.group, this.deployment);
    this.members.push(booting);
    return booting;
  }

  /** Launches an instance of another deployment, as a canary; it is no member. */
  async launchIn(group: GroupName, deployment: Deployment): Promise<Booting> {
    const booting = this.world.launch(`i${++this.launched}`, deployment);
    await this.balancer.register(booting.machine.address, group);
    const { bootTimeoutSeconds } = deployment.plan;
    const signal = await this.world.aws.signalOf(booting.machine.instanceId, bootTimeoutSeconds);
    if (signal?.status !== 'SUCCESS') {
      throw new Error(`${booting.name} signals ${signal?.status ?? 'nothing'}; ${booting.instance.lastWords}`);
    }
    return booting;
  }

  /** As a group ends an instance: out of the target group first, then the operating system is told to stop. */
  async terminate(booting: Booting): Promise<void> {
    await this.balancer.deregister(booting.machine.address);
    await booting.instance.run('systemctl', 'poweroff', '--no-block');
    await booting.instance.destroy();
    const index = this.members.indexOf(booting);
    if (index >= 0) this.members.splice(index, 1);
  }

  /** From now on it consists of these. */
  become(members: readonly Booting[], group: GroupName, deployment: Deployment): void {
    this.members.splice(0, this.members.length, ...members);
    this.group = group;
    this.deployment = deployment;
  }

  /** Waits until the load balancer says so. @returns whether it came in time */
  async untilHealthy(count: number, seconds: number): Promise<boolean> {
    for (const deadline = performance.now() + seconds * 1000; performance.now() < deadline; await pause(200)) {
      if ((await this.balancer.healthy()) === count) return true;
    }
    return false;
  }

  /** Waits until the load balancer says so. @returns seconds that it took; undefined when it did not come in time */
  async untilSeen(booting: Booting, healthy: boolean, seconds: number): Promise<number | undefined> {
    const begun = performance.now();
    for (; performance.now() - begun < seconds * 1000; await pause(200)) {
      if ((await this.balancer.isHealthy(booting.machine.address)) === healthy)
        return (performance.now() - begun) / 1000;
    }
    return undefined;
  }

  /** Sends a signal to every process of the handler. */
  async signal(booting: Booting, signal: string): Promise<void> {
    await booting.instance.run('systemctl', 'kill', '--kill-whom=all', `--signal=${signal}`, UNIT);
  }

  async restarts(booting: Booting): Promise<number> {
    return Number((await unitProperties(booting, 'NRestarts')).NRestarts);
  }

  /** Gives each instance so much of one processor. */
  limit(members: readonly Booting[], share: number | undefined): void {
    for (const { name } of members) limitProcessor(name, share);
  }
}
