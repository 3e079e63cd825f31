/**
 * AWS as the function that judges a rollout sees it: the small group is one of the fleet, weights and health are the load
 * balancer's, metrics are made of what it has answered and of what the instances have logged.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { CanaryClients } from '../../lambda/verification/canary-world';
import type { Clock } from '../../lambda/verification/checks';
import type { CanarySettings } from '../../lib/model/stage/deployment';
import type { Logged } from '../boot/aws/services';
import type { Deployment } from '../boot/deployment';
import type { Booting } from '../boot/world';
import type { Answered, GroupName } from './balancer-configuration';
import { percentile } from './clients';
import type { Fleet } from './fleet';

/** The judge's time goes so much faster than that of the machines, or the proof would take half an hour more. */
export const SPEED = 3;

/** Its minute is 20 s long. */
const MINUTE_MS = 60_000;

const BEGUN = Date.now();
const fast = (at: number) => BEGUN + (at - BEGUN) * SPEED;
const slow = (at: number) => BEGUN + (at - BEGUN) / SPEED;

export const FAST_CLOCK: Clock = {
  now: () => fast(Date.now()),
  wait: (milliseconds) => pause(milliseconds / SPEED),
};

const CANARY: GroupName = 'green';
const MAIN: GroupName = 'blue';

export interface RolloutAccountOptions {
  readonly fleet: Fleet;
  readonly settings: CanarySettings;
  /** What the small group launches. */
  readonly launched: Deployment;
  /** Lines that have reached CloudWatch. */
  readonly logged: readonly Logged[];
  /** Called once, before the small group gets its share. */
  readonly onShare?: (instances: readonly Booting[]) => void;
  /** Called before its instances go. */
  readonly onWithdrawn?: () => Promise<void>;
}

/** When the listener has given the small group so many of a hundred requests. */
export interface Given {
  readonly at: number;
  readonly percent: number;
}

export class RolloutAccount {
  readonly given: Given[] = [];
  /** State and reason of the alarm, as its mail has them. */
  readonly alarms: string[] = [];
  private readonly instances: Promise<Booting>[] = [];
  private readonly leaving: Promise<unknown>[] = [];

  constructor(private readonly options: RolloutAccountOptions) {}

  readonly clients: CanaryClients = {
    groups: {
      send: answered({ SetDesiredCapacityCommand: (input) => this.resize(input) }, (input) => this.group(input)),
    },
    balancer: {
      send: answered({ ModifyListenerCommand: (input) => this.weigh(input) }, (input) => this.targets(input)),
    },
    metrics: {
      send: answered({ SetAlarmStateCommand: (input) => this.alarm(input) }, (input) => this.metrics(input)),
    },
  };

  /** Resolves when the instances that were to go are gone. */
  async settled(): Promise<void> {
    await Promise.all(this.leaving);
  }

  private async resize({ AutoScalingGroupName, DesiredCapacity }: Input): Promise<object> {
    const { fleet, settings, launched } = this.options;
    const wanted = Number(DesiredCapacity);
    if (AutoScalingGroupName !== settings.canary.group) throw new Error(`${AutoScalingGroupName} is not to be changed`);
    while (this.instances.length < wanted) {
      const launch = fleet.launchIn(CANARY, launched);
      launch.catch((error: Error) => console.log(error.message));
      this.instances.push(launch);
    }
    for (const going of this.instances.splice(wanted)) {
      this.leaving.push(
        going.then(async (booting) => {
          fleet.limit([booting], undefined);
          await this.options.onWithdrawn?.();
          await fleet.terminate(booting);
        }),
      );
    }
    return {};
  }

  private async group({ AutoScalingGroupNames }: Input): Promise<object> {
    const { fleet, settings } = this.options;
    const [name] = AutoScalingGroupNames as string[];
    const isCanary = name === settings.canary.group;
    const DesiredCapacity = isCanary ? this.instances.length : fleet.members.length;
    return { AutoScalingGroups: [{ DesiredCapacity, MaxSize: isCanary ? 1 : fleet.members.length + 1 }] };
  }

  private async weigh({ ListenerArn, DefaultActions }: Input): Promise<object> {
    const { fleet, settings, onShare } = this.options;
    if (ListenerArn !== settings.listener) throw new Error(`there is no listener ${ListenerArn}`);
    const [{ ForwardConfig }] = DefaultActions as [{ ForwardConfig: { TargetGroups: TargetGroupTuple[] } }];
    const { Weight: percent } = ForwardConfig.TargetGroups.find(
      ({ TargetGroupArn }) => TargetGroupArn === settings.canary.targetGroup,
    )!;
    if (percent > 0 && !this.given.some((before) => before.percent > 0)) {
      onShare?.(await Promise.all(this.instances));
    }
    await fleet.balancer.weigh(CANARY, percent);
    this.given.push({ at: Date.now(), percent });
    return {};
  }

