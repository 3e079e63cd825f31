/** The alarms of a plan in CloudWatch. Each description says what it means and the first step to take. */
import { Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type AlarmName, type PlannedAlarm, plannedAlarms } from '../../sizing/alarms';
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

const COMPARISON = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

const MISSING = {
  good: TreatMissingData.NOT_BREACHING,
  breaching: TreatMissingData.BREACHING,
  ignored: TreatMissingData.IGNORE,
} as const;

export class Alarms extends Construct {
  private readonly made = new Map<AlarmName, Alarm>();

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    for (const planned of plannedAlarms(props.plan, props.watchesData)) {
      this.made.set(planned.name, this.alarmOf(planned, props));
    }
  }

  /** An alarm, or undefined where the plan has none of that name. */
  get(name: AlarmName): Alarm | undefined {
    return this.made.get(name);
  }

  /** All of them, in the order of their importance. */
  all(): Alarm[] {
    return [...this.made.values()];
  }

  private alarmOf(planned: PlannedAlarm, { metrics, plan, action }: AlarmsProps): Alarm {
    const alarm = new Alarm(this, planned.name, {
      metric: metrics.of(planned.measure, plan),
      threshold: planned.threshold,
      comparisonOperator: COMPARISON[planned.comparison],
      evaluationPeriods: planned.datapoints,
      datapointsToAlarm: planned.breaching,
      treatMissingData: MISSING[planned.missing ?? 'good'],
      alarmDescription: `${planned.meaning} First step: ${planned.firstStep}`,
    });
    if (action) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    return alarm;
  }
}
