/** The endpoint of one stage. */
import { CfnOutput, CrossStackReferences, ReferenceStrength, Stack, type StackProps } from 'aws-cdk-lib';
import { type ISecurityGroup, type IVpc, MachineImage } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { consoleHost } from '../aws/regions';
import type { StageConfig } from '../config/config';
import type { BootOptions } from '../constructs/boot/boot-options';
import type { SharedFrontDoor } from '../constructs/front-door/shared-front-door';
import type { SharedName } from '../constructs/front-door/shared-name';
import { ModelEndpoint, type ModelEndpointProps } from '../constructs/model-endpoint';
import { LOG_GROUP_OUTPUT, PACKAGE_OUTPUT, PREVIOUS_PACKAGE_OUTPUT, URL_OUTPUT } from '../model/stage/deployment';
import { OWN_KEY } from '../model/stage/encryption';
import { isEdge } from '../sizing/service-level/front-door';
import { domainProps, doorOf, existingNetwork } from './existing';

export interface EndpointStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly boot: BootOptions;
  /** @default - the network that the stage names */
  readonly vpc?: IVpc;
  /** That the network is encrypted with. @default - what the stage says */
  readonly key?: IKey | undefined;
  /** Of the interface endpoints of that network. @default - not known */
  readonly services?: ISecurityGroup;
  /** Where the stage has several models. @default - it has a front door to itself, or nothing is made of what they stand behind */
  readonly door?: SharedFrontDoor | SharedName | undefined;
}

export class EndpointStack extends Stack {
  readonly endpoint: ModelEndpoint;

  constructor(scope: Construct, id: string, props: EndpointStackProps) {
    super(scope, id, { ...props, suppressTemplateIndentation: true }); // CloudFormation counts the bytes of every space
    const { stage, boot } = props;
    // CloudFormation then refuses to remove a network that an endpoint still uses
    CrossStackReferences.of(this).consume(ReferenceStrength.STRONG);
    const { place } = stage;
    // does not compile with an option of slipway.yaml that the construct does not have
    const { listener, ...options }: Pick<ModelEndpointProps, keyof StageConfig['endpoint']> = stage.endpoint;
    this.endpoint = new ModelEndpoint(this, 'Endpoint', {
      ...boot,
      ...options,
      ...domainProps(this, stage.domain),
      ...(place ? { place: { ...place, door: doorOf(this, stage, props.door) } } : listener && { listener }),
      ...(props.key && stage.endpoint.encryptionKey === OWN_KEY && { encryptionKey: props.key }),
      services: props.services,
      vpc: props.vpc ?? (stage.network && existingNetwork(this, stage.network)),
      rollBackOnAlarms: this.node.tryGetContext('slipway:ignore-alarms') === undefined,
      machineImage: stage.machineImage ? MachineImage.genericLinux({ [stage.region]: stage.machineImage }) : undefined,
    });
    const { loadBalancer, dashboard, url, fleet, verification, accessLogs } = this.endpoint;
    new CfnOutput(this, URL_OUTPUT, { value: url, description: 'Where clients send their requests' });
    const own = place === undefined && !stage.endpoint.listener; // a shared load balancer is in the outputs of its own stack
    if (own && !isEdge(stage.endpoint.frontDoor))
      new CfnOutput(this, 'LoadBalancerDnsName', {
        value: loadBalancer.loadBalancerDnsName,
        description: 'What the name must point to, where Slipway makes no record',
      });
    new CfnOutput(this, PACKAGE_OUTPUT, {
      value: this.toJsonString(fleet.package),
      description: 'The model package that is deployed',
    });
    new CfnOutput(this, PREVIOUS_PACKAGE_OUTPUT, {
      value: verification.previousPackage,
      description: 'The model package before it, for slipway rollback',
    });
    if (dashboard)
      new CfnOutput(this, 'Dashboard', {
        value: `https://${this.region}.${consoleHost(stage.region)}/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboard.dashboardName}`,
        description: 'CloudWatch dashboard of the endpoint',
      });
    new CfnOutput(this, LOG_GROUP_OUTPUT, {
      value: fleet.logGroup.logGroupName,
      description:
        'Logs of the boot and of the handler, a pair of streams for each instance; stays when the stack goes',
    });
    if (own && accessLogs)
      new CfnOutput(this, 'AccessLogs', {
        value: accessLogs.bucketName,
        description: 'Bucket of the access logs of the load balancer; stays when the stack goes',
      });
    const { name: modelName, model: file } = boot.model.manifest;
    new CfnOutput(this, 'Model', { value: `${modelName} sha256:${file.sha256}`, description: 'What is served' });
  }

  /** Of no concern, and so not asked of AWS: a network brings its own. */
  override get availabilityZones(): string[] {
    return [];
  }
}
