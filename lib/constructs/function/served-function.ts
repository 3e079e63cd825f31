/** The handler and its model as a function of AWS Lambda: what runs, what it may, where its log and its package lie. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime, type Version } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { FUNCTION_INDEX } from '../../artifacts/function-bundle';
import { bundleDigest } from '../../artifacts/verification-bundle';
import { fileDigest } from '../../model/files/file-digest';
import { PARAMETERS_VARIABLE, WATCHED_VARIABLE } from '../../model/instance/function-environment';
import { toEnvironment } from '../../model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../model/instance/handler-settings';
import { PACKAGE_FILES } from '../../model/package/manifest';
import type { ModelPackage } from '../../model/package/model-package';
import type { StoredPackage } from '../../model/stage/deployment';
import type { FunctionPlan } from '../../sizing';
import { LOG_DAYS } from '../../sizing/plan/endpoint-parts';
import { type AccessOptions, grantAccess, handlerAccess, parametersOf } from '../boot/access';
import { decryptVia } from '../encryption/encryption-key';
import { acknowledgePart } from '../findings/acknowledgements';
import { functionBundle } from './function-files';

export interface ServedFunctionProps extends AccessOptions {
  readonly model: ModelPackage;
  readonly plan: FunctionPlan;
  /** What it is of, as its description says. */
  readonly name: string;
  /** Sites whose pages may call it from a browser. @default - none but its own */
  readonly origins?: readonly string[] | undefined;
  /** Folder of the bundled function. @default - bundled for the model */
  readonly bundle?: string | undefined;
  /** Of its log, its code and the parameters. @default - those of the services */
  readonly key?: IKey;
}

/** What a function may write to. */
const ACCESS_FOLDER = '/tmp/access';

export class ServedFunction extends Construct {
  readonly function: LambdaFunction;
  /** Of this very code and these settings: another one is another version. */
  readonly version: Version;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** Where the model package lies, beside the function that has it, too. */
  readonly package: StoredPackage;

  constructor(scope: Construct, id: string, props: ServedFunctionProps) {
    super(scope, id);
    const { model, plan, access, key } = props;
    acknowledgePart(this, 'function');
    if (!key) acknowledgePart(this, 'logs');
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_DAYS.fleet,
      ...(key && { encryptionKey: key }),
      removalPolicy: RemovalPolicy.RETAIN, // also when the stack never came to be: it says why
    });
    this.role = new Role(this, 'Role', {
      description: 'The function of a Slipway endpoint',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    if (access) grantAccess(this, access, this.role);
    if (access && key) this.role.addToPolicy(decryptVia(this, key.keyArn, 'ssm'));
    const bundle = props.bundle ?? functionBundle(model);
    this.function = new LambdaFunction(this, 'Function', {
      description: `Slipway: ${props.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: `${FUNCTION_INDEX}.handler`,
      // a digest of our own: that of the CDK is kept in the home folder
      code: Code.fromAsset(bundle, { assetHash: bundleDigest(bundle), ...(key && { sourceKMSKey: key }) }),
      memorySize: plan.memoryMB,
      timeout: Duration.seconds(plan.timeoutSeconds),
      environment: this.environment(props),
      logGroup: this.logGroup,
      role: this.role,
    });
    this.version = this.function.currentVersion;
    // it reads its parameters while it starts
    this.version.node.addDependency(this.role);
    this.package = this.stored(model);
  }

  private environment({ access, origins, name, plan }: ServedFunctionProps): Record<string, string> {
    const files = access ? parametersOf(access, ACCESS_FOLDER) : [];
    const always = { ...DEFAULT_HANDLER_SETTINGS, model: 'beside the handler' };
    const settings = toEnvironment({
      ...always,
      access: access && handlerAccess(access, ACCESS_FOLDER),
      ...(origins && { origins }),
    });
    const known = toEnvironment(always); // to the handler by itself
    return {
      ...Object.fromEntries(Object.entries(settings).filter(([variable]) => !(variable in known))),
      ...((plan.alarms.canary || plan.alarms.watchesData) && { [WATCHED_VARIABLE]: name }),
      ...(files.length > 0 && {
        [PARAMETERS_VARIABLE]: JSON.stringify(Object.fromEntries(files.map(({ file, name }) => [file, name]))),
      }),
    };
  }

  /** The profile is a part of it, though no function needs it: with it the package can be planned again. */
  private stored({ directory, manifest, digest }: ModelPackage): StoredPackage {
    const files = Object.values(PACKAGE_FILES).filter((file) => existsSync(join(directory, file)));
    const assets = files.map((file) => {
      const path = join(directory, file);
      return new Asset(this, file, { path, assetHash: fileDigest(path), displayName: file });
    });
    return {
      name: manifest.name,
      digest,
      bucket: assets[0]!.s3BucketName,
      objects: Object.fromEntries(files.map((file, i) => [file, assets[i]!.s3ObjectKey])),
    };
  }
}
