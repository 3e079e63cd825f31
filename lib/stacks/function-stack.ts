/** A stage that is a function of AWS Lambda: one stack, and no network. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { consoleHost } from '../aws/regions';
import type { StageConfig } from '../config/config';
import { type FunctionArtifactOptions, ModelFunction } from '../constructs/model-function';
import type { ModelPackage } from '../model/package/model-package';
import { LOG_GROUP_OUTPUT, PACKAGE_OUTPUT, PREVIOUS_PACKAGE_OUTPUT, URL_OUTPUT } from '../model/stage/deployment';
import type { FunctionPlan } from '../sizing';
import { domainProps } from './existing';

export interface FunctionStackProps extends StackProps, FunctionArtifactOptions {
  readonly stage: StageConfig;
  readonly model: ModelPackage;
  readonly plan: FunctionPlan;
}

export class FunctionStack extends Stack {
  readonly endpoint: ModelFunction;

  constructor(scope: Construct, id: string, props: FunctionStackProps) {
    super(scope, id, { ...props, suppressTemplateIndentation: true });
    const { stage, model, plan } = props;
    const { access, origins, notify, protect, encryptionKey, rollout, ...door } = stage.endpoint;
    const { http, mutualTls, ipAddressType, frontDoor } = door;
    this.endpoint = new ModelFunction(this, 'Endpoint', {
      ...{ model, plan, notify, origins, name: stage.domain.name },
      ...{ http, mutualTls, ipAddressType, frontDoor: frontDoor === 'cloudfront' ? frontDoor : 'api' },
      ...(plan.serviceLevel.ownName && { domain: domainProps(this, stage.domain) }),
      ...(access && { access }),
      ...(rollout && { rollout }),
      ...(protect !== undefined && { protect }),
      ...(encryptionKey !== undefined && { encryptionKey }),
      ...(props.function !== undefined && { function: props.function }),
      ...(props.verification !== undefined && { verification: props.verification }),
    });
    const { url, api, served, verification, dashboard } = this.endpoint;
    const tell = (output: string, value: string, description: string) =>
      new CfnOutput(this, output, { value, description });
    tell(URL_OUTPUT, url, 'Where clients send their requests');
    if (api.target !== undefined)
      tell('ApiDomainName', api.target, 'What the name must point to, where Slipway makes no record');
    tell(PACKAGE_OUTPUT, this.toJsonString(served.package), 'The model package that is deployed');
    tell(PREVIOUS_PACKAGE_OUTPUT, verification.previousPackage, 'The model package before it, for slipway rollback');
    if (dashboard) {
      const console = `https://${this.region}.${consoleHost(stage.region)}/cloudwatch/home?region=${this.region}`;
      tell('Dashboard', `${console}#dashboards/dashboard/${dashboard.dashboardName}`, 'CloudWatch dashboard');
    }
    tell(LOG_GROUP_OUTPUT, served.logGroup.logGroupName, 'Logs of the function; stays when the stack goes');
    tell('Model', `${model.manifest.name} sha256:${model.manifest.model.sha256}`, 'What is served');
  }
}
