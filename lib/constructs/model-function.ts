/** A model as a function of AWS Lambda behind an HTTP API: the whole endpoint in one construct, without a network. */
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Alias } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ModelPackage } from '../model/package/model-package';
import type { Notify } from '../model/stage/notify';
import type { FunctionPlan } from '../sizing';
import type { PlannedAlarm } from '../sizing/alarms/alarm';
import { FUNCTION_RUNBOOK, type FunctionMeasure, plannedFunctionAlarms } from '../sizing/function/function-alarms';
import type { AccessOptions } from './boot/access';
import { type EncryptionOptions, encryptionKey } from './encryption/encryption-key';
import { FunctionApi, type FunctionDoorOptions } from './function/function-api';
import { FunctionDashboard } from './function/function-dashboard';
import { FunctionMetrics } from './function/function-metrics';
import { FunctionVerification } from './function/function-verification';
import { ServedFunction } from './function/served-function';
import { alarmTopics } from './monitoring/alarm-topic';
import { Alarms } from './monitoring/alarms';
import { verificationBundle } from './rollout/verification-files';
import type { RolloutOptions } from './rollout/verified-deployment';
import { tagged } from './tagged';

/** What is brought to the functions in place of what Slipway bundles. */
export interface FunctionArtifactOptions {
  /** Folder of a bundled function that serves the model. @default - bundled for the model package */
  readonly function?: string;
  /** Folder of the bundled function that judges deployments. @default - bundled for the model package */
  readonly verification?: string;
}

export interface ModelFunctionProps
  extends AccessOptions,
    EncryptionOptions,
    FunctionArtifactOptions,
    FunctionDoorOptions,
    RolloutOptions {
  /** From `readModelPackage`. */
  readonly model: ModelPackage;
  /** How it is sized; from `functionPlan`, for the same model. */
  readonly plan: FunctionPlan;
  /** What the HTTP API, metrics and alarms are named after. */
  readonly name: string;
  readonly notify: Notify;
  /** Sites whose pages may call it from a browser. @default - none but its own */
  readonly origins?: readonly string[] | undefined;
  /** Whether what clients and data depend on is kept from being taken away. @default false */
  readonly protect?: boolean;
}

/** By which clients reach a version. */
const ALIAS = 'live';

export class ModelFunction extends Construct {
  readonly served: ServedFunction;
  /** It moves to a new version when that one holds. */
  readonly alias: Alias;
  readonly api: FunctionApi;
  readonly metrics: FunctionMetrics;
  readonly alarms: Alarms;
  readonly verification: FunctionVerification;
  /** Absent when nobody is notified. */
  readonly topic?: ITopic;
  /** Absent where monitoring is lean. */
  readonly dashboard?: Dashboard;
  /** What clients call. */
  readonly url: string;

  /** @throws SlipwayError E_LIMIT when the package is larger than Lambda takes */
  constructor(scope: Construct, id: string, props: ModelFunctionProps) {
    super(scope, id);
    const { model, plan, name, access } = props;
    const key = encryptionKey(this, props.encryptionKey);
    const encrypted = key && { key };
    this.served = new ServedFunction(this, 'Served', {
      ...{ model, plan, name, origins: props.origins, bundle: props.function },
      ...(access && { access }),
      ...encrypted,
    });
    tagged(this, 'slipway:model', model.manifest.name);
    tagged(this.served.function, 'slipway:digest', model.manifest.model.sha256);
    this.alias = new Alias(this, 'Alias', { aliasName: ALIAS, version: this.served.version });
    const { domain, mutualTls, ipAddressType, frontDoor, http } = props;
    const door = { domain, mutualTls, ipAddressType, frontDoor, http };
    this.api = new FunctionApi(
      this,
      'Api',
      { ...door, name, limit: plan.limit, keys: access !== undefined },
      this.alias,
    );
    this.url = `https://${this.api.address}`;
    this.verification = new FunctionVerification(this, 'Verification', {
      ...{ name, url: this.url, plan, served: this.served, access },
      bundle: props.verification ?? verificationBundle(model),
      ...encrypted,
    });
    this.metrics = new FunctionMetrics({
      api: this.api.api,
      alias: this.alias,
      certificates: this.api.certificates,
      name,
    });
    const lean = plan.serviceLevel.leanMonitoring ?? false;
    this.alarms = this.alarmed(props, lean, key);
    const { rollout } = props;
    const tried = rollout && this.verification.tryFirst(rollout, ALIAS, this.alarms.get('CanaryWithdrawn')!);
    this.alias.node.addDependency(tried ?? this.verification.verified);
    this.verification.reached(
      { parts: [this.api, this.alias], connectTo: this.api.target, limited: mutualTls !== undefined },
      [...this.api.kept, this.served.logGroup],
      props.protect ?? false,
    );
    if (!lean) {
      const shown = { metrics: this.metrics, alarms: this.alarms, plan };
      this.dashboard = new FunctionDashboard(this, 'Overview', shown).dashboard;
    }
  }

  private alarmed({ notify, plan, name, model }: ModelFunctionProps, lean: boolean, key: IKey | undefined): Alarms {
    const topics = notify === 'none' ? undefined : alarmTopics(this, notify, lean, key);
    if (topics) (this as { topic?: ITopic }).topic = topics.page;
    return new Alarms(this, 'Alarms', {
      planned: plannedFunctionAlarms(plan.alarms, lean),
      metricOf: (alarm, minutes) => this.metrics.of(alarm as PlannedAlarm<FunctionMeasure>, plan.alarms, minutes),
      runbook: FUNCTION_RUNBOOK,
      watched: this.alias,
      of: { domainName: name, model: model.manifest.name },
      ...(topics && {
        actions: {
          page: new SnsAction(topics.page),
          ...(topics.inform && { inform: new SnsAction(topics.inform) }),
        },
      }),
    });
  }
}
