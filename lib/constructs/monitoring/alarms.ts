/** The alarms of a plan in CloudWatch. Each description says what it means and the first step to take. */
import { Alarm, ComparisonOperator, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Ec2Action, Ec2InstanceAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import { type AlarmName, type PlannedAlarm, plannedAlarms } from '../../sizing/alarms';
import type { SizingPlan } from '../../sizing/plan';
import type { Fleet } from '../fleet/fleet';
import type { EndpointMetrics } from './endpoint-metrics';

export interface AlarmsProps {
  readonly metrics: EndpointMetrics;
  readonly fleet: Fleet;
  /** Thresholds come from here. */
  readonly plan: SizingPlan;
  /** Whether the package knows the rows of training, so that drift is measured. */
  readonly watchesData: boolean;
  /** @default - nobody is told */
  readonly action?: IAlarmAction;
}

const COMPARISON = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  'at least': ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;

const MISSING = {
  good: TreatMissingData.NOT_BREACHING,
  breaching: TreatMissingData.BREACHING,
  ignored: TreatMissingData.IGNORE,
  unknown: TreatMissingData.MISSING,
} as const;

const ACTION = { recover: Ec2InstanceAction.RECOVER, reboot: Ec2InstanceAction.REBOOT } as const;

export class Alarms extends Construct {
  private readonly made = new Map<AlarmName, { readonly planned: PlannedAlarm; readonly alarm: Alarm }>();

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    for (const planned of plannedAlarms(props.plan, props.watchesData)) {
      this.made.set(planned.name, { planned, alarm: this.alarmOf(planned, props) });
    }
  }

  /** An alarm, or undefined where the plan has none of that name. */
  get(name: AlarmName): Alarm | undefined {
    return this.made.get(name)?.alarm;
  }

  /** All of them, in the order of their importance. */
  all(): Alarm[] {
    return [...this.made.values()].map(({ alarm }) => alarm);
  }

  /** Those of which somebody is told, and to which AWS does nothing by itself. */
  told(): Alarm[] {
    return [...this.made.values()].filter(({ planned }) => !planned.action).map(({ alarm }) => alarm);
  }

  private alarmOf(planned: PlannedAlarm, { metrics, fleet, plan, action }: AlarmsProps): Alarm {
    // what acts on the VM is beside the VM
    const alarm = new Alarm(planned.action ? fleet.resource.node.scope! : this, planned.name, {
      metric: metrics.of(planned.measure, plan),
      threshold: planned.threshold,
      comparisonOperator: COMPARISON[planned.comparison],
      evaluationPeriods: planned.datapoints,
      datapointsToAlarm: planned.breaching,
      treatMissingData: MISSING[planned.missing ?? 'good'],
      alarmDescription: `${planned.meaning} First step: ${planned.firstStep}`,
    });
    if (planned.action) alarm.addAlarmAction(new Ec2Action(ACTION[planned.action]));
    else if (action) {
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
    return alarm;
  }
}
