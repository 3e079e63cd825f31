/** The metrics of a function behind an HTTP API: what its alarms watch and its dashboard shows. AWS has them at no price. */
import { Duration } from 'aws-cdk-lib';
import type { IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { type IMetric, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { PlannedAlarm } from '../../sizing/alarms/alarm';
import { LEAST_FAILURES } from '../../sizing/alarms/error-budget';
import type { FunctionMeasure } from '../../sizing/function/function-alarms';
import type { FunctionThresholds } from '../../sizing/function/function-plan';

export interface FunctionMetricsProps {
  readonly api: IHttpApi;
  /** By which clients reach it: what deployments try before is not counted. */
  readonly alias: IFunction;
}

/** Windows from this length on need a least number of failures. */
const LONG_WINDOW_MINUTES = 60;

/** All by the minute where nothing else is said. */
export class FunctionMetrics {
  constructor(private readonly props: FunctionMetricsProps) {}

  /** What an alarm of the plan watches. @param minutes of a datapoint */
  of(alarm: PlannedAlarm<FunctionMeasure>, thresholds: FunctionThresholds, minutes: number): IMetric {
    const metrics: Readonly<Record<FunctionMeasure, () => IMetric>> = {
      errorBudgetBurn: () => this.errorBudgetBurn(thresholds.errorBudgetPercent, minutes),
      p99Ms: () => this.latency('p99', minutes),
      serverErrorPercent: () => this.serverErrorPercent(),
      throttledPerMinute: () => this.throttled(),
      failedInvocations: () => this.failed(minutes),
      durationMsWithinPlan: () => this.durationWithin(thresholds.requestsPerSecond),
      requestsPerMinute: () => this.requests(),
    };
    return metrics[alarm.measure]();
  }

  /** Requests that reached the HTTP API. */
  requests(minutes = 1): Metric {
    return this.props.api.metricCount({ statistic: 'Sum', period: Duration.minutes(minutes), label: 'requests' });
  }

  /** Answers 4xx, of which the HTTP API gives those beyond its limit. */
  clientErrors(): Metric {
    return this.props.api.metricClientError({ statistic: 'Sum', period: Duration.minutes(1), label: '4xx' });
  }

  private serverErrors(minutes: number): Metric {
    return this.props.api.metricServerError({ statistic: 'Sum', period: Duration.minutes(minutes), label: '5xx' });
  }

  /** Answers 5xx as percent of the requests; 0 without any. */
  serverErrorPercent(): IMetric {
    return new MathExpression({
      expression: 'IF(FILL(requests, 0) > 0, 100 * FILL(failed, 0) / requests, 0)',
      usingMetrics: { requests: this.requests(), failed: this.serverErrors(1) },
      label: '5xx %',
      period: Duration.minutes(1),
    });
  }

  /** How many times as fast as planned the error budget is spent over a window; 0 while only a handful of requests fail. */
  private errorBudgetBurn(budgetPercent: number, minutes: number): IMetric {
    const least = minutes < LONG_WINDOW_MINUTES ? 1 : LEAST_FAILURES;
    return new MathExpression({
      expression: `IF(FILL(failed, 0) >= ${least}, 100 * FILL(failed, 0) / requests / ${budgetPercent}, 0)`,
      usingMetrics: { requests: this.requests(minutes), failed: this.serverErrors(minutes) },
      label: 'times the error budget',
      period: Duration.minutes(minutes),
    });
  }

  /** Milliseconds between a request's coming to the HTTP API and its answer, at a percentile. */
  latency(statistic: string, minutes = 1): Metric {
    return this.props.api.metricLatency({ statistic, period: Duration.minutes(minutes), label: statistic });
  }

  /** Milliseconds in the function, at a percentile. */
  duration(statistic: string): Metric {
    return this.props.alias.metricDuration({ statistic, period: Duration.minutes(1), label: statistic });
  }

  /** p99 in the function, milliseconds, while there are no more requests than planned; 0 while there are more. */
  private durationWithin(requestsPerSecond: number): IMetric {
    return new MathExpression({
      expression: `IF(requests <= ${requestsPerSecond * 60}, duration, 0)`,
      usingMetrics: { requests: this.requests(), duration: this.duration('p99') },
      label: 'p99 in the function within the planned load',
      period: Duration.minutes(1),
    });
  }

  /** Invocations that ended without an answer. */
  failed(minutes: number): Metric {
    return this.props.alias.metricErrors({ statistic: 'Sum', period: Duration.minutes(minutes), label: 'failed' });
  }

  /** Requests for which there was no environment. */
  throttled(): Metric {
    return this.props.alias.metricThrottles({ statistic: 'Sum', period: Duration.minutes(1), label: 'throttled' });
  }

  /** Environments that are busy at a time. */
  environments(): Metric {
    return this.props.alias.metric('ConcurrentExecutions', {
      statistic: 'Maximum',
      period: Duration.minutes(1),
      label: 'environments',
    });
  }
}
