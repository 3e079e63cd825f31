/**
 * HAProxy, set up as the template sets up the load balancer and its target group: TLS 1.3, the target with the fewest
 * requests in hand, no request tried twice, the same health check. A target that is registered gets requests once it is
 * healthy; one that is deregistered gets no new ones.
 */
import { spawn } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Certificates } from '../boot/aws/certificates';
import type { Resource } from '../boot/deployment';
import {
  type Answered,
  answeredOf,
  configurationText,
  GROUPS,
  type GroupName,
  SLOTS,
  type TargetGroup,
  WEIGHT_KEY,
} from './balancer-configuration';

/** Nodes of a load balancer do not learn of it all at once. */
const LEAST_DEREGISTRATION_MS = 3000;

export function targetGroupOf(resources: readonly [string, Resource][]): TargetGroup {
  const [, { Properties: group }] = resources.find(
    ([, { Type }]) => Type === 'AWS::ElasticLoadBalancingV2::TargetGroup',
  )!;
  const attributes = group.TargetGroupAttributes as readonly { readonly Key: string; readonly Value: string }[];
  const attribute = (key: string) => attributes.find(({ Key }) => Key === key)?.Value;
  if (attribute('load_balancing.algorithm.type') !== 'least_outstanding_requests') {
    throw new Error('the target group does not give requests to who has the fewest; HAProxy is set up for that alone');
  }
  return {
    path: String(group.HealthCheckPath),
    intervalSeconds: Number(group.HealthCheckIntervalSeconds),
    timeoutSeconds: Number(group.HealthCheckTimeoutSeconds),
    healthy: Number(group.HealthyThresholdCount),
    unhealthy: Number(group.UnhealthyThresholdCount),
    deregistrationSeconds: Number(attribute('deregistration_delay.timeout_seconds')),
  };
}

export interface BalancerOptions {
  readonly address: string;
  readonly certificates: Certificates;
  readonly group: TargetGroup;
  /** A request with this value of `VARIANT_HEADER` goes to `green`. */
  readonly variant: string;
  /** For its configuration. */
  readonly folder: string;
}

export class Balancer {
  /** What it has answered, in the order in which it did. */
  private readonly answered: Answered[] = [];
  private readonly socket: string;
  private readonly weights: string;
  /** Addresses of the targets of a group by slot. */
  private readonly slots = Object.fromEntries(
    GROUPS.map((group) => [group, Array.from({ length: SLOTS }, (): string | undefined => undefined)]),
  ) as Record<GroupName, (string | undefined)[]>;

  private constructor(private readonly options: BalancerOptions) {
    this.socket = join(options.folder, 'balancer.sock');
    this.weights = join(options.folder, 'weights.map');
  }

  static async start(options: BalancerOptions): Promise<Balancer> {
    const balancer = new Balancer(options);
    const { folder, certificates, address, group, variant } = options;
    const { socket, weights } = balancer;
    const [file, pem] = [join(folder, 'balancer.cfg'), join(folder, 'balancer.pem')];
    writeFileSync(pem, certificates.certificate + certificates.key, { mode: 0o600 });
    writeFileSync(weights, `${WEIGHT_KEY} 0\n`);
    writeFileSync(file, configurationText({ address, group, pem, socket, weights, variant }));
    const process_ = spawn('haproxy', ['-f', file, '-db'], { stdio: ['ignore', 'pipe', 'pipe'] });
    process_.once('exit', (code) => {
      throw new Error(`haproxy ended with status ${code}`);
    });
    const log = createWriteStream(join(folder, 'balancer.log'));
    process_.stderr.pipe(log, { end: false });
    createInterface({ input: process_.stdout }).on('line', (line) => {
      const answered = answeredOf(line);
      if (answered) balancer.answered.push(answered);
      else log.write(`${line}\n`);
    });
    for (let attempt = 0; ; attempt++) {
      try {
        await balancer.command('show version');
        return balancer;
      } catch (error) {
        if (attempt === 50) throw error;
        await pause(100);
      }
    }
  }