  private async targets({ TargetGroupArn }: Input): Promise<object> {
    const { fleet, settings } = this.options;
    const states = await fleet.balancer.targets(TargetGroupArn === settings.canary.targetGroup ? CANARY : MAIN);
    return { TargetHealthDescriptions: states.map((State) => ({ TargetHealth: { State } })) };
  }

  private async alarm({ AlarmName, StateValue, StateReason }: Input): Promise<object> {
    if (AlarmName !== this.options.settings.alarm) throw new Error(`there is no alarm ${AlarmName}`);
    this.alarms.push(`${StateValue}: ${StateReason}`);
    return {};
  }

  private async metrics({ StartTime, EndTime, MetricDataQueries }: Input): Promise<object> {
    const [from, until] = [StartTime as Date, EndTime as Date].map((at) => at.getTime());
    return {
      MetricDataResults: (MetricDataQueries as MetricDataQuery[]).map((query) => {
        const minutes: (readonly [Date, number])[] = [];
        for (let at = from!; at < until!; at += MINUTE_MS) {
          const value = this.value(query, at);
          if (value !== undefined) minutes.push([new Date(at), value]);
        }
        return { Id: query.Id, Timestamps: minutes.map(([at]) => at), Values: minutes.map(([, value]) => value) };
      }),
    };
  }

  /** Of one minute; undefined where nothing was measured. */
  private value({ MetricStat }: MetricDataQuery, minute: number): number | undefined {
    const { MetricName = '', Dimensions = [] } = MetricStat!.Metric!;
    const dimension = Dimensions.find(({ Name }) => Name === 'TargetGroup')?.Value;
    if (dimension === undefined) return this.logged(MetricName, minute);
    const { settings, fleet } = this.options;
    const group = dimension === settings.canary.targetGroupName ? CANARY : MAIN;
    const seen = fleet.balancer.between(slow(minute), slow(minute + MINUTE_MS));
    const values = seen.flatMap((one) => (one.group === group ? METRICS[MetricName]!(one) : []));
    if (values.length === 0) return undefined;
    return MetricStat!.Stat === 'p99' ? percentile(values, 0.99) : values.reduce((sum, value) => sum + value, 0);
  }

  private logged(name: string, minute: number): number | undefined {
    const within = (at: number) => fast(at) >= minute && fast(at) < minute + MINUTE_MS;
    let sum: number | undefined;
    for (const { message } of this.options.logged) {
      if (!message.includes(`"${name}":`)) continue;
      const line = JSON.parse(message) as { readonly _aws: { readonly Timestamp: number } } & Record<string, number>;
      if (within(line._aws.Timestamp)) sum = (sum ?? 0) + line[name]!;
    }
    return sum;
  }
}

/** Answers of an instance, of one class. */
function answers(from: number): (request: Answered) => number[] {
  return ({ status, ended }) => (ended === '--' && status >= from && status < from + 100 ? [1] : []);
}

/** What a request adds to a metric of `AWS/ApplicationELB` (Elastic Load Balancing, "CloudWatch metrics"). */
const METRICS: Readonly<Record<string, (request: Answered) => number[]>> = {
  RequestCount: ({ ended }) => (ended === 'SC' ? [] : [1]),
  HTTPCode_Target_2XX_Count: answers(200),
  HTTPCode_Target_3XX_Count: answers(300),
  HTTPCode_Target_4XX_Count: answers(400),
  HTTPCode_Target_5XX_Count: answers(500),
  TargetConnectionErrorCount: ({ ended }) => (ended === 'SC' ? [1] : []),
  TargetResponseTime: ({ milliseconds }) => (milliseconds < 0 ? [] : [milliseconds / 1000]),
};

interface TargetGroupTuple {
  readonly TargetGroupArn: string;
  readonly Weight: number;
}

type Input = Readonly<Record<string, unknown>>;
type Answer = (input: Input) => Promise<object>;

/** Answers commands of a client of the SDK by their names; others by the second. */
function answered(commands: Readonly<Record<string, Answer>>, others: Answer): never {
  const send = (command: { readonly input: Input }) => (commands[command.constructor.name] ?? others)(command.input);
  return send as never;
}
