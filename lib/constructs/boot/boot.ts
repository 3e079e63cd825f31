/** What an instance needs to become a part of the endpoint: its files as assets, and the script that installs them. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { Stack, Token } from 'aws-cdk-lib';
import { UserData } from 'aws-cdk-lib/aws-ec2';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Construct } from 'constructs';
import { cudaLibrary } from '../../artifacts/cuda-library';
import { LOG_SHIPPER_FILE } from '../../artifacts/log-shipper';
import { nodeRuntime } from '../../artifacts/node-runtime';
import { MOST_USER_DATA_BYTES } from '../../aws/limits';
import { fileDigest } from '../../model/files/file-digest';
import { temporaryFolder } from '../../model/files/temporary-folder';
import { sha256 } from '../../model/formats/digest';
import { toEnvironment } from '../../model/instance/handler-environment';
import {
  DEFAULT_HANDLER_SETTINGS,
  DEFAULT_SHADOW,
  type HandlerMember,
  SHADOW_PORT,
} from '../../model/instance/handler-settings';
import type { HandlerVersion } from '../../model/instance/handler-versions';
import { SHADOW_ADDRESSES_FILE } from '../../model/instance/log-shipping';
import { PACKAGE_FILES } from '../../model/package/manifest';
import type { ModelPackage } from '../../model/package/model-package';
import { undoAtEnd } from '../../model/process/interruption';
import type { StoredPackage } from '../../model/stage/deployment';
import { watchesZones } from '../../sizing/alarms/planned-alarms';
import { type Configured, handlerSettings } from '../../sizing/plan/handler-settings';
import type { SizingPlan } from '../../sizing/plan/plan';
import { decryptVia } from '../encryption/encryption-key';
import { type AccessOptions, accessScript, grantAccess, handlerAccess } from './access';
import type { BootMember, BootOptions, ShadowOptions, VersionOptions } from './boot-options';
import {
  CUDA_ARCHIVE,
  HANDLER_FOLDER,
  HOME,
  type InstanceFile,
  MODEL_FOLDER,
  MODELS_FOLDER,
  RUNTIME_TARBALL,
  SHADOW_FOLDER,
  SHIPPER_FOLDER,
  TLS_CREDENTIALS,
  TLS_FILES,
  VERSIONS_FOLDER,
} from './layout';
import { logShipperUnit } from './log-shipper-unit';
import { handlerBundle, logShipper } from './programs';
import { systemdUnit } from './systemd-unit';
import { bootScriptText, type UserDataOptions, userDataText } from './user-data';
import { LONGEST_SIGNAL_URL, mostBytes } from './user-data-size';

/** What a boot takes of a plan: of that of a fleet, or of that of a group of a shadow. */
export interface BootPlan
  extends Configured,
    Pick<SizingPlan, 'choice' | 'engine' | 'shadow' | 'memoryLimitMiB' | 'bootTimeoutSeconds' | 'warmPool'> {}

export interface BootProps extends AccessOptions, Omit<BootOptions, 'plan'> {
  readonly plan: BootPlan;
  /** The name that clients call: value of the dimension `Endpoint` of its metrics. @default - it has none */
  readonly domainName?: string;
  /** Whether it is the shadow of others: no load balancer asks it, and nobody waits for it. @default false */
  readonly shadowing?: boolean;
  /** Id of the machine image, where it is known before AWS is asked: another is another release. @default - not known */
  readonly image?: string | undefined;
  /** Of the instances that are its shadow. @default - there are none */
  readonly shadowLogGroup?: ILogGroup | undefined;
  /** Path before its routes. @default - none */
  readonly basePath?: string | undefined;
  /** Models that are served in place of `model`, each as an endpoint of its own. @default - there is one */
  readonly members?: readonly BootMember[];
  /** Where the instances send their logs. */
  readonly logGroup: ILogGroup;
  /** Of parameters, and of the bucket of the assets where that was made with it. @default - those of the services */
  readonly key?: IKey;
}

/**
 * An ARN of an object has up to 145 characters, and a managed policy 6,144 (IAM quotas). What does not fit the policies of a role
 * the CDK puts into managed ones, and divides no statement for that.
 */
