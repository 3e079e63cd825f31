/** One deployment of the endpoint: its network and the endpoint itself. */
import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config/config';
import { stackNames } from '../config/stack-names';
import type { BootOptions } from '../constructs/boot/boot-options';
import { tagged } from '../constructs/tagged';
import { SlipwayError } from '../model/error';
import type { SizingPlan } from '../sizing/plan';
import { fleetZones } from '../sizing/zones';
import { EndpointStack } from './endpoint-stack';
import { NetworkStack } from './network-stack';

export interface SlipwayStageProps extends BootOptions {
  readonly stage: StageConfig;
}

/** Named after the stage, so that `cdk deploy 'dev/*'` selects it. */
export class SlipwayStage extends Stage {
  /** Absent when the stage uses an existing network. */
  readonly network?: NetworkStack;
  readonly endpoint: EndpointStack;

  constructor(scope: Construct, props: SlipwayStageProps) {
    const { stage, ...boot } = props;
    const { model, plan } = boot;
    super(scope, stage.name, { env: { account: stage.account, region: stage.region } });
    if (stage.requireVerified && !model.golden) {
      throw new SlipwayError(
        'E_PACKAGE',
        `${model.directory}: is unverified, it has no golden rows, and stage "${stage.name}" has requireVerified; pack the model again with --golden`,
      );
    }
    const names = stackNames(stage.domain.name);
    const terminationProtection = stage.endpoint.protect;
    tagged(this, 'slipway:stage', stage.name);
    if (!stage.network) {
      this.network = new NetworkStack(this, 'Network', {
        stackName: names.network,
        terminationProtection,
        description: `Network of ${stage.domain.name}`,
        zones: networkZones(stage, plan),
        fleetZones: fleetZones(plan),
        cidr: stage.cidr,
        egress: plan.serviceLevel.egress,
        internal: stage.endpoint.internal,
        parameters: stage.endpoint.access !== undefined,
        sessions: stage.endpoint.sessionManager ?? false,
        ...(stage.endpoint.encryptionKey && { encryptionKey: stage.endpoint.encryptionKey }),
      });
    }
    this.endpoint = new EndpointStack(this, 'Endpoint', {
      stage,
      boot,
      stackName: names.endpoint,
      terminationProtection,
      description: `${stage.domain.name}: ${model.manifest.name} on ${plan.choice.instances} x ${plan.choice.instanceType}`,
      vpc: this.network?.vpc,
      services: this.network?.services,
      key: this.network?.key,
    });
  }
}

/** Where nothing is known of a region, a guess would fail in the middle of a deployment, or in another account. */
function networkZones({ region }: StageConfig, plan: SizingPlan): readonly string[] {
  if (plan.networkZones.length > 0) return plan.networkZones;
  throw new SlipwayError(
    'E_CONFIG',
    `zones is missing: which zones ${region} has is not known here; give the ids of two or three, which "aws ec2 describe-availability-zones --region ${region} --query AvailabilityZones[].ZoneId" prints`,
  );
}
