/** The alarms of a plan in CloudWatch. Each description says what it means and the first step to take. */
import { Stage } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
  type IAlarmAction,
  type IAlarmRule,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IDependable } from 'constructs';
import type { PlannedAlarm } from '../../sizing/alarms/alarm';
import type { AlarmName } from '../../sizing/alarms/alarms';
import { plannedAlarms, RUNBOOK } from '../../sizing/alarms/planned-alarms';
import type { SizingPlan } from '../../sizing/plan/plan';
import { acknowledgePart } from '../findings/acknowledgements';
import { alarmName } from './alarm-name';
import type { EndpointMetrics } from './endpoint-metrics';

/** Alarms with the numbers of a plan. */
export interface Planned {
  readonly planned: readonly PlannedAlarm<string>[];
  /** CloudWatch's metric of what one watches. @param minutes of a datapoint */
  readonly metricOf: (alarm: PlannedAlarm<string>, minutes: number) => IMetric;
  /** Where a section for each lies. */
  readonly runbook: string;
}

/** Those of instances. @param watchesData whether the package knows the rows of training, so that drift is measured */
export function alarmsOfInstances(metrics: EndpointMetrics, plan: SizingPlan, watchesData: boolean): Planned {
  return {
    planned: plannedAlarms(plan, watchesData),
    metricOf: (alarm, minutes) => metrics.of(alarm as PlannedAlarm, plan, minutes),
    runbook: RUNBOOK,
  };
}

export interface AlarmsProps extends Planned {
  /** What is there with the first instance that is ready: alarms are made then. @default - they are in a stack of their own, which is made before it */
  readonly watched?: IDependable;
  /** What the alarms are of, as their names say, which have so many characters at most. */
  readonly of: { readonly domainName: string; readonly model: string; readonly longest?: number };
  /** What tells somebody at once, and what tells in working hours. @default - nobody is told */
  readonly actions?: { readonly page?: IAlarmAction; readonly inform?: IAlarmAction };
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
} as const;

interface Named {
  readonly alarm: Alarm;
  /** As other stacks know it. */
  readonly name: string;
}

interface Made extends Named {
  readonly planned: PlannedAlarm<string>;
  /** The same over a shorter time, where both must be on. */
  readonly also?: Named;
}

const descriptionOf = ({ meaning, firstStep, runbook }: PlannedAlarm<string>) =>
  `${meaning} First step: ${firstStep} ${runbook}`;

/** The alarms of a plan; who is woken by them is told by `Alarms`. */
export class AlarmSet extends Construct {
  protected readonly made = new Map<string, Made>();

  constructor(
    scope: Construct,
    id: string,
    protected readonly props: AlarmsProps,
  ) {
    super(scope, id);
    acknowledgePart(this, 'alarms');
    for (const planned of props.planned) {
      const { alsoMinutes, name, minutes } = planned;
      const made = this.alarmOf(planned, name, planned.symptom, minutes, descriptionOf(planned));
      const { alarm } = made;
      const also =
        alsoMinutes === undefined
          ? undefined
          : this.alarmOf(
              planned,
              `${name}Now`,
              `${planned.symptom}, ${alsoMinutes} min`,
              alsoMinutes,
              `The same over ${alsoMinutes} minutes: it pages while both are on, and ends soon after the fault. First step: that of the other. ${planned.runbook}`,
            );
      this.made.set(name, { planned, ...made, ...(also && { also }) });
      // its end is no news: only of what pages somebody waits for it, and a first deployment is the end of not knowing
      const action = props.actions?.inform ?? (planned.early ? props.actions?.page : undefined);
      if (planned.severity === 'inform' && action) alarm.addAlarmAction(action);
    }
  }

  /** An alarm, or undefined where the plan has none of that name. */
  get(name: AlarmName): Alarm | undefined {
    return this.made.get(name)?.alarm;
  }

  /** All of them, in the order of their importance. */
  all(): Alarm[] {
    return [...this.made.values()].flatMap(({ alarm, also }) => (also ? [alarm, also.alarm] : [alarm]));
  }

  /** All of them as another stack knows them, by their names. @param scope of that stack */
  asSeenBy(scope: Construct): IAlarm[] {
    const names = [...this.made.values()].flatMap(({ name, also }) => (also ? [name, also.name] : [name]));
    return names.map((name, i) => Alarm.fromAlarmName(scope, `Alarm${i}`, name));
  }

