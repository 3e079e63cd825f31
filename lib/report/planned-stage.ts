/** A stage as it is planned in one commit, and in two. */
import type { ComputeProfile } from '../model/package/profile';
import type { FunctionPlan } from '../sizing';
import type { Cost, SizingPlan } from '../sizing/plan/plan';
import type { FrontDoorKind } from '../sizing/service-level/front-door';
import type { ServiceLevel } from '../sizing/service-level/service-level';
import { fewestOfWeek } from './plan-text';

/** What of a stage is not in its plan. */
export interface Deployment {
  /** Region and account. */
  readonly place: string;
  readonly domainName: string;
  /** What clients write after `https://`. @default - the domain name */
  readonly address?: string;
  /** Names of the stacks that are made for the domain name. */
  readonly stacks: readonly string[];
  /** Of an existing network. @default - the stage has a network of its own */
  readonly vpcId?: string;
  /** Addresses of its own network. @default - as always */
  readonly cidr?: string;
  /** Whether its load balancer has no public addresses. @default false */
  readonly internal?: boolean;
  readonly frontDoor?: FrontDoorKind;
  /** ARN of the load balancer of the user's behind which it stands. @default - it has one that is made */
  readonly balancer?: string;
  /** Whether instances are called by HTTPS. @default false */
  readonly backendTls?: boolean;
  /** Ids of the zones of its own network, in the order of its subnets. @default - the stage has none */
  readonly zones?: readonly string[];
  /** AMI id, and its date where it is known. @default - the newest at each deployment */
  readonly machineImage?: string;
  /** What answers requests. @default - instances */
  readonly compute?: 'lambda';
}

/** A stage as it is planned in one commit. */
export interface PlannedStage {
  readonly name: string;
  readonly region: string;
  readonly serviceLevel: ServiceLevel;
  readonly profile: ComputeProfile;
  /** What decides how a deployment of it goes. @default - not known */
  readonly deployment?: Deployment;
  /** The plan, or why there is none. */
  readonly outcome: SizingPlan | FunctionPlan | { readonly infeasible: string };
}

/** A stage in two commits; absent in the one that does not have it. */
export interface StageChange {
  readonly before?: PlannedStage;
  readonly after?: PlannedStage;
}

/** USD a month of the network and the front door that the models of a stage share, in two commits. */
export interface SharedChange {
  readonly stage: string;
  readonly before?: number;
  readonly after?: number;
}

export const isInfeasible = (outcome: PlannedStage['outcome']) => 'infeasible' in outcome;
export const isPlan = (outcome: PlannedStage['outcome']): outcome is SizingPlan => 'choice' in outcome;
export const isFunction = (outcome: PlannedStage['outcome']): outcome is FunctionPlan => 'compute' in outcome;
/** The plan of instances, if it is one. */
export const planOf = (stage: PlannedStage | undefined): SizingPlan | undefined =>
  stage && isPlan(stage.outcome) ? stage.outcome : undefined;
export const costOf = (stage: PlannedStage | undefined): Cost | undefined =>
  stage && !('infeasible' in stage.outcome) ? stage.outcome.cost : undefined;

export function p99Of(stage: PlannedStage | undefined): number | undefined {
  const outcome = stage?.outcome;
  if (!outcome || 'infeasible' in outcome) return undefined;
  return isFunction(outcome) ? outcome.p99Ms : outcome.predicted.p99Ms;
}

export function fleetText(stage: PlannedStage | undefined): string {
  if (!stage) return 'none';
  const { outcome } = stage;
  if (isFunction(outcome)) return `a function of ${outcome.memoryMB} MB`;
  const plan = planOf(stage);
  const fewest = plan?.daily ? `${plan.instances.minimum} to ` : plan?.weekly ? `${fewestOfWeek(plan.weekly)} to ` : '';
  return plan ? `${fewest}${plan.choice.instances} x ${plan.choice.instanceType}` : '**no fleet keeps it**';
}