const OBJECTS_OF_A_STATEMENT = 40;

/**
 * Each file is an asset of its own, named by its digest: a new model uploads the model alone, and the
 * instance checks what it runs, not an archive around it.
 */
export class Boot extends Construct {
  readonly files: readonly InstanceFile[];
  /** Where the model package lies. */
  readonly package: StoredPackage;
  /** Where those of several models lie, by their names. */
  readonly packages: ReadonlyMap<string, StoredPackage>;
  /** Tells what an instance runs: another model, handler, setting or pinned image is another release. Begins with the digest of the model. */
  readonly release: string;
  private readonly assets: Asset[];
  private readonly props: BootProps;
  private readonly scripts: { readonly text: string; readonly signalUrl: string | undefined }[] = [];

  constructor(scope: Construct, id: string, props: BootProps) {
    super(scope, id);
    this.props = props;
    this.node.addValidation({ validate: () => this.scripts.flatMap((script) => this.sizeProblem(script)) });
    const { model, plan, shadow, members, versions } = props;
    const runtime = props.runtime ?? nodeRuntime(plan.choice.architecture);
    const handler =
      props.handler ??
      handlerBundle(
        plan.choice.architecture,
        [plan.engine, this.beside ? plan.shadow!.engine : 'native'].some((engine) => engine !== 'native'),
      );
    const cuda = plan.gpu && (props.cuda ?? cudaLibrary());
    const sources = [
      { path: RUNTIME_TARBALL, local: runtime.path, sha256: runtime.sha256 },
      ...(cuda ? [{ path: CUDA_ARCHIVE, local: cuda.path, sha256: cuda.sha256 }] : []),
      ...filesIn(handler).map((file) => ({ path: `${HANDLER_FOLDER}/${file}`, local: join(handler, file) })),
      { path: `${SHIPPER_FOLDER}/${LOG_SHIPPER_FILE}`, local: props.logShipper ?? logShipper() },
      ...(members ?? [{ model }]).flatMap((member) => packageFiles(folderOf(member), member.model)),
      ...(members ?? [{ versions }]).flatMap(versionFiles),
      ...(shadow ? packageFiles(SHADOW_FOLDER, shadow.model).slice(0, this.beside ? undefined : 1) : []),
    ].map((source) => ({ sha256: fileDigest(source.local), ...source }));
    this.assets = sources.map(
      ({ path, local, sha256 }) =>
        new Asset(this, path.replaceAll('/', ':'), { path: local, assetHash: sha256, displayName: path }),
    );
    const paths = sources.map(({ path }) => path);
    this.packages = new Map(members?.map((member) => [member.name, this.stored(paths, member)]));
    this.package = members ? this.packages.get(members[0]!.name)! : this.stored(paths, { model });
    this.release = releaseOf(
      members ? sha256(members.map((member) => member.model.digest).join()) : model.manifest.model.sha256,
      sources.map(({ path, sha256 }) => `${sha256} ${path}`),
      plan.choice.instanceType,
      this.environment(),
      ...(props.image === undefined ? [] : [props.image]),
    );
    this.files = sources.map(({ path, sha256 }, i) => ({ path, sha256, key: this.assets[i]!.s3ObjectKey }));
  }

  /** The profile is a part of it, though no instance needs it: with it the package can be planned again. */
  private stored(paths: readonly string[], member: Stored): StoredPackage {
    const { directory, manifest, digest } = member.model;
    const start = `${folderOf(member)}/`;
    const profile = join(directory, PACKAGE_FILES.profile);
    const stored = this.assets.flatMap((asset, i) => {
      const path = paths[i]!;
      return path.startsWith(start) ? [{ file: path.slice(start.length), asset }] : [];
    });
    if (existsSync(profile)) {
      const id = member.name === undefined ? PACKAGE_FILES.profile : `${member.name}:${PACKAGE_FILES.profile}`;
      const asset = new Asset(this, id, { path: profile, assetHash: fileDigest(profile) });
      stored.push({ file: PACKAGE_FILES.profile, asset });
    }
    return {
      name: manifest.name,
      digest,
      bucket: stored[0]!.asset.s3BucketName,
      objects: Object.fromEntries(stored.map(({ file, asset }) => [file, asset.s3ObjectKey])),
    };
  }

