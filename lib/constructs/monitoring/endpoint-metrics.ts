/** The metrics of an endpoint: what its alarms watch and its dashboard shows. */
import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  type ApplicationLoadBalancer,
  type ApplicationTargetGroup,
  HttpCodeElb,
  HttpCodeTarget,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { HANDLER_METRICS, type HandlerMetric } from '../../model/instance/handler-metrics';
import {
  DISK_METRIC,
  DRIFT_METRIC,
  ENDPOINT_DIMENSION,
  MEMORY_METRIC,
  METRIC_NAMESPACE,
} from '../../model/instance/instance-metrics';
import { MEASURES, type Measure } from '../../sizing/alarms';
import type { SizingPlan } from '../../sizing/plan';
import type { Fleet } from '../fleet/fleet';

export interface EndpointMetricsProps {
  /** Value of the dimension `Endpoint`. */
  readonly endpoint: string;
  readonly fleet: Fleet;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  readonly certificate: ICertificate;
}

/** None of the three has datapoints where it counted nothing; `RequestCount` has none either while there is no target. */
const SERVER_ERROR_PERCENT =
  'IF(FILL(requests, 0) + FILL(byBalancer, 0) > 0, 100 * (FILL(byBalancer, 0) + FILL(byHandler, 0)) / (FILL(requests, 0) + FILL(byBalancer, 0)), 0)';

const MINUTE = { period: Duration.minutes(1) };

/** CloudWatch's metric for whatever an alarm watches. */
const METRIC_OF: Readonly<Record<Measure, (metrics: EndpointMetrics, plan: SizingPlan) => IMetric>> = {
  healthyHosts: (metrics) => metrics.healthyHosts(),
  serverErrorPercent: (metrics) => metrics.serverErrorPercent(),
  p99Seconds: (metrics) => metrics.latency('p99'),
  p99SecondsWithinPlan: (metrics, { serviceLevel }) => metrics.latencyWithin(serviceLevel.requestsPerSecond),
  cpuPercent: (metrics) => metrics.cpuPercent(),
  requestsPerMinute: (metrics) => metrics.requests(),
  memoryPercent: (metrics) => metrics.memoryPercent(),
  diskPercent: (metrics) => metrics.diskPercent(),
  certificateDays: (metrics) => metrics.certificateDays(),
  surplusCredits: (metrics) => metrics.surplusCredits(),
  creditBalance: (metrics) => metrics.creditBalance(),
  dataDrift: (metrics) => metrics.dataDrift(),
};

/** All by the minute, except the certificate's and the drift. */
export class EndpointMetrics {
  constructor(private readonly props: EndpointMetricsProps) {}

  /** What an alarm of the plan watches. */
  of(measure: Measure, plan: SizingPlan): IMetric {
    return METRIC_OF[measure](this, plan);
  }

  /** Requests that reached the load balancer. */
  requests(): Metric {
    return this.props.loadBalancer.metrics.requestCount({ ...MINUTE, label: 'requests' });
  }

  /**
   * Answers 5xx of the handler and of the load balancer itself, as percent of the requests; 0 without any.
   *
   * `RequestCount` has only the requests for which there was a target, so that those which the load balancer answers are
   * added. Some of them had a target and count twice: half of the share is shown at worst, where it is all of them.
   */
  serverErrorPercent(): IMetric {
    return new MathExpression({
      expression: SERVER_ERROR_PERCENT,
      usingMetrics: {
        requests: this.requests(),
        byBalancer: this.props.loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, MINUTE),
        byHandler: this.props.targetGroup.metrics.httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, MINUTE),
      },
      label: '5xx %',
      ...MINUTE,
    });
  }

  /** Seconds between the load balancer's sending a request to an instance and the answer, at a percentile. */
  latency(statistic: string): Metric {
    return this.props.targetGroup.metrics.targetResponseTime({ ...MINUTE, statistic, label: statistic });
  }

  /** p99 in seconds while the load is no more than this; 0 while it is more. @param requestsPerSecond of the whole fleet */
  latencyWithin(requestsPerSecond: number): IMetric {
    return new MathExpression({
      expression: `IF(requests <= ${requestsPerSecond * 60}, p99, 0)`,
      usingMetrics: { requests: this.requests(), p99: this.latency('p99') },
      label: 'p99 within the planned load',
      ...MINUTE,
    });
  }

  /** Instances that pass the health check. */
  healthyHosts(): Metric {
    return this.props.targetGroup.metrics.healthyHostCount({ ...MINUTE, statistic: 'Minimum', label: 'healthy hosts' });
  }

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

  /** Of the instance that uses most. */
  memoryPercent(): Metric {
    return this.own(MEMORY_METRIC, 'Maximum');
  }

  /** Of the root volume that is fullest. */
  diskPercent(): Metric {
    return this.own(DISK_METRIC, 'Maximum');
  }

  /** Days until the certificate ends, by the day. */
  certificateDays(): Metric {
    return this.props.certificate.metricDaysToExpiry({ label: 'days to expiry' });
  }

  /** Population stability index of the column that moved most, mean of the workers, by the quarter of an hour. */
  dataDrift(): Metric {
    return this.own(DRIFT_METRIC, 'Average', Duration.minutes(MEASURES.dataDrift.minutes));
  }

  /** What the handlers say of themselves: sums of counts, and the longest of times. */
  handler(metricName: HandlerMetric): Metric {
    return this.own(metricName, HANDLER_METRICS[metricName] === 'Count' ? 'Sum' : 'Maximum');
  }

  /** A metric that the instances publish. */
  private own(metricName: string, statistic: string, period = Duration.minutes(1)): Metric {
    const dimensionsMap = { [ENDPOINT_DIMENSION]: this.props.endpoint };
    return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period });
  }
}
