/** The metrics of an endpoint: what its alarms watch and its dashboard shows. */
import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
  type IApplicationLoadBalancer,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import {
  HANDLER_METRICS,
  type HandlerMetric,
  type ShadowMetric,
  VERSION_METRICS,
  type VersionMetric,
} from '../../model/instance/handler-metrics';
import {
  DISK_METRIC,
  DRIFT_METRIC,
  ENDPOINT_DIMENSION,
  IMAGE_AGE_METRIC,
  MEMORY_METRIC,
  METRIC_NAMESPACE,
  RELEASE_DIMENSION,
  RELEASE_METRIC,
  SPOT_INTERRUPTIONS_METRIC,
  VERSION_DIMENSION,
  ZONE_DIMENSION,
  ZONE_METRIC,
} from '../../model/instance/instance-metrics';
import { WITHDRAWN_METRIC } from '../../model/stage/deployment';
import type { PlannedAlarm } from '../../sizing/alarms/alarm';
import { LEAST_FAILURES } from '../../sizing/alarms/error-budget';
import { MEASURES, type Measure, QUIET_WHILE_OFF } from '../../sizing/alarms/measures';
import type { SizingPlan } from '../../sizing/plan/plan';
import { goesOff } from '../../sizing/service-level/schedule';
import type { Fleet } from '../fleet/fleet';
import { daysToExpiry } from './certificate-days';

export interface EndpointMetricsProps {
  /** Value of the dimension `Endpoint`. */
  readonly endpoint: string;
  /** Value of the dimension `Release` of the handlers of this template. */
  readonly release: string;
  readonly fleet: Fleet;
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Whether it is of others, too: then what it answers itself is not known by endpoint. @default false */
  readonly sharedBalancer?: boolean;
  readonly targetGroup: ApplicationTargetGroup;
  /** As the template is to name the two, @default - the load balancer by parts of the ARN of the listener, which is long */
  readonly names?: { readonly loadBalancer: string; readonly targetGroup?: string };
  /** Absent where it is AWS's. */
  readonly certificate?: ICertificate;
  /** Of further names. */
  readonly certificates?: readonly ICertificate[];
  /** Id of the HTTP API before the load balancer, where there is one. */
  readonly api?: string;
  /** Names of the zones of the fleet, as they are in this account. */
  readonly zones: readonly string[];
}

/** None of the three has datapoints where it counted nothing; `RequestCount` has none either while there is no target. */
const ALL = '(FILL(requests, 0) + FILL(byBalancer, 0))';
const FAILED = '(FILL(byBalancer, 0) + FILL(byHandler, 0))';

/** Requests of a minute from which on its p99 tells something, as of a canary (`lambda/verification/canary-decision.ts`). */
const LEAST_OF_P99 = 20;

/** Windows from this length on need a least number of failures. */
const LONG_WINDOW_MINUTES = 60;

const MINUTE = { period: Duration.minutes(1) };

/** CloudWatch's metric for whatever an alarm watches. */
const METRIC_OF: Readonly<Record<Measure, (metrics: EndpointMetrics, plan: SizingPlan, minutes: number) => IMetric>> = {
  healthyHosts: (metrics) => metrics.healthyHosts(),
  emptiestZoneInstances: (metrics) => metrics.emptiestZoneInstances(),
  canaryWithdrawn: (metrics) => metrics.canaryWithdrawn(),
  serverErrorPercent: (metrics) => metrics.serverErrorPercent(),
  edgeErrorsPerMinute: (metrics) => metrics.edgeErrors(),
  errorBudgetBurn: (metrics, { alarms }, minutes) => metrics.errorBudgetBurn(alarms.errorBudgetPercent, minutes),
  p99Seconds: (metrics, _, minutes) => metrics.latency('p99', minutes),
  p99SecondsWithinPlan: (metrics, { serviceLevel }) => metrics.latencyWithin(serviceLevel.requestsPerSecond),
  cpuPercent: (metrics) => metrics.cpuPercent(),
  requestsPerMinute: (metrics) => metrics.requests(),
  refusedPerMinute: (metrics) => metrics.handler('Overloaded'),
  bootFailures: (metrics) => metrics.bootFailures(),
  wantedInstances: (metrics) => metrics.wantedInstances(),
  missingInstances: (metrics) => metrics.missingInstances(),
  otherReleases: (metrics, _, minutes) => metrics.otherReleases(minutes),
  shadowDroppedPercent: (metrics, _, minutes) => metrics.shadowDroppedPercent(minutes),
  spotInterruptions: (metrics) => metrics.spotInterruptions(),
  memoryPercent: (metrics) => metrics.memoryPercent(),
  diskPercent: (metrics) => metrics.diskPercent(),
  imageAgeDays: (metrics) => metrics.imageAge(),
  certificateDays: (metrics) => metrics.certificateDays(),
  surplusCredits: (metrics) => metrics.surplusCredits(),
  creditBalance: (metrics) => metrics.creditBalance(),
  dataDrift: (metrics) => metrics.dataDrift(),
};