  /** The target gets requests once it has passed its checks. */
  async register(address: string, group: GroupName): Promise<void> {
    const slot = this.slots[group].indexOf(undefined);
    this.slots[group][slot] = address;
    const server = serverOf(group, slot);
    await this.command(`set server ${server} addr ${address} port 8080`);
    // out of maintenance, it would count as healthy until a check says otherwise
    await this.command(`set server ${server} state drain`);
    await this.command(`set server ${server} health down`);
    await this.command(`set server ${server} state ready`);
  }

  /**
   * The target gets no new requests. It may end those that it has, for as long as the target group lets it; with none left,
   * it is out (Elastic Load Balancing, "Deregistration delay").
   */
  async deregister(address: string): Promise<void> {
    const group = GROUPS.find((name) => this.slots[name].includes(address))!;
    const slot = this.slots[group].indexOf(address);
    await this.command(`set server ${serverOf(group, slot)} state drain`);
    const deadline = performance.now() + this.options.group.deregistrationSeconds * 1000;
    do {
      await pause(LEAST_DEREGISTRATION_MS);
    } while ((await this.inHand(group, slot)) > 0 && performance.now() < deadline);
    await this.command(`set server ${serverOf(group, slot)} state maint`);
    this.slots[group][slot] = undefined;
  }

  /** Requests that a target has and has not answered. */
  private async inHand(group: GroupName, slot: number): Promise<number> {
    const name = serverOf(group, slot);
    const row = (await this.rows()).find(({ pxname, svname }) => `${pxname}/${svname}` === name)!;
    return Number(row.scur);
  }

  /** Gives a group so many of a hundred requests, and the other one the rest. */
  async weigh(group: GroupName, percent: number): Promise<void> {
    const green = group === 'green' ? percent : 100 - percent;
    await this.command(`set map ${this.weights} ${WEIGHT_KEY} ${green}`);
  }

  /** States of the targets of a group, in the words of Elastic Load Balancing. */
  async targets(group: GroupName): Promise<('healthy' | 'unhealthy' | 'draining')[]> {
    return [...(await this.states(group)).values()].map((state) =>
      state.startsWith('DRAIN') ? 'draining' : state.startsWith('UP') ? 'healthy' : 'unhealthy',
    );
  }

  /** What it has answered from one moment to before another, milliseconds of the epoch. */
  between(from: number, until: number): Answered[] {
    return this.answered.slice(this.firstSince(from), this.firstSince(until));
  }

  private firstSince(moment: number): number {
    let [low, high] = [0, this.answered.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.answered[middle]!.at < moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** How many of the targets are healthy. */
  async healthy(): Promise<number> {
    return [...(await this.states()).values()].filter((state) => state.startsWith('UP')).length;
  }

  async isHealthy(address: string): Promise<boolean> {
    return (await this.states()).get(address)?.startsWith('UP') ?? false;
  }

  /** States of those that are registered, as HAProxy tells them, by address. */
  private async states(only?: GroupName): Promise<Map<string, string>> {
    const states = new Map<string, string>();
    for (const { pxname, svname, status } of await this.rows()) {
      const slots = this.slots[pxname as GroupName];
      if (slots === undefined || (only ?? pxname) !== pxname || !svname!.startsWith('target')) continue;
      const address = slots[Number(svname!.slice('target'.length)) - 1];
      if (address) states.set(address, status!);
    }
    return states;
  }

  private async rows(): Promise<Record<string, string>[]> {
    const [head, ...lines] = (await this.command('show stat')).trim().split('\n');
    const columns = head!.replace('# ', '').split(',');
    return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [columns[i]!, value])));
  }

  private command(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect(this.socket);
      socket.setEncoding('utf8').on('data', (part: string) => {
        answer += part;
      });
      socket.once('error', reject);
      socket.once('end', () => resolve(answer));
      socket.end(`${text}\n`);
    });
  }
}

function serverOf(group: GroupName, slot: number): string {
  return `${group}/target${slot + 1}`;
}
