/** The stack, the two groups and the listener of a canary, seen and changed through AWS's own interfaces. */
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
} from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, type MetricDataQuery, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ENDPOINT_DIMENSION, METRIC_NAMESPACE } from '../../lib/model/instance/instance-metrics';
import type { CanaryModel, CanarySettings, Variant } from '../../lib/model/stage/deployment';
import type { CanaryState, Minute, Seen } from './canary-decision';
import type { Clock } from './checks';
import { Minutes, query } from './minutes';

export interface CanaryClients {
  readonly groups: Pick<AutoScalingClient, 'send'>;
  readonly balancer: Pick<ElasticLoadBalancingV2Client, 'send'>;
  readonly metrics: Pick<CloudWatchClient, 'send'>;
}

export function canaryClients(): CanaryClients {
  return {
    groups: new AutoScalingClient({}),
    balancer: new ElasticLoadBalancingV2Client({}),
    metrics: new CloudWatchClient({}),
  };
}

/** Until every node of the load balancer goes by a new weight; deduced, not measured. */
const SPREAD_MS = 20_000;

/** Classes of the answers that instances give. */
const ANSWERS = ['2XX', '3XX', '4XX', '5XX'] as const;

/** Answers that a shadow must have compared before their share tells anything. */
const LEAST_COMPARED = 100;

/** What is divided between both groups. */
type Divided = Pick<CanarySettings, 'listener' | 'rule' | 'main' | 'canary'> &
  Partial<Pick<CanaryModel, 'member' | 'p99Ms'>>;

export class CanaryWorld {
  /** The endpoint, or the models of a fleet. */
  private readonly divided: readonly Divided[];

  constructor(
    private readonly settings: CanarySettings,
    private readonly endpoint: string,
    private readonly clients: CanaryClients,
    private readonly clock: Clock,
  ) {
    this.divided = settings.models ?? [settings];
  }

  async see(state: CanaryState): Promise<Omit<Seen, 'forward'>> {
    const { canary } = this.settings;
    const now = this.clock.now();
    const [mainHosts, canaryHosts, group, watched] = await Promise.all([
      this.hosts('main'),
      this.hosts('canary'),
      this.group(canary.group!),
      state.phase === 'watch' || state.step > 0 ? this.watched(state.since, now) : undefined,
    ]);
    return {
      now,
      main: { healthy: mainHosts.healthy, desired: mainHosts.registered },
      canary: { healthy: canaryHosts.healthy, ...group },
      ...watched,
    };
  }

  /** Instances of the small group. */
  async resize(instances: number): Promise<void> {
    await this.setDesired(this.settings.canary.group!, instances);
  }

  /** @param share percent of the requests that the small group gets */
  async give(share: number): Promise<void> {
    await Promise.all(this.divided.map((model) => this.giveOf(model, share)));
  }

