import type { CudaLibrary } from '../../artifacts/cuda-library';
import type { NodeRuntime } from '../../artifacts/node-runtime';
import type { HandlerMember } from '../../model/instance/handler-settings';
import type { ModelPackage } from '../../model/package/model-package';
import type { SizingPlan } from '../../sizing/plan/plan';

/** What is brought to an instance in place of what Slipway pins and bundles. */
export interface ArtifactOptions {
  /** The Node.js tarball of the instances. @default - the pinned one, fetched by `slipway runtime` */
  readonly runtime?: NodeRuntime;
  /** ONNX Runtime's library for GPUs, where the plan has one. @default - the pinned one, fetched by `slipway runtime --gpu` */
  readonly cuda?: CudaLibrary;
  /** Folder of a bundled handler. @default - bundled for the architecture and the engine of the plan */
  readonly handler?: string;
  /** Folder of the bundled function that judges deployments. @default - bundled for the model package */
  readonly verification?: string;
  /** Path of the program that sends logs on. @default - bundled */
  readonly logShipper?: string;
}

/** What instances run, and with what. */
export interface BootOptions extends ArtifactOptions {
  /** What is served; from `readModelPackage`. */
  readonly model: ModelPackage;
  /** How it is sized; from `sizingPlan`, for the same model. */
  readonly plan: SizingPlan;
  /** A model that is run on some of its rows, where the plan says; the plan must count it. @default - none */
  readonly shadow?: ShadowOptions | undefined;
  /**
   * Versions of the model that are served side by side, by name and by weight, the model itself among them; the plan must count
   * them.
   * @default - the model is served alone
   */
  readonly versions?: readonly VersionOptions[] | undefined;
  /**
   * Sites whose pages may call the endpoint from a browser, e.g. `https://app.example.com`; `*` are all. It keeps nobody out.
   * @default - none but its own
   */
  readonly origins?: readonly string[];
  /** Whether `/metrics` is answered through the load balancer, too, to who has a key or token; needs `access`. @default false */
  readonly publicMetrics?: boolean;
  /**
   * Whether requests are encrypted between load balancer and instance, too, by a certificate that each instance makes for
   * itself. A running endpoint cannot change it.
   * @default false
   */
  readonly backendTls?: boolean;
}

/** One of several models of an instance, each an endpoint of its own. */
export interface BootMember {
  /** Of no other, and one that a folder can have. */
  readonly name: string;
  /** From `readModelPackage`. */
  readonly model: ModelPackage;
  /** @default - it is served alone */
  readonly versions?: readonly VersionOptions[];
  /** What the handler is told of it, but for the folders and who may ask. */
  readonly settings: Omit<HandlerMember, 'model' | 'versions' | 'access'>;
}

/** One of several versions of a model. */
export interface VersionOptions {
  /** By which clients ask for it: `/v2/models/{model}/versions/{name}`. */
  readonly name: string;
  /** Its share of the requests that name no version, 0 to 1; those of all are 1. */
  readonly weight: number;
  /** From `readModelPackage`. @default - `model` of the endpoint, which one of them is */
  readonly model?: ModelPackage;
}

/** Those of the further versions. */
export const packagesOf = (versions: readonly VersionOptions[] = []): ModelPackage[] =>
  versions.flatMap(({ model }) => model ?? []);

export interface ShadowOptions {
  /** From `readModelPackage`. */
  readonly model: ModelPackage;
  /** Share of the requests whose rows it is given, above 0 to 1; that of the plan. */
  readonly share: number;
  /** Whether it has instances of its own; for an endpoint that plans by itself. @default - where that costs less */
  readonly group?: boolean | undefined;
  /** How far a number may be from the one that was served: of a probability in itself, else as a share. @default 0.01 */
  readonly tolerance?: number;
  /** Whether the rows that differ most are logged with their values. @default false */
  readonly rowValues?: boolean;
}