  /** Whether a shadow runs on the instance itself; else it has its description alone. */
  private get beside(): boolean {
    return this.props.shadow !== undefined && this.props.shadowLogGroup === undefined;
  }

  /** What an instance begins with. @param signalUrl where it tells how it ended. @default - it tells nobody */
  userData(signalUrl?: string): UserData {
    const { plan, logGroup, shadowLogGroup } = this.props;
    const script = userDataText({
      region: Stack.of(this).region,
      signalUrl,
      instanceType: plan.choice.instanceType,
      bucket: this.assets[0]!.s3BucketName,
      logGroupName: logGroup.logGroupName,
      ...(shadowLogGroup && { shadowLogGroupName: shadowLogGroup.logGroupName }),
      dualStack: plan.serviceLevel.egress === 'ipv6',
      boot: this.bootScript(),
    });
    this.scripts.push({ text: script, signalUrl });
    return UserData.custom(script);
  }

  /** An asset as the other files are, unless a part of it is known to AWS alone. */
  private bootScript(): UserDataOptions['boot'] {
    const { plan, domainName, access, backendTls, members, shadowing = false, shadowLogGroup } = this.props;
    const { region } = Stack.of(this);
    const dualStack = plan.serviceLevel.egress === 'ipv6';
    const script = bootScriptText({
      files: this.files,
      unit: systemdUnit({
        memoryLimitMiB: plan.memoryLimitMiB,
        startSeconds: plan.bootTimeoutSeconds,
        gpu: plan.gpu !== undefined,
        shadow: this.beside,
        ...(backendTls && { credentials: TLS_FILES }),
        environment: this.environment(this.release),
      }),
      logShipperUnit: logShipperUnit({
        region,
        endpoint: domainName,
        byZone: watchesZones(plan.serviceLevel),
        dualStack,
      }),
      shadowed: shadowLogGroup !== undefined,
      balanced: !shadowing,
      accessScript: access && accessScript(access, region, dualStack),
      gpu: plan.gpu?.name,
      ...(backendTls && { tls: true }),
      bootTimeoutSeconds: plan.bootTimeoutSeconds,
      ...(members && { targetGroups: members.length }),
      ...(plan.warmPool && { warmPool: true }),
    });
    if (Token.isUnresolved(script)) return script;
    const digest = sha256(script);
    const asset = new Asset(this, 'boot.sh', {
      path: bootScriptFile(script),
      assetHash: digest,
      displayName: 'boot.sh',
    });
    this.assets.push(asset);
    return { key: asset.s3ObjectKey, sha256: digest };
  }

  private environment(release?: string) {
    const { plan, domainName, basePath, access, origins, shadow, publicMetrics, backendTls, members } = this.props;
    const { shadowing, versions } = this.props;
    const own = {
      access: access && handlerAccess(access),
      ...(origins && { origins }),
      publicMetrics: publicMetrics || undefined,
    };
    return toEnvironment({
      ...DEFAULT_HANDLER_SETTINGS,
      model: `${HOME}/${MODEL_FOLDER}`,
      ...(domainName !== undefined && { endpoint: domainName }),
      ...(shadowing && { shadowPort: SHADOW_PORT }),
      ...(plan.serviceLevel.purchase && { spot: true }),
      ...(basePath !== undefined && { basePath }),
      release,
      ...handlerSettings(plan),
      ...(members ? { members: members.map((member) => memberSettings(member, own)) } : own),
      ...(backendTls && { tls: TLS_CREDENTIALS }),
      ...(versions && { versions: handlerVersions({ versions }) }),
      shadow: shadow && {
        ...DEFAULT_SHADOW,
        ...handlerShadow(shadow),
        ...(!this.beside && { addresses: SHADOW_ADDRESSES_FILE }),
      },
    });
  }

