/** The instances behind the load balancer, as an autoscaling group keeps them. */
import { setTimeout as pause } from 'node:timers/promises';
import { UNIT } from '../../lib/constructs/boot/layout';
import { unitProperties } from '../boot/confinement';
import { limitProcessor } from '../boot/control-groups';
import type { Deployment } from '../boot/deployment';
import type { Booting, World } from '../boot/world';
import type { Balancer } from './balancer';
import type { GroupName } from './balancer-configuration';

/** An instance that has signalled has answered as many checks already. */
const HEALTHY_SECONDS = 60;

export class Fleet {
  readonly members: Booting[] = [];
  private launched = 0;

  /** @param deployment what new members start */
  constructor(
    private readonly world: World,
    public deployment: Deployment,
    readonly balancer: Balancer,
  ) {}

  /** Launches an instance and registers it, as a group does: at once. Resolves when the boot has signalled. */
  async launch(): Promise<Booting> {
    const booting = await this.launchIn('blue', this.deployment);
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

  /** As an instance refresh that keeps all healthy: a new one comes, and when it is healthy, an old one leaves. */
  async replaceAll(): Promise<void> {
    for (const old of [...this.members]) {
      const next = await this.launch();
      if ((await this.untilSeen(next, true, HEALTHY_SECONDS)) === undefined) {
        throw new Error(`${next.name} is not healthy for the load balancer`);
      }
      await this.terminate(old);
    }
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