  private async giveOf({ listener, rule, main, canary }: Divided, share: number): Promise<void> {
    const { before } = this.settings;
    const TargetGroups = [
      { TargetGroupArn: main.targetGroup, Weight: 100 - share },
      { TargetGroupArn: canary.targetGroup, Weight: share },
    ];
    const forward = { Type: 'forward' as const, ForwardConfig: { TargetGroups } };
    const Actions = before ? [before, { ...forward, Order: before.Order + 1 }] : [forward];
    await (rule === undefined
      ? this.clients.balancer.send(new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: Actions }))
      : this.clients.balancer.send(new ModifyRuleCommand({ RuleArn: rule, Actions })));
  }

  /** First no more requests, then no more instances, which finish what they have. */
  async withdraw(): Promise<void> {
    const { desired } = await this.group(this.settings.canary.group!);
    await this.give(0);
    if (desired === 0) return;
    await this.clock.wait(SPREAD_MS);
    await this.resize(0);
  }

  /**
   * The main group gets as many instances as the small one has, which had most of its requests, so that it may have
   * shrunk. @returns whether they are healthy
   */
  async mainCarriesAll(): Promise<boolean> {
    const { main, canary } = this.settings;
    const [mine, theirs, hosts] = await Promise.all([
      this.group(canary.group!),
      this.group(main.group!),
      this.hosts('main'),
    ]);
    const needed = Math.min(theirs.maximum, mine.desired);
    if (theirs.desired < needed) await this.setDesired(main.group!, needed);
    return hosts.healthy >= needed;
  }

  /** The mail of an alarm has the reason that is given here. */
  async alarm(StateValue: 'ALARM' | 'OK', StateReason: string): Promise<void> {
    const { alarm: AlarmName } = this.settings;
    await this.clients.metrics.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
  }

  private async setDesired(AutoScalingGroupName: string, DesiredCapacity: number): Promise<void> {
    await this.clients.groups.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity }));
  }

  private async group(name: string): Promise<{ desired: number; maximum: number }> {
    const asked = new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] });
    const { AutoScalingGroups = [] } = await this.clients.groups.send(asked);
    const group = AutoScalingGroups[0];
    if (!group) throw new Error(`there is no autoscaling group ${name}`);
    return { desired: group.DesiredCapacity!, maximum: group.MaxSize! };
  }

  /**
   * Instances of a group. A model that is new to a fleet has none in its target group of the main one until that is replaced,
   * so of that group the target group with most counts; of the small one each model must be healthy.
   */
  private async hosts(variant: 'main' | 'canary'): Promise<{ healthy: number; registered: number }> {
    const each = await Promise.all(this.divided.map((model) => this.hostsOf(model[variant])));
    const most = (of: 'healthy' | 'registered') => Math.max(...each.map((hosts) => hosts[of]));
    const healthy = variant === 'main' ? most('healthy') : Math.min(...each.map((hosts) => hosts.healthy));
    return { healthy, registered: most('registered') };
  }

  private async hostsOf({ targetGroup: TargetGroupArn }: Variant): Promise<{ healthy: number; registered: number }> {
    const asked = new DescribeTargetHealthCommand({ TargetGroupArn });
    const { TargetHealthDescriptions = [] } = await this.clients.balancer.send(asked);
    const states = TargetHealthDescriptions.map(({ TargetHealth }) => TargetHealth?.State);
    return {
      healthy: states.filter((state) => state === 'healthy').length,
      registered: states.filter((state) => state !== 'draining').length,
    };
  }

  /** Whole minutes from the first that the share had. */
  private async watched(since: number, now: number): Promise<Pick<Seen, 'traffic' | 'changed'>> {
    const { divided } = this;
    const queries = [
      ...divided.flatMap(({ main, canary }, i) => [
        ...this.queries('main', i, main),
        ...this.queries('canary', i, canary),
      ]),
      ...this.shadowQueries(),
    ];
    const seen = await Minutes.of(this.clients.metrics, since, now, queries);
    if (!seen) return {};
    const minutes = (variant: string, model: number): Minute[] =>
      seen.begin.map((at) => {
        const value = (name: string) => seen.at(idOf(variant, name, model), at);
        const p99 = value('P99');
        const minute = requestsOf(value);
        return p99 === undefined ? minute : { ...minute, p99Ms: p99 * 1000 };
      });
    const compared = seen.total('shadowRows');
    return {
      traffic: divided.map(({ member, p99Ms }, i) => ({
        ...(member !== undefined && p99Ms !== undefined && { of: { member, p99Ms } }),
        main: minutes('main', i),
        canary: minutes('canary', i),
      })),
      ...(compared >= LEAST_COMPARED && { changed: 1 - seen.total('shadowAgreeing') / compared }),
    };
  }

  private queries(variant: string, model: number, { targetGroupName }: Variant): MetricDataQuery[] {
    const dimensions = { LoadBalancer: this.settings.loadBalancer, TargetGroup: targetGroupName };
    const of = (id: string, name: string, statistic: string) =>
      query(idOf(variant, id, model), 'AWS/ApplicationELB', name, statistic, dimensions);
    return [
      of('Requests', 'RequestCount', 'Sum'),
      ...ANSWERS.map((answer) => of(answer, `HTTPCode_Target_${answer}_Count`, 'Sum')),
      of('Unreached', 'TargetConnectionErrorCount', 'Sum'),
      of('P99', 'TargetResponseTime', 'p99'),
    ];
  }

  private shadowQueries(): MetricDataQuery[] {
    if (this.settings.mostChanged === undefined) return [];
    const dimensions = { [ENDPOINT_DIMENSION]: this.endpoint };
    const of = (id: string, name: string) => query(id, METRIC_NAMESPACE, name, 'Sum', dimensions);
    return [of('shadowRows', 'ShadowRows'), of('shadowAgreeing', 'ShadowAgreeingRows')];
  }
}

/** Of a query: letters and digits. */
const idOf = (variant: string, name: string, model: number) => `${variant}${name}${model === 0 ? '' : `Of${model}`}`;

/**
 * What clients sent to a variant in a minute, and how much of it failed.
 *
 * Where no connection to an instance comes about, the load balancer answers by itself. Such requests may be missing in
 * `RequestCount`; AWS does not say. So they are added to those that an instance answered, and the larger number counts.
 */
function requestsOf(value: (id: string) => number | undefined): Pick<Minute, 'requests' | 'errors'> {
  const count = (id: string) => value(id) ?? 0;
  const unreached = count('Unreached');
  const answered = ANSWERS.reduce((sum, answer) => sum + count(answer), 0);
  return { requests: Math.max(count('Requests'), answered + unreached), errors: count('5XX') + unreached };
}