  /** Only the finished template knows what stands in a script. */
  private sizeProblem({ text, signalUrl }: { text: string; signalUrl: string | undefined }): string[] {
    const stack = Stack.of(this);
    const longer = signalUrl === undefined ? {} : { [stack.resolve(signalUrl).Ref]: LONGEST_SIGNAL_URL };
    const bytes = mostBytes(stack.resolve(text), longer);
    if (bytes <= MOST_USER_DATA_BYTES) return [];
    return [
      `the user data has up to ${bytes} bytes, and EC2 takes ${MOST_USER_DATA_BYTES}: it has the whole boot script, since a part of that is known to AWS alone; give domainName, access and the region of the stack as plain text`,
    ];
  }

  /** What the boot reads: exactly these objects, and the parameters of the access control; `Asset.grantRead` would open the bucket of all assets of the account. */
  grantRead(grantee: IGrantable): void {
    const objects = this.assets.map((asset) => asset.bucket.arnForObjects(asset.s3ObjectKey));
    for (let i = 0; i < objects.length; i += OBJECTS_OF_A_STATEMENT) {
      const resources = objects.slice(i, i + OBJECTS_OF_A_STATEMENT);
      grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources }));
    }
    const { access, key } = this.props;
    if (access) grantAccess(this, access, grantee);
    if (key) {
      const services = ['s3', ...(access ? ['ssm'] : [])];
      grantee.grantPrincipal.addToPrincipalPolicy(decryptVia(this, key.keyArn, ...services));
    }
  }
}

/** A package, with its name where there are several. */
type Stored = Pick<BootMember, 'model'> & { readonly name?: string };

/** Below the home folder. */
const folderOf = ({ name }: Stored) => (name === undefined ? MODEL_FOLDER : `${MODELS_FOLDER}/${name}`);

/** A model, with its name where there are several, and its versions. */
interface Versioned {
  readonly name?: string;
  readonly versions?: readonly VersionOptions[] | undefined;
}

const versionFolder = (of: Versioned, { name }: VersionOptions) =>
  [VERSIONS_FOLDER, ...(of.name === undefined ? [] : [of.name]), name].join('/');

const versionFiles = (of: Versioned) =>
  (of.versions ?? []).flatMap((one) => (one.model ? packageFiles(versionFolder(of, one), one.model) : []));

const handlerVersions = (of: Versioned): HandlerVersion[] =>
  (of.versions ?? []).map((one) => {
    const { name, weight, model } = one;
    return { name, ...(model && { model: `${HOME}/${versionFolder(of, one)}` }), weight };
  });

function memberSettings(
  member: BootMember,
  own: Pick<HandlerMember, 'access' | 'origins' | 'publicMetrics'>,
): HandlerMember {
  const versions = member.versions && { versions: handlerVersions(member) };
  return { model: `${HOME}/${folderOf(member)}`, ...versions, ...member.settings, ...own };
}

function handlerShadow({ share, tolerance, rowValues }: ShadowOptions) {
  return { model: `${HOME}/${SHADOW_FOLDER}`, share, ...(tolerance !== undefined && { tolerance }), rowValues };
}

/** What a handler reads of a model package, what describes it first. */
function packageFiles(folder: string, { directory, manifest }: ModelPackage) {
  const files = [
    PACKAGE_FILES.manifest,
    PACKAGE_FILES.model,
    ...(manifest.golden ? [PACKAGE_FILES.golden] : []),
    ...(manifest.training ? [PACKAGE_FILES.training] : []),
  ];
  return files.map((file) => ({ path: `${folder}/${file}`, local: join(directory, file) }));
}

/** Digits of a digest that are enough to tell releases of one endpoint apart. */
const RELEASE_DIGITS = 8;

function releaseOf(modelSha256: string, ...parts: readonly unknown[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `${modelSha256.slice(0, RELEASE_DIGITS)}-${digest.slice(0, RELEASE_DIGITS)}`;
}

/** Written where an asset can be read from; gone when the process ends. */
function bootScriptFile(text: string): string {
  const folder = temporaryFolder('slipway-boot-');
  undoAtEnd(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'boot.sh');
  writeFileSync(path, text);
  return path;
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
