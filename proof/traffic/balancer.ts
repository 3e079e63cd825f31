/**
 * HAProxy, set up as the template sets up the load balancer and its target group: TLS 1.3, the target with the fewest
 * requests in hand, no request tried twice, the same health check. A target that is registered gets requests once it is
 * healthy; one that is deregistered gets no new ones.
 */
import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Certificates } from '../boot/aws/certificates';
import type { Resource } from '../boot/deployment';

const SLOTS = 16;

/** Two target groups, which a listener gives weights. */
export const GROUPS = ['blue', 'green'] as const;
export type GroupName = (typeof GROUPS)[number];

/** Key of the weight in a map of HAProxy: what `green` gets of a hundred requests. */
const WEIGHT_KEY = 'green';

/** What a group has answered, and how fast of late. */
export interface GroupCount {
  readonly answered: number;
  /** Mean of the last requests. */
  readonly milliseconds: number;
}

/** As the template has them. */
export interface TargetGroup {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthy: number;
  readonly unhealthy: number;
  readonly deregistrationSeconds: number;
}

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
  /** For its configuration. */
  readonly folder: string;
}

export class Balancer {
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
    const { folder, certificates } = options;
    const [file, pem] = [join(folder, 'balancer.cfg'), join(folder, 'balancer.pem')];
    writeFileSync(pem, certificates.certificate + certificates.key, { mode: 0o600 });
    writeFileSync(balancer.weights, `${WEIGHT_KEY} 0\n`);
    writeFileSync(file, balancer.configuration(pem));
    const log = openSync(join(folder, 'balancer.log'), 'a');
    const process_ = spawn('haproxy', ['-f', file, '-db'], { stdio: ['ignore', log, log] });
    process_.once('exit', (code) => {
      throw new Error(`haproxy ended with status ${code}`);
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

  /** The target gets no new requests; it may end those that it has, for as long as the target group lets it. */
  async deregister(address: string): Promise<void> {
    const group = GROUPS.find((name) => this.slots[name].includes(address))!;
    const slot = this.slots[group].indexOf(address);
    await this.command(`set server ${serverOf(group, slot)} state drain`);
    await pause(this.options.group.deregistrationSeconds * 1000);
    await this.command(`set server ${serverOf(group, slot)} state maint`);
    this.slots[group][slot] = undefined;
  }

  /** Gives a group so many of a hundred requests, and the other one the rest. */
  async weigh(group: GroupName, percent: number): Promise<void> {
    const green = group === 'green' ? percent : 100 - percent;
    await this.command(`set map ${this.weights} ${WEIGHT_KEY} ${green}`);
  }

  async count(group: GroupName): Promise<GroupCount> {
    const row = (await this.rows()).find(({ pxname, svname }) => pxname === group && svname === 'BACKEND')!;
    return { answered: Number(row.hrsp_2xx), milliseconds: Number(row.rtime) };
  }

  /** How many of the targets are healthy. */
  async healthy(): Promise<number> {
    return [...(await this.states()).values()].filter((state) => state.startsWith('UP')).length;
  }

  async isHealthy(address: string): Promise<boolean> {
    return (await this.states()).get(address)?.startsWith('UP') ?? false;
  }

  /** States of those that are registered, as HAProxy tells them, by address. */
  private async states(): Promise<Map<string, string>> {
    const states = new Map<string, string>();
    for (const { pxname, svname, status } of await this.rows()) {
      const slots = this.slots[pxname as GroupName];
      if (slots === undefined || !svname!.startsWith('target')) continue;
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

  private configuration(pem: string): string {
    const { address, group } = this.options;
    return `global
  stats socket ${this.socket} mode 600 level admin
  nbthread 1
  ssl-default-bind-options ssl-min-ver TLSv1.3
defaults
  mode http
  timeout connect ${group.timeoutSeconds}s
  timeout client 60s
  timeout server 60s
  timeout check ${group.timeoutSeconds}s
  retries 0
frontend https
  bind ${address}:443 ssl crt ${pem} alpn http/1.1
  http-request set-var(txn.weight) str(${WEIGHT_KEY}),map_str_int(${this.weights},0)
  use_backend green if { rand(100),sub(txn.weight) lt 0 }
  default_backend blue
${GROUPS.map(
  (name) => `backend ${name}
  balance leastconn
  option httpchk
  http-check send meth GET uri ${group.path} ver HTTP/1.1 hdr host endpoint hdr user-agent ELB-HealthChecker/2.0
  http-check expect status 200
  default-server check inter ${group.intervalSeconds}s rise ${group.healthy} fall ${group.unhealthy}
  server-template target 1-${SLOTS} ${address}:8080 disabled
`,
).join('')}`;
  }
}

function serverOf(group: GroupName, slot: number): string {
  return `${group}/target${slot + 1}`;
}
