/** Several models of one stage on one group of instances. */
import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, MachineImage } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { consoleHost } from '../aws/regions';
import type { StageConfig } from '../config/config';
import type { ArtifactOptions } from '../constructs/boot/boot-options';
import type { SharedFrontDoor } from '../constructs/front-door/shared-front-door';
import type { SharedName } from '../constructs/front-door/shared-name';
import { type FleetModelProps, ModelFleet } from '../constructs/model-fleet';
import type { ModelPackage } from '../model/package/model-package';
import { LOG_GROUP_OUTPUT, outputOf, PACKAGE_OUTPUT, PREVIOUS_PACKAGE_OUTPUT } from '../model/stage/deployment';
import { OWN_KEY } from '../model/stage/encryption';
import type { SizingPlan } from '../sizing/plan/plan';
import { domainProps, doorOf, existingNetwork } from './existing';

/** One of the models: what slipway.yaml says of it, its package, and its part of the plan. */
export interface FleetStackModel {
  readonly stage: StageConfig;
  readonly model: ModelPackage;
  readonly plan: SizingPlan;
  /** Its turns among those of the others. */
  readonly weight: number;
  /** @default - it is served alone */
  readonly versions?: FleetModelProps['versions'];
}

export interface FleetStackProps extends StackProps, ArtifactOptions {
  /** Of the group. */
  readonly plan: SizingPlan;
  readonly models: readonly [FleetStackModel, ...FleetStackModel[]];
  /** @default - nothing is made of what the models stand behind, a listener of the user's */
  readonly door?: SharedFrontDoor | SharedName | undefined;
  /** @default - the network that the stage names */
  readonly vpc?: IVpc;
  /** That the network or the front door is encrypted with. @default - what the stage says */
  readonly key?: IKey | undefined;
  /** Of the interface endpoints of the network. @default - not known */
  readonly services?: ISecurityGroup;
}

export class FleetStack extends Stack {
  readonly fleet: ModelFleet;

  constructor(scope: Construct, id: string, props: FleetStackProps) {
    super(scope, id, { ...props, suppressTemplateIndentation: true }); // it has as many alarms as several stacks
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    const { plan, models, key } = props;
    const { runtime, cuda, handler, verification, logShipper } = props;
    const [{ stage }] = models; // what is not of one model is the same of all
    const { listener: _, ...options } = stage.endpoint; // in the door
    const door = doorOf(this, stage, props.door);
    const member = ({ stage: { place }, model, plan, weight, versions }: FleetStackModel): FleetModelProps => ({
      ...{ name: place!.name, model, plan, weight, versions },
      place: { ...place!, door },
    });
    this.fleet = new ModelFleet(this, 'Fleet', {
      ...{ runtime, cuda, handler, verification, logShipper },
      ...options,
      ...domainProps(this, stage.domain),
      ...(key && stage.endpoint.encryptionKey === OWN_KEY && { encryptionKey: key }),
      name: stage.fleet!.name,
      plan,
      models: [member(models[0]), ...models.slice(1).map(member)],
      services: props.services,
      vpc: props.vpc ?? existingNetwork(this, stage.network!),
      rollBackOnAlarms: this.node.tryGetContext('slipway:ignore-alarms') === undefined,
      machineImage: stage.machineImage ? MachineImage.genericLinux({ [stage.region]: stage.machineImage }) : undefined,
    });
    const { fleet, endpoints, dashboard } = this.fleet;
    for (const [i, { name, url, verification: judged }] of endpoints.entries()) {
      const { manifest } = models[i]!.model;
      const tell = (output: string, value: string, description: string) =>
        new CfnOutput(this, outputOf(output, name), { value, description });
      tell('Url', url, `Where clients of ${name} send their requests`);
      tell(
        PACKAGE_OUTPUT,
        this.toJsonString(fleet.packages.get(name)!),
        `The model package of ${name} that is deployed`,
      );
      tell(PREVIOUS_PACKAGE_OUTPUT, judged.previousPackage, 'The model package before it, for slipway rollback');
      tell('Model', `${manifest.name} sha256:${manifest.model.sha256}`, `What is served as ${name}`);
    }
    if (dashboard)
      new CfnOutput(this, 'Dashboard', {
        value: `https://${this.region}.${consoleHost(stage.region)}/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboard.dashboardName}`,
        description: 'CloudWatch dashboard of the fleet',
      });
    new CfnOutput(this, LOG_GROUP_OUTPUT, {
      value: fleet.logGroup.logGroupName,
      description:
        'Logs of the boot and of the handler, a pair of streams for each instance; stays when the stack goes',
    });
  }

  /** Of no concern, and so not asked of AWS: a network brings its own. */
  override get availabilityZones(): string[] {
    return [];
  }
}
