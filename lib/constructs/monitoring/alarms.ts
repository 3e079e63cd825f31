/** Alarms named for symptoms. Each description says what it means and the first step to take. */
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { DRIFT_THRESHOLD } from '../../model/instance/instance-metrics';
import type { AlarmName } from '../../sizing/endpoint-parts';
import type { SizingPlan } from '../../sizing/plan';
import type { EndpointMetrics } from './endpoint-metrics';

export interface AlarmsProps {
  readonly metrics: EndpointMetrics;
  /** Thresholds come from here. */
  readonly plan: SizingPlan;
  /** Whether the package knows the rows of training, so that drift is measured. */
  readonly watchesData: boolean;
  /** @default - nobody is told */
  readonly action?: IAlarmAction;
}

interface Symptom {
  readonly metric: IMetric;
  readonly threshold: number;
  readonly below?: boolean;
  /** Alarm when so many of so many datapoints breach. */
  readonly datapoints: readonly [breaching: number, of: number];
  readonly missing?: TreatMissingData;
  readonly description: string;
}

export class Alarms extends Construct {
  /** Absent where requests are joined: CPU then does not show how full workers are. */
  readonly cpu?: Alarm;
  /** In place of `cpu`. */
  readonly overload?: Alarm;
  readonly memory: Alarm;
  readonly disk: Alarm;
  readonly unhealthyHosts: Alarm;
  readonly serverErrors: Alarm;
  readonly latency: Alarm;
  readonly prediction: Alarm;
  readonly certificateExpiry: Alarm;
  /** Absent where the package was made without training rows. */
  readonly dataDrift?: Alarm;
  private readonly made: Alarm[] = [];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { metrics, plan } = props;
    const { alarms } = plan;
    const least = plan.instances.minimum;
    const symptom = (name: AlarmName, options: Symptom): Alarm => {
      const [datapointsToAlarm, evaluationPeriods] = options.datapoints;
      const alarm = new Alarm(this, name, {
        metric: options.metric,
        threshold: options.threshold,
        comparisonOperator: options.below
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_THRESHOLD,
        datapointsToAlarm,
        evaluationPeriods,
        treatMissingData: options.missing ?? TreatMissingData.NOT_BREACHING,
        alarmDescription: options.description,
      });
      if (props.action) {
        alarm.addAlarmAction(props.action);
        alarm.addOkAction(props.action);
      }
      this.made.push(alarm);
      return alarm;
    };

    this.unhealthyHosts = symptom('UnhealthyHosts', {
      metric: metrics.healthyHosts(),
      threshold: least,
      below: true,
      datapoints: [3, 5],
      missing: TreatMissingData.BREACHING, // no targets, no datapoints
      description: `Fewer than ${least} instance(s) pass the health check, so the endpoint is down or has no reserve. First step: read the boot and handler streams of the newest instance in the log group.`,
    });
    this.serverErrors = symptom('ServerErrors', {
      metric: metrics.serverErrorPercent(),
      threshold: alarms.serverErrorPercent,
      datapoints: [3, 5],
      description: `More than ${alarms.serverErrorPercent} % of the requests are answered 5xx. First step: see on the dashboard whether CPU is high (503: overload, add capacity); if not, read the handler's log.`,
    });
    this.latency = symptom('Latency', {
      metric: metrics.latency('p99'),
      threshold: alarms.p99Ms / 1000,
      datapoints: [3, 5],
      description: `The slowest hundredth of the requests take longer than ${alarms.p99Ms} ms. First step: compare requests and CPU on the dashboard with the sizing plan; if the traffic has grown, plan again.`,
    });
    this.prediction = symptom('Prediction', {
      metric: metrics.latencyWithin(plan.serviceLevel.requestsPerSecond),
      threshold: alarms.predictedP99Ms / 1000,
      datapoints: [12, 15],
      description: `For a quarter of an hour p99 has been above the ${alarms.predictedP99Ms} ms that the sizing plan allows for, with no more traffic than was planned: the plan is wrong about this model or these instances. First step: "slipway compare" for this stage shows by how much, and what to plan instead.`,
    });
    if (alarms.cpuPercent !== undefined) {
      this.cpu = symptom('Cpu', {
        metric: metrics.cpuPercent(),
        threshold: alarms.cpuPercent,
        datapoints: [5, 5],
        description: `CPU has been above ${alarms.cpuPercent} % for five minutes; requests queue. First step: see whether the group is at its maximum size; if so, raise requestsPerSecond and plan again.`,
      });
    }
    if (alarms.requestsPerSecond !== undefined) {
      this.overload = symptom('Overload', {
        metric: metrics.requests(),
        threshold: alarms.requestsPerSecond * 60,
        datapoints: [5, 5],
        description: `For five minutes there have been more than ${alarms.requestsPerSecond} requests a second, which is what the planned fleet carries with the loss that it must bear. First step: see whether the group is at its maximum size; if so, raise requestsPerSecond and plan again.`,
      });
    }
    this.memory = symptom('Memory', {
      metric: metrics.memoryPercent(),
      threshold: alarms.memoryPercent,
      datapoints: [5, 5],
      description: `An instance uses more than ${alarms.memoryPercent} % of its memory; soon the handler is ended and restarted. First step: see which instance, and whether it grows steadily (a leak) or since a new model (plan again).`,
    });
    this.disk = symptom('Disk', {
      metric: metrics.diskPercent(),
      threshold: alarms.diskPercent,
      datapoints: [3, 3],
      description: `The root volume of an instance is more than ${alarms.diskPercent} % full. First step: terminate that instance, a group replaces it; then find in its logs what was written.`,
    });
    this.certificateExpiry = symptom('CertificateExpiry', {
      metric: metrics.certificateDays(),
      threshold: alarms.certificateDays,
      below: true,
      datapoints: [1, 1],
      missing: TreatMissingData.IGNORE, // published by the day, and not before the first
      description: `The certificate ends in less than ${alarms.certificateDays} days and has not been renewed. First step: see in ACM whether the validation record is still in the hosted zone; an imported certificate has to be imported again.`,
    });
    if (props.watchesData) {
      this.dataDrift = symptom('DataDrift', {
        metric: metrics.dataDrift(),
        threshold: DRIFT_THRESHOLD,
        datapoints: [3, 3],
        description: `For three quarters of an hour the rows that come in have been unlike those of training: the population stability index of a column is above ${DRIFT_THRESHOLD}. First step: /metrics of an instance has slipway_data_drift by column; see whether a client sends it otherwise than before (a unit, a default), or the world has changed and the model wants training.`,
      });
    }
  }

  /** All of them, in the order of their importance. */
  all(): Alarm[] {
    return [...this.made];
  }
}
