/** AWS as a canary sees it, by the minute, in tests. */
import type { CanaryClients } from '../../lambda/verification/canary-world';
import type { Clock } from '../../lambda/verification/checks';
import type { CanarySettings } from '../../lib/model/stage/deployment';

export const settings: CanarySettings = {
  shares: [5],
  holdSeconds: 120,
  bootSeconds: 300,
  listener: 'arn:listener',
  variant: 'stack-guid',
  loadBalancer: 'app/x/1',
  main: { targetGroup: 'arn:main', targetGroupName: 'targetgroup/main/1', group: 'main-group' },
  canary: { targetGroup: 'arn:canary', targetGroupName: 'targetgroup/canary/1', group: 'canary-group' },
  alarm: 'withdrawn',
};

/** Starts at a whole minute; waiting takes no time. */
export class Watch implements Clock {
  time = 1_800_000_000_000 - (1_800_000_000_000 % 60_000);
  now = () => this.time;
  wait = async (milliseconds: number) => {
    this.time += milliseconds;
  };
}

/** What AWS has: groups, hosts, weights and metrics; `calls` is what was changed, in order. */
export class Account {
  readonly calls: string[] = [];
  desired = 0;
  /** The small group's instances are healthy so long after they were asked for; never where it is undefined. */
  bootMs: number | undefined = 60_000;
  main = ['healthy', 'healthy', 'draining'];
  /** Values of a metric of the small group's target group, at any minute. */
  metrics: Record<string, number> = { RequestCount: 50, TargetResponseTime: 0.02 };
  /** Of models of a fleet: states of the main group's instances by the target group of a model, and metrics by its name. */
  readonly hostsBy: Record<string, readonly string[]> = {};
  readonly metricsBy: Record<string, Record<string, number>> = {};
  mainDesired = 2;
  private resizedAt = 0;

  constructor(private readonly watch: Watch) {}

  readonly clients: CanaryClients = {
    groups: {
      send: async (command: { input: Record<string, never> }) => {
        const { input } = command as unknown as { input: Record<string, unknown> };
        if (command.constructor.name === 'SetDesiredCapacityCommand') {
          this.calls.push(`size ${input.AutoScalingGroupName} ${input.DesiredCapacity}`);
          if (input.AutoScalingGroupName === 'main-group') this.mainDesired = Number(input.DesiredCapacity);
          else {
            this.desired = Number(input.DesiredCapacity);
            this.resizedAt = this.watch.now();
          }
          return {};
        }
        const [name] = input.AutoScalingGroupNames as string[];
        const DesiredCapacity = name === 'main-group' ? this.mainDesired : this.desired;
        return { AutoScalingGroups: [{ AutoScalingGroupName: name, DesiredCapacity, MaxSize: 3, MinSize: 0 }] };
      },
    } as never,
    balancer: {
      send: async (command: { input: Record<string, unknown> }) => {
        const { input } = command;
        if (/^Modify(Listener|Rule)Command$/.test(command.constructor.name)) {
          const [action] = (input.DefaultActions ?? input.Actions) as {
            ForwardConfig: { TargetGroups: { TargetGroupArn: string; Weight: number }[] };
          }[];
          const weights = action!.ForwardConfig.TargetGroups.map((one) => `${one.TargetGroupArn} ${one.Weight}`);
          this.calls.push(`${input.ListenerArn ?? input.RuleArn}: ${weights.join(', ')}`);
          return {};
        }
        const booted = this.bootMs !== undefined && this.watch.now() - this.resizedAt >= this.bootMs;
        const mine = Array.from({ length: this.desired }, () => (booted ? 'healthy' : 'initial'));
        const arn = input.TargetGroupArn as string;
        const states = this.hostsBy[arn] ?? (arn === 'arn:main' ? this.main : mine);
        return { TargetHealthDescriptions: states.map((State) => ({ TargetHealth: { State } })) };
      },
    } as never,
    metrics: {
      send: async (command: { input: Record<string, unknown> }) => {
        const { input } = command;
        if (command.constructor.name === 'SetAlarmStateCommand') {
          this.calls.push(`${input.AlarmName} ${input.StateValue}: ${input.StateReason}`);
          return {};
        }
        const [from, until] = [input.StartTime as Date, input.EndTime as Date].map((at) => at.getTime());
        const Timestamps: Date[] = [];
        for (let at = from!; at < until!; at += 60_000) Timestamps.push(new Date(at));
        return {
          MetricDataResults: (
            input.MetricDataQueries as {
              Id: string;
              MetricStat: { Metric: { MetricName: string; Dimensions: { Name: string; Value: string }[] } };
            }[]
          )
            .filter(({ Id }) => Id.startsWith('canary'))
            .flatMap(({ Id, MetricStat }) => {
              const { MetricName, Dimensions } = MetricStat.Metric;
              const behind = Dimensions.find(({ Name }) => Name === 'TargetGroup')?.Value ?? '';
              const value = (this.metricsBy[behind] ?? this.metrics)[MetricName];
              return value === undefined ? [] : [{ Id, Timestamps, Values: Timestamps.map(() => value) }];
            }),
        };
      },
    } as never,
  };
}
