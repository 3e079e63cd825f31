/** The metrics of a function behind an HTTP API: what its alarms watch and its dashboard shows. AWS has them at no price. */
import { Duration } from 'aws-cdk-lib';
import type { IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import {
  DRIFT_METRIC,
  ENDPOINT_DIMENSION,
  METRIC_NAMESPACE,
  MISSING_VALUES_METRIC,
  OUT_OF_RANGE_METRIC,
  UNSEEN_VALUES_METRIC,
} from '../../model/instance/instance-metrics';
import { WITHDRAWN_METRIC } from '../../model/stage/deployment';
import type { PlannedAlarm } from '../../sizing/alarms/alarm';
import { LEAST_FAILURES } from '../../sizing/alarms/error-budget';
import { FUNCTION_MEASURES, type FunctionMeasure } from '../../sizing/function/function-alarms';
import type { FunctionThresholds } from '../../sizing/function/function-plan';
import { daysToExpiry } from '../monitoring/certificate-days';

export interface FunctionMetricsProps {
  readonly api: IHttpApi;
  /** By which clients reach it: what deployments try before is not counted. */
  readonly alias: Alias;
  /** Value of the dimension of what it tells itself. */
  readonly name: string;
  /** Of names of the user's, of which each is watched. */
  readonly certificates: readonly ICertificate[];
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
      certificateDays: () => this.certificateDays(),
      dataDrift: () => this.dataDrift(),
      canaryWithdrawn: () => this.own(WITHDRAWN_METRIC, 'Maximum', 1),
    };
    return metrics[alarm.measure]();
  }

  /** Days until the first certificate of the names ends. */
  certificateDays(): IMetric {
    return daysToExpiry(this.props.certificates);
  }

  /** Population stability index of the column that moved most, mean of the environments, by the quarter of an hour. */
  dataDrift(): Metric {
    return this.own(DRIFT_METRIC, 'Average', FUNCTION_MEASURES.dataDrift.minutes);
  }

  /** Missing values, numbers out of range and texts that training did not have, in the rows that were looked at. */
  oddValues(): Metric[] {
    return [MISSING_VALUES_METRIC, OUT_OF_RANGE_METRIC, UNSEEN_VALUES_METRIC].map((name) => this.own(name, 'Sum', 1));
  }

  /** Invocations of the alias, a line for each version that ran. */
  byVersion(): IMetric {
    const { functionName } = this.props.alias.lambda;
    return new MathExpression({
      expression: `SEARCH('{AWS/Lambda,ExecutedVersion,FunctionName,Resource} MetricName="Invocations" FunctionName="${functionName}"', 'Sum', 60)`,
      usingMetrics: {},
      label: 'version',
      period: Duration.minutes(1),
    });
  }

  /** What the handler, or the function that judges, writes by the name of the endpoint. */
  own(metricName: string, statistic: string, minutes: number): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [ENDPOINT_DIMENSION]: this.props.name },
      statistic,
      period: Duration.minutes(minutes),
    });
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
