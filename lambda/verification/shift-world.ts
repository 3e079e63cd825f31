/** An alias that leads a part of the requests to a new version of a function, seen and changed through AWS's own interfaces. */
import { type CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { SlipwayError } from '../../lib/model/error';
import { ENDPOINT_DIMENSION, METRIC_NAMESPACE } from '../../lib/model/instance/instance-metrics';
import {
  FAILED_ANSWERS_METRIC,
  FUNCTION_VERSION_DIMENSION,
  type ShiftSettings,
} from '../../lib/model/stage/deployment';
import type { CanaryState, Minute, Seen } from './canary-decision';
import type { Clock } from './checks';
import { type CallLambda, isDone, type LambdaAnswer } from './lambda-api';
import { Minutes, query } from './minutes';

export interface ShiftClients {
  readonly call: CallLambda;
  readonly metrics: Pick<CloudWatchClient, 'send'>;
}

/** A version is there or it is not: to a decision it is one instance, which is healthy. */
const THERE = { healthy: 1, desired: 1 };
const NOT_THERE = { healthy: 0, desired: 0 };

interface Alias {
  readonly FunctionVersion: string;
}

export class ShiftWorld {
  constructor(
    private readonly settings: ShiftSettings,
    private readonly endpoint: string,
    private readonly clients: ShiftClients,
    private readonly clock: Clock,
  ) {}

  async see(state: CanaryState): Promise<Omit<Seen, 'forward'>> {
    const now = this.clock.now();
    const alias = await this.alias();
    // a first deployment, and one that changes nothing of the function: there is nothing to be held against
    if (alias === undefined || alias.FunctionVersion === this.settings.version) {
      return { now, main: NOT_THERE, canary: { ...NOT_THERE, maximum: 0 } };
    }
    const watching = state.phase === 'watch' || state.step > 0;
    const traffic = watching ? await this.watched(alias.FunctionVersion, state.since, now) : undefined;
    return { now, main: THERE, canary: { ...THERE, maximum: 1 }, ...(traffic && { traffic }) };
  }

  /** A function has environments as requests need them. */
  async resize(): Promise<void> {}

  /** @param share percent of the requests that the new version gets */
  async give(share: number): Promise<void> {
    await this.lead({ [this.settings.version]: share / 100 });
  }

  /** All requests go to the version that the alias is of. */
  async withdraw(): Promise<void> {
    if ((await this.alias()) !== undefined) await this.lead({});
  }

  /** The mail of an alarm has the reason that is given here. */
  async alarm(StateValue: 'ALARM' | 'OK', StateReason: string): Promise<void> {
    const { alarm: AlarmName } = this.settings;
    await this.clients.metrics.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
  }

  private get path(): string {
    return `${this.settings.function}/aliases/${this.settings.alias}`;
  }

  /** Undefined where there is none yet. */
  private async alias(): Promise<Alias | undefined> {
    const answer = await this.clients.call({ method: 'GET', path: this.path, what: this.path });
    if (answer.status === 404) return undefined;
    if (!isDone(answer)) throw this.refused(answer);
    return JSON.parse(answer.text) as Alias;
  }

  private async lead(AdditionalVersionWeights: Readonly<Record<string, number>>): Promise<void> {
    const body = { RoutingConfig: { AdditionalVersionWeights } };
    const answer = await this.clients.call({ method: 'PUT', path: this.path, body, what: this.path });
    if (!isDone(answer)) throw this.refused(answer);
  }

  private refused({ status, text }: LambdaAnswer): SlipwayError {
    return new SlipwayError('E_UNREACHABLE', `${this.path}: Lambda answered ${status}: ${text}`);
  }

  private async watched(main: string, since: number, now: number): Promise<Seen['traffic']> {
    const queries = [...this.queries('main', main), ...this.queries('canary', this.settings.version)];
    const seen = await Minutes.of(this.clients.metrics, since, now, queries);
    if (!seen) return undefined;
    const minutes = (variant: string): Minute[] =>
      seen.begin.map((at) => {
        const count = (name: string) => seen.at(`${variant}${name}`, at) ?? 0;
        const p99Ms = seen.at(`${variant}P99`, at);
        const minute = { requests: count('Requests'), errors: count('Ended') + count('Failed') };
        return p99Ms === undefined ? minute : { ...minute, p99Ms };
      });
    return [{ main: minutes('main'), canary: minutes('canary') }];
  }

  /**
   * Invocations through an alias are told by the version that ran (AWS Lambda developer guide, "Types of metrics for Lambda
   * functions", 2026-11); what the handler answered 5xx it tells itself.
   */
  private queries(variant: string, version: string) {
    const { function: name, alias } = this.settings;
    const dimensions = { FunctionName: name, Resource: `${name}:${alias}`, ExecutedVersion: version };
    const of = (id: string, metric: string, statistic: string) =>
      query(`${variant}${id}`, 'AWS/Lambda', metric, statistic, dimensions);
    const own = { [ENDPOINT_DIMENSION]: this.endpoint, [FUNCTION_VERSION_DIMENSION]: version };
    return [
      of('Requests', 'Invocations', 'Sum'),
      of('Ended', 'Errors', 'Sum'),
      of('P99', 'Duration', 'p99'),
      query(`${variant}Failed`, METRIC_NAMESPACE, FAILED_ANSWERS_METRIC, 'Sum', own),
    ];
  }
}