/** More than any threshold of hosts. */
const MANY_HOSTS = 1000;

/**
 * The metrics of an endpoint, or of a variant of it, as its alarms and its dashboard have them. Each is by the minute unless it
 * says otherwise; `with({ period })` gives it another period, `createAlarm` an alarm of your own for `addAlarm`.
 */
export class EndpointMetrics {
  constructor(private readonly props: EndpointMetricsProps) {}

  /** What an alarm of the plan watches. @param minutes of a datapoint */
  of({ measure, rollsBack }: Pick<PlannedAlarm, 'measure' | 'rollsBack'>, plan: SizingPlan, minutes: number): IMetric {
    const metric = METRIC_OF[measure](this, plan, minutes);
    const by = goesOff(plan.serviceLevel.schedule) ? QUIET_WHILE_OFF[measure] : undefined;
    // the group names the alarms that roll it back, so that none of them can name the group: CloudFormation takes no circle
    return by ? this.whileOn(metric, by === 'wanted' && rollsBack ? 'known' : by, minutes) : metric;
  }

  /**
   * A measure while instances are wanted, known to the load balancer, or healthy throughout a datapoint; what alarms nobody
   * otherwise. Of targets that it knows, the load balancer tells how many are healthy and how many are not.
   */
  private whileOn(value: IMetric, by: 'wanted' | 'known' | 'healthy', minutes: number): IMetric {
    const period = Duration.minutes(minutes);
    const options = { label: 'while it is not off', period };
    if (by === 'known') {
      const { metrics } = this.props.targetGroup;
      const unhealthy = this.named(metrics.unhealthyHostCount({ ...MINUTE, statistic: 'Maximum' }));
      return new MathExpression({
        expression: `IF(FILL(value, 0) + FILL(unhealthy, 0) > 0, FILL(value, 0), ${MANY_HOSTS})`,
        usingMetrics: { unhealthy, value },
        ...options,
      });
    }
    const there = (by === 'wanted' ? this.wantedInstances() : this.healthyHosts()).with({
      period,
      statistic: 'Minimum',
    });
    const [some, quiet] = by === 'wanted' ? ['FILL(value, 0)', MANY_HOSTS] : ['value', 0];
    return new MathExpression({
      expression: `IF(FILL(there, 0) > 0, ${some}, ${quiet})`,
      usingMetrics: { there, value },
      ...options,
    });
  }

  /** Requests that reached the load balancer. */
  requests(): Metric {
    return this.requestCount(MINUTE);
  }

  /**
   * Answers 5xx of the handler and of the load balancer itself, as percent of the requests; 0 without any.
   *
   * `RequestCount` has only the requests for which there was a target, so that those which the load balancer answers are
   * added. Some of them had a target and count twice: half of the share is shown at worst, where it is all of them.
   */
  serverErrorPercent(): MathExpression {
    return new MathExpression({
      expression: `IF(${ALL} > 0, 100 * ${FAILED} / ${ALL}, 0)`,
      usingMetrics: this.answers(MINUTE),
      label: '5xx %',
      ...MINUTE,
    });
  }

  /**
   * How many times as fast as planned the error budget is spent over a window; 0 while only a handful of requests fail.
   *
   * @param budgetPercent of the requests that may fail
   */
  errorBudgetBurn(budgetPercent: number, minutes: number): MathExpression {
    const period = { period: Duration.minutes(minutes) };
    const least = minutes < LONG_WINDOW_MINUTES ? 1 : LEAST_FAILURES;
    return new MathExpression({
      expression: `IF(${FAILED} >= ${least}, 100 * ${FAILED} / ${ALL} / ${budgetPercent}, 0)`,
      usingMetrics: this.answers(period),
      label: 'times the error budget',
      ...period,
    });
  }

  /** Answers 5xx of the HTTP API that come from nowhere behind it; only where there is one. */
  edgeErrors(): MathExpression {
    const { requests: _, ...behind } = this.answers(MINUTE);
    const dimensionsMap = { ApiId: this.props.api! };
    const all = new Metric({
      namespace: 'AWS/ApiGateway',
      metricName: '5xx',
      dimensionsMap,
      statistic: 'Sum',
      ...MINUTE,
    });
    return new MathExpression({
      expression: 'FILL(byEdge, 0) - FILL(byBalancer, 0) - FILL(byHandler, 0)',
      usingMetrics: { byEdge: all, ...behind },
      label: '5xx of API Gateway itself',
      ...MINUTE,
    });
  }

  private requestCount(period: { readonly period: Duration }): Metric {
    const { loadBalancer, sharedBalancer, targetGroup } = this.props;
    const { metrics } = sharedBalancer ? targetGroup : loadBalancer;
    return this.named(metrics.requestCount({ ...period, label: 'requests' }));
  }

