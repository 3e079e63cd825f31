/** A canary of a fleet: one small group serves all of its models, and each of them is judged by itself. */
import { type CustomResource, Fn, Stack } from 'aws-cdk-lib';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { CanaryModel, Judged } from '../../model/stage/deployment';
import type { Rollout } from '../../model/stage/rollout';
import type { SizingPlan } from '../../sizing/plan/plan';
import type { Fleet } from '../fleet/fleet';
import type { Door } from '../front-door/door';
import type { Canary } from './canary';
import type { Judge } from './judge';
import { judgement } from './judging-function';
import { canarySteps, whenNew } from './steps';

/** A parameter has 4,096 characters at most (Systems Manager API, PutParameter), and a model with the longest name and path 1,300. */
const MODELS_OF_TEXT = 3;

export interface FleetTrialProps {
  readonly canary: Canary;
  readonly rollout: Rollout;
  readonly judge: Judge;
  /** Of the fleet. */
  readonly plan: SizingPlan;
  readonly fleet: Fleet;
  /** Dimension of the metrics of the fleet. */
  readonly endpoint: string;
  /** What each model is judged by, in the order of those of the canary, and where it stands. */
  readonly members: readonly { readonly judged: Judged; readonly door: Door }[];
}

export class FleetTrial extends Construct {
  /** What comes to be when all requests go to instances that are new. */
  readonly handed: CustomResource;

  constructor(scope: Construct, id: string, props: FleetTrialProps) {
    super(scope, id);
    const { canary, judge, fleet, endpoint, members } = props;
    const { member: _, ...first } = members[0]!.judged;
    const each = members.map(({ judged }, i) => toldOf(judged, canary.models[i]!));
    const lists = Array.from({ length: Math.ceil(each.length / MODELS_OF_TEXT) }, (_, i) => {
      const some = each.slice(i * MODELS_OF_TEXT, (i + 1) * MODELS_OF_TEXT);
      return this.text(`Models${i + 1}`, some);
    });
    const models = Fn.join('', ['[', ...lists.flatMap((list, i) => (i === 0 ? [list] : [',', list])), ']']);
    const settings = { ...first, endpoint, canary: canary.settings };
    const routes = members.map(({ door }) => door.route);
    const may = canarySteps(this, { ...props, settings, told: this.text('Settings', settings), models, routes });
    const whole = { ...settings, canary: whenNew(settings.canary, fleet) };
    this.handed = judgement(this, 'Handed', { Task: 'hand', Models: models }, whole, judge.function);
    this.handed.node.addDependency(may, fleet.group, fleet.created);
  }

  /**
   * Every step is told the same, and a template would have that in each. So it is once the value of a parameter, which costs
   * nothing, and the steps name that.
   */
  private text(id: string, value: object): string {
    const description = 'What a deployment tells the function that judges it';
    return new CfnParameter(this, id, { type: 'String', description, value: Stack.of(this).toJsonString(value) })
      .attrValue;
  }
}

/** What the function is told of a model. */
function toldOf(
  { member, url, connectTo, p99Ms }: Judged,
  { main, canary, divides }: Canary['models'][number],
): CanaryModel {
  const { rule } = divides as { readonly rule: string };
  return { ...{ member: member!, url, p99Ms, rule, main, canary }, ...(connectTo !== undefined && { connectTo }) };
}
