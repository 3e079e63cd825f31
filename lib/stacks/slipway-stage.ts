/** One deployment of an endpoint, or of several models: network, front door, and a stack for each model. */
import { Stack, Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/config';
import { endpointName } from '../config/model-place';
import { endpointStack, hasFrontDoor, stackNames } from '../config/stack-names';
import type { ArtifactOptions, BootOptions } from '../constructs/boot/boot-options';
import { tagged } from '../constructs/tagged';
import { SlipwayError } from '../model/error';
import { isVerified } from '../model/package/manifest';
import type { FunctionPlan } from '../sizing';
import { type SharedDoor, sharedDoor } from '../sizing/bill/shared-door';
import { fleetZones } from '../sizing/plan/zones';
import { EndpointStack } from './endpoint-stack';
import { FleetStack, type FleetStackProps } from './fleet-stack';
import { FrontDoorStack } from './front-door-stack';
import { FunctionStack, type FunctionStackProps } from './function-stack';
import { NetworkStack } from './network-stack';
import { SharedNameStack } from './shared-name-stack';

/** CloudFormation, Description. */
const LONGEST_DESCRIPTION = 1024;

/** Models that share instances. */
export type StageFleetProps = Pick<FleetStackProps, 'plan' | 'models' | keyof ArtifactOptions>;

export interface SlipwayStageProps extends BootOptions {
  readonly stage: StageConfig;
}

/** A stage that is a function of AWS Lambda, with the plan of that. */
export type StageFunctionProps = Pick<FunctionStackProps, 'stage' | 'model' | 'function' | 'verification'> & {
  readonly functionPlan: FunctionPlan;
};

/** Named after the stage, so that `cdk deploy 'dev/*'` selects it. */
export class SlipwayStage extends Stage {
  /** Absent when the stage uses an existing network. */
  readonly network?: NetworkStack;
  /** Only where models share it, and it is not the user's. */
  readonly frontDoor?: FrontDoorStack;
  /** Only where models share one behind a listener of the user's. */
  readonly sharedName?: SharedNameStack;
  /** Of each model with instances of its own, in the order of slipway.yaml. */
  readonly endpoints: readonly EndpointStack[];
  /** Of models that share instances. */
  readonly fleets: readonly FleetStack[];
  /** Only where the stage is a function of AWS Lambda; it has no other stack. */
  readonly function?: FunctionStack;

  /**
   * @param given the endpoint of the stage; where it has several models, each of them that has instances of its own
   * @param fleets of the others
   */
  constructor(
    scope: Construct,
    given: SlipwayStageProps | readonly SlipwayStageProps[] | StageFunctionProps,
    fleets: readonly StageFleetProps[] = [],
  ) {
    if ('functionPlan' in given) {
      const { stage } = given;
      super(scope, stage.name, { env: { account: stage.account, region: stage.region } });
      requireGolden(given);
      this.endpoints = [];
      this.fleets = [];
      this.function = functionStack(this, given);
      this.tag(stage);
      return;
    }
    const own = [given].flat() as readonly SlipwayStageProps[];
    const all = [...own, ...fleets.flatMap(({ models }) => models)];
    const [{ stage, plan }] = all as [(typeof all)[number]];
    const verification = [...own, ...fleets][0]!.verification;
    super(scope, stage.name, { env: { account: stage.account, region: stage.region } });
    for (const each of all) requireGolden(each);
    const names = stackNames(stage.domain.name);
    const shared = stage.place && sharedDoor([...all, ...fleets].map((each) => each.plan));
    const terminationProtection = stage.endpoint.protect;
    const keys = all.some((each) => each.stage.endpoint.access !== undefined);
    if (!stage.network) {
      this.network = new NetworkStack(this, 'Network', {
        stackName: names.network,
        terminationProtection,
        description: `Network of ${stage.domain.name}`,
        zones: networkZones(stage, plan),
        fleetZones: shared?.fleetZones ?? fleetZones(plan),
        cidr: stage.cidr,
        egress: plan.serviceLevel.egress,
        internal: stage.endpoint.internal,
        dualStack: stage.endpoint.ipAddressType === 'dualstack',
        parameters: keys,
        sessions: all.some((each) => each.stage.endpoint.sessionManager),
        ...(stage.endpoint.encryptionKey && { encryptionKey: stage.endpoint.encryptionKey }),
      });
    }
    const { vpc, services } = this.network ?? {};
    const existing = stage.endpoint.listener !== undefined;
    if (existing && hasFrontDoor(stage)) {
      this.sharedName = new SharedNameStack(this, 'FrontDoor', {
        stage,
        stackName: names.frontDoor,
        terminationProtection,
        description: `Name of the models of ${stage.domain.name}`,
      });
    }
    if (shared && !existing) {
      this.frontDoor = new FrontDoorStack(this, 'FrontDoor', {
        stage,
        shared,
        keys,
        vpc,
        key: this.network?.key,
        stackName: names.frontDoor,
        terminationProtection,
        description: `Front door of the models of ${stage.domain.name}`,
        verification,
      });
    }
    const door = this.frontDoor?.door ?? this.sharedName?.name;
    const key = this.frontDoor?.key ?? this.sharedName?.key ?? this.network?.key;
    this.endpoints = own.map(({ stage: endpoint, ...boot }) => {
      const { choice } = boot.plan;
      return new EndpointStack(this, endpoint.place?.name ?? 'Endpoint', {
        stage: endpoint,
        boot,
        stackName: endpointStack(endpoint),
        terminationProtection,
        description: `${endpointName(endpoint)}: ${boot.model.manifest.name} on ${choice.instances} x ${choice.instanceType}`,
        vpc,
        services,
        key,
        door,
      });
    });
    this.fleets = fleets.map((fleet) => {
      const [{ stage: member }] = fleet.models;
      const { name, members } = member.fleet!;
      const { choice } = fleet.plan;
      return new FleetStack(this, name, {
        ...fleet,
        stackName: endpointStack(member),
        terminationProtection,
        description:
          `${members.join(', ')} of ${stage.domain.name} on ${choice.instances} x ${choice.instanceType}`.slice(
            0,
            LONGEST_DESCRIPTION,
          ),
        vpc,
        services,
        key,
        door,
      });
    });
    // a deployment is judged by the name, which nothing of it refers to
    if (this.sharedName)
      for (const stack of [...this.endpoints, ...this.fleets]) stack.node.addDependency(this.sharedName);
    this.tag(stage);
  }

  /** Resources and, by which the stacks of a stage are found again, the stacks themselves: the CDK tags no stack by itself. */
  private tag({ name, tags = {} }: StageConfig): void {
    const stacks = this.node.children.filter(Stack.isStack);
    for (const [key, value] of Object.entries({ ...tags, 'slipway:stage': name })) {
      tagged(this, key, value);
      for (const stack of stacks) stack.tags.setTag(key, value);
    }
  }

  /** The stack that needs the others. */
  get last(): Stack {
    return [...this.endpoints, ...this.fleets, ...(this.function ? [this.function] : [])][0]!;
  }

  /** Of the stage; of its first model with instances of its own where it has several. */
  get endpoint(): EndpointStack {
    return this.endpoints[0]!;
  }
}

function functionStack(scope: SlipwayStage, { functionPlan: plan, ...given }: StageFunctionProps): FunctionStack {
  const { stage, model } = given;
  return new FunctionStack(scope, 'Endpoint', {
    ...given,
    plan,
    stackName: endpointStack(stage),
    terminationProtection: stage.endpoint.protect,
    description: `${endpointName(stage)}: ${model.manifest.name} as a function of ${plan.memoryMB} MB`,
  });
}

function requireGolden({ stage, model }: Pick<SlipwayStageProps, 'stage' | 'model'>): void {
  if (!stage.requireVerified || isVerified(model.manifest)) return;
  throw new SlipwayError(
    'E_PACKAGE',
    `${model.directory}: is unverified, it has no golden rows of the model itself, and stage "${stage.name}" has requireVerified; pack the model again with --golden`,
  );
}

/** Where nothing is known of a region, a guess would fail in the middle of a deployment, or in another account. */
function networkZones({ region }: StageConfig, plan: Pick<SharedDoor, 'networkZones'>): readonly string[] {
  if (plan.networkZones.length > 0) return plan.networkZones;
  throw new SlipwayError(
    'E_CONFIG',
    `zones is missing: which zones ${region} has is not known here; give the ids of two or three, which "aws ec2 describe-availability-zones --region ${region} --query AvailabilityZones[].ZoneId" prints`,
  );
}