  private named(metric: Metric): Metric {
    const { names } = this.props;
    if (!names) return metric;
    const { loadBalancer: LoadBalancer, targetGroup } = names;
    const dimensionsMap = {
      ...metric.dimensions,
      LoadBalancer,
      ...(targetGroup !== undefined && { TargetGroup: targetGroup }),
    };
    return metric.with({ dimensionsMap });
  }

  /** Of a shared load balancer those alone that it could not hand over: its answers are counted over all of its endpoints. */
  private answers(period: { readonly period: Duration }): Record<string, IMetric> {
    const { loadBalancer, sharedBalancer, targetGroup } = this.props;
    return {
      requests: this.requestCount(period),
      byBalancer: sharedBalancer
        ? this.named(targetGroup.metrics.targetConnectionErrorCount(period))
        : loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, period),
      byHandler: this.named(targetGroup.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, period)),
    };
  }

  /** Answers 5xx of the handler. */
  serverErrors(): Metric {
    return this.named(this.props.targetGroup.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, MINUTE));
  }

  /** Seconds between the load balancer's sending a request to an instance and the answer, at a percentile. */
  latency(statistic: string, minutes = 1): Metric {
    const period = Duration.minutes(minutes);
    return this.named(this.props.targetGroup.metrics.targetResponseTime({ period, statistic, label: statistic }));
  }

  /**
   * p99 in seconds while the load is no more than this; 0 while it is more, and of so few requests that it is the slowest one.
   *
   * @param requestsPerSecond of the whole fleet
   */
  latencyWithin(requestsPerSecond: number): MathExpression {
    return new MathExpression({
      expression: `IF(requests >= ${LEAST_OF_P99} AND requests <= ${requestsPerSecond * 60}, p99, 0)`,
      usingMetrics: { requests: this.requests(), p99: this.latency('p99') },
      label: 'p99 within the planned load',
      ...MINUTE,
    });
  }

  /** Instances that pass the health check. */
  healthyHosts(): Metric {
    const { metrics } = this.props.targetGroup;
    return this.named(metrics.healthyHostCount({ ...MINUTE, statistic: 'Minimum', label: 'healthy hosts' }));
  }

  /**
   * Instances that tell of themselves, in the zone that has fewest; one without an instance has no datapoints.
   *
   * Not the load balancer's count by zone: its nodes look at the targets of all zones, and whether it counts by the zone of
   * the node or of the target is not written anywhere.
   */
  emptiestZoneInstances(): MathExpression {
    const zones = this.props.zones.map((zone, i) => [`zone${i}`, this.instancesIn(zone)] as const);
    return new MathExpression({
      expression: `MIN([${zones.map(([id]) => `FILL(${id}, 0)`).join(', ')}])`,
      usingMetrics: Object.fromEntries(zones),
      label: 'instances of the emptiest zone',
      ...MINUTE,
    });
  }

  /** Each writes a line a minute, so that lines are counted. */
  private instancesIn(zone: string): Metric {
    const lines = this.own(ZONE_METRIC, 'SampleCount', MINUTE.period, { [ZONE_DIMENSION]: zone });
    return lines.with({ label: zone });
  }

  /** Of each zone of the fleet, for a graph. */
  instancesByZone(): Metric[] {
    return this.props.zones.map((zone) => this.instancesIn(zone));
  }

  /** Told by the function that judges deployments. */
  canaryWithdrawn(): Metric {
    return this.own(WITHDRAWN_METRIC, 'Maximum');
  }

  /** Boots that ended without a handler that answers, by five minutes. */
  bootFailures(): Metric {
    return this.props.fleet.metricBootFailures(Duration.minutes(MEASURES.bootFailures.minutes));
  }

  /** Notices that EC2 takes an instance back, by the hour. */
  spotInterruptions(): Metric {
    return this.own(SPOT_INTERRUPTIONS_METRIC, 'Sum', Duration.minutes(MEASURES.spotInterruptions.minutes));
  }

  /** Instances that the group wants. */
  wantedInstances(): Metric {
    return this.props.fleet.metricGroup('GroupDesiredCapacity', 'instances wanted');
  }

  /** Instances in service. */
  instancesInService(): Metric {
    return this.props.fleet.metricGroup('GroupInServiceInstances', 'instances in service');
  }

  /** Instances that the group wants and has not in service. */
  missingInstances(): MathExpression {
    return new MathExpression({
      expression: 'wanted - inService',
      usingMetrics: { wanted: this.wantedInstances(), inService: this.instancesInService() },
      label: 'instances missing',
      ...MINUTE,
    });
  }

  /**
   * Processes of handlers that run another release than that of this template: more than 0 while instances are replaced.
   * Each writes a line a minute, so that lines are counted.
   */
  otherReleases(minutes = 1): MathExpression {
    const period = Duration.minutes(minutes);
    const lines = (dimensions?: Record<string, string>) => this.own(RELEASE_METRIC, 'SampleCount', period, dimensions);
    return new MathExpression({
      expression: 'FILL(every, 0) - FILL(ours, 0)',
      usingMetrics: { every: lines(), ours: lines({ [RELEASE_DIMENSION]: this.props.release }) },
      label: 'processes of another release',
      period,
    });
  }

  /** Processes of handlers by release, every release that there has been: where a line ends and another begins is a deployment. */
  releases(): MathExpression {
    const { endpoint } = this.props;
    const dimensions = [METRIC_NAMESPACE, ENDPOINT_DIMENSION, RELEASE_DIMENSION].join(',');
    return new MathExpression({
      expression: `SEARCH('{${dimensions}} MetricName="${RELEASE_METRIC}" ${ENDPOINT_DIMENSION}="${endpoint}"', 'SampleCount', 60)`,
      usingMetrics: {},
      label: '',
      ...MINUTE,
    });
  }

  /** CPU of the instances, percent, mean of the fleet. */
  cpuPercent(): Metric {
    return this.props.fleet.metricCpuUtilization();
  }

  /** CPU credits that the fleet bought, vCPU-minutes by the day; only of burstable types. */
  surplusCredits(): Metric {
    return this.props.fleet.metricCredits(
      'SurplusCreditsCharged',
      'Sum',
      Duration.minutes(MEASURES.surplusCredits.minutes),
    );
  }

  /** CPU credits of the instance that has fewest, by five minutes, which is as often as EC2 tells; only of burstable types. */
  creditBalance(): Metric {
    return this.props.fleet.metricCredits('CreditBalance', 'Minimum', Duration.minutes(MEASURES.creditBalance.minutes));
  }

  /** Rows for the shadow that it did not get, as percent of those that it was to get; 0 without any. */
  shadowDroppedPercent(minutes: number): MathExpression {
    const period = Duration.minutes(minutes);
    const usingMetrics = {
      dropped: this.shadow('ShadowDroppedRows', period),
      answered: this.shadow('ShadowRows', period),
      unanswered: this.shadow('ShadowUnansweredRows', period),
    };
    const all = '(FILL(dropped, 0) + FILL(answered, 0) + FILL(unanswered, 0))';
    return new MathExpression({
      expression: `IF(${all} > 0, 100 * FILL(dropped, 0) / ${all}, 0)`,
      usingMetrics,
      label: 'rows for the shadow that it did not get, %',
      period,
    });
  }

  /** What is told of a shadow: sums. */
  shadow(metricName: ShadowMetric, period = Duration.minutes(1)): Metric {
    return this.own(metricName, 'Sum', period);
  }

  /** Of the instance that uses most. */
  memoryPercent(): Metric {
    return this.own(MEMORY_METRIC, 'Maximum');
  }

  /** Of the root volume that is fullest. */
  diskPercent(): Metric {
    return this.own(DISK_METRIC, 'Maximum');
  }

  /** Days, of the machine image that is oldest. */
  imageAge(): Metric {
    return this.own(IMAGE_AGE_METRIC, 'Maximum', Duration.minutes(MEASURES.imageAgeDays.minutes));
  }

  /** Days until the certificate ends, or the first of several, by the day. */
  certificateDays(): Metric | MathExpression {
    const { certificate, certificates = [] } = this.props;
    return daysToExpiry([certificate!, ...certificates]);
  }

  /** Population stability index of the column that moved most, mean of the workers, by the quarter of an hour. */
  dataDrift(): Metric {
    return this.own(DRIFT_METRIC, 'Average', Duration.minutes(MEASURES.dataDrift.minutes));
  }

  /** What the handlers say of one of several versions: sums of counts, the longest of times, the mean of answers. */
  version(metricName: VersionMetric, version: string): Metric {
    const statistic = { Count: 'Sum', Milliseconds: 'Maximum', None: 'Average' }[VERSION_METRICS[metricName]];
    const further = { [VERSION_DIMENSION]: version };
    return this.own(metricName, statistic, Duration.minutes(1), further).with({ label: version });
  }

  /** What the handlers say of themselves: sums of counts, and the longest of times. */
  handler(metricName: HandlerMetric): Metric {
    return this.own(metricName, HANDLER_METRICS[metricName] === 'Count' ? 'Sum' : 'Maximum');
  }

  /** A metric that the instances publish. */
  private own(
    metricName: string,
    statistic: string,
    period = Duration.minutes(1),
    further: Record<string, string> = {},
  ): Metric {
    const dimensionsMap = { [ENDPOINT_DIMENSION]: this.props.endpoint, ...further };
    return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period });
  }
}