  /** Those that page, with the rule by which each is on. */
  paging(): { readonly planned: PlannedAlarm<string>; readonly on: IAlarmRule }[] {
    return [...this.made.values()]
      .filter(({ planned }) => planned.severity.startsWith('page'))
      .map((made) => ({
        planned: made.planned,
        on: made.also ? AlarmRule.allOf(this.isOn(made), this.isOn(made.also)) : this.isOn(made),
      }));
  }

  /** By its name alone where another stack has the rule: that is shorter, and no output is needed. */
  protected isOn({ alarm, name }: Named): IAlarmRule {
    if (this.props.watched) return AlarmRule.fromAlarm(alarm, AlarmState.ALARM);
    return AlarmRule.fromString(`${AlarmState.ALARM}("${name}")`);
  }

  /** Names of those that take a deployment back. The group refers to them, so they are made before it. */
  rollingBack(): string[] {
    return [...this.made.values()]
      .filter(({ planned }) => planned.rollsBack)
      .map(({ alarm, name }) => (this.props.watched ? alarm.alarmName : name));
  }

  protected nameOf(symptom: string): string {
    const { longest, ...of } = this.props.of;
    return alarmName(symptom, { ...of, stage: Stage.of(this)?.stageName ?? '' }, longest);
  }

  private alarmOf(
    planned: PlannedAlarm<string>,
    id: string,
    symptom: string,
    minutes: number,
    alarmDescription: string,
  ): Named {
    const { metricOf, watched } = this.props;
    const name = this.nameOf(symptom);
    const alarm = new Alarm(this, id, {
      alarmName: name,
      metric: metricOf(planned, minutes),
      threshold: planned.threshold,
      comparisonOperator: COMPARISON[planned.comparison],
      evaluationPeriods: planned.datapoints,
      datapointsToAlarm: planned.breaching,
      treatMissingData: MISSING[planned.missing ?? 'good'],
      // p99 of a few requests is the slowest of them
      ...(/^p99(?:Seconds|Ms)$/.test(planned.measure) && { evaluateLowSampleCountPercentile: 'ignore' }),
      alarmDescription,
    });
    // made when there is something to watch: otherwise those that miss instances fire, and page, while the first ones boot
    if (watched && !planned.rollsBack && !planned.early) alarm.node.addDependency(watched); // a group refers to those that take it back, and waits for a canary
    return { alarm, name };
  }
}

export interface AlarmsOfFleet extends AlarmsProps {
  /** Of the models of the fleet. @default - it has one, whose alarms are these */
  readonly models?: readonly AlarmSet[];
}

/**
 * Alarms that page do so through one that is composed of them, so that one fault pages once. It leaves those out that a
 * deployment can cause while one runs; that is a part of its rule, and holds for no longer than a deployment may take.
 */
export class Alarms extends AlarmSet {
  /** The one that pages. */
  readonly page: CompositeAlarm;
  private readonly pageName: string;

  constructor(scope: Construct, id: string, props: AlarmsOfFleet) {
    super(scope, id, props);
    const { models = [] } = props;
    const paging = this.paging();
    const ofModels = models.flatMap((model) => model.paging());
    const symptoms = new Set([...paging, ...ofModels].map(({ planned }) => planned.symptom));
    this.pageName = this.nameOf('clients are harmed');
    this.page = new CompositeAlarm(this, 'Page', {
      compositeAlarmName: this.pageName,
      alarmDescription: [
        'Clients are harmed, or about to be:',
        `${[...symptoms].join(', or ')}.`,
        `First step: see which of these alarms is on; ${props.runbook} has a section for each.`,
      ].join(' '),
      alarmRule: AlarmRule.anyOf(
        ...paging.map(({ planned, on: rule }) =>
          planned.severity === 'page always' ? rule : this.unlessDeploying(rule),
        ),
        ...(ofModels.length > 0
          ? [this.unlessDeploying(AlarmRule.anyOf(...ofModels.map(({ on: rule }) => rule)))]
          : []),
      ),
    });
    if (props.actions?.page) {
      this.page.addAlarmAction(props.actions.page);
      this.page.addOkAction(props.actions.page);
    }
  }

  override asSeenBy(scope: Construct): IAlarm[] {
    return [Alarm.fromAlarmName(scope, 'Page', this.pageName), ...super.asSeenBy(scope)];
  }

  private unlessDeploying(rule: IAlarmRule): IAlarmRule {
    const [running, hangs] = [this.made.get('Deploying'), this.made.get('DeploymentHangs')];
    if (!running || !hangs) return rule;
    return AlarmRule.allOf(rule, AlarmRule.anyOf(AlarmRule.not(this.isOn(running)), this.isOn(hangs)));
  }
}
