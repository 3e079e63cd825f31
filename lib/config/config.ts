/** slipway.yaml as typed, validated configuration: its own names, complete, and with numbers in place of quantities. */
import type { PinnedImage } from '../image/image-file';
import type { HandlerShadow } from '../model/instance/handler-settings';
import type { HandlerVersion } from '../model/instance/handler-versions';
import type { PackageAddress } from '../model/package/package-address';
import type { Access } from '../model/stage/access';
import type { ExistingListener } from '../model/stage/existing-listener';
import type { Notify } from '../model/stage/notify';
import type { ModelFile } from '../packaging/model-file';
import type { ServiceLevel } from '../sizing/service-level/service-level';
import type { DomainDocument } from './domain';
import type { NetworkDocument } from './network';
import type { EndpointDocument } from './schema';
import type { StatedRule } from './stated-rules';

/**
 * The name of the endpoint and its certificate.
 * - `zone` with `zoneId`: ACM validates a new certificate by DNS, and an alias record is made
 * - `certificate`, an ARN: that certificate is used; with a zone too, the alias record is made as well
 *
 * Behind a front door that has a name of AWS's there is `name` alone: what stacks and metrics are named after.
 */
export interface DomainConfig extends Omit<DomainDocument, 'name' | 'names'> {
  readonly name: string;
  /** @default - none */
  readonly names?: readonly FurtherName[];
}

/** A further name of the endpoint. */
export interface FurtherName {
  readonly name: string;
  /** The zone that gets its record, and validates its certificate where it has none. @default - no record is made */
  readonly zone?: string | undefined;
  readonly zoneId?: string | undefined;
  /** @default - a new one */
  readonly certificate?: string | undefined;
  /** Of an internal endpoint. @default - a new one */
  readonly privateZoneId?: string | undefined;
  /** Whether the certificate that is given for the first name has this one, too. @default false */
  readonly covered?: boolean;
}

/** An existing network. Its private subnets must reach S3 and CloudWatch. */
export type NetworkConfig = NetworkDocument;

/** Where a model stands behind the front door that it shares with others. */
export interface ModelPlace {
  /** Its key in `models`. */
  readonly name: string;
  /** What its requests begin with, e.g. `/titanic`. @default - it has a name of its own */
  readonly path?: string;
  /** The name of its own that clients call. @default - it is told from others by its path */
  readonly host?: string;
  /** Of its rule among those of the listener. */
  readonly priority: number;
  /** Upper bound of the monthly bill of all models of the stage, and of what they share. */
  readonly stageBudgetUsdPerMonth?: number;
}

/** Models of a stage that run together on one group of instances. */
export interface StageFleet {
  /** Its key in `fleets`. */
  readonly name: string;
  /** Names of its models, in the order of `fleets`. */
  readonly members: readonly string[];
}

/** A stage as a function, or why it cannot be one. */
export type OrFunction =
  | { readonly stage: Pick<StageConfig, 'serviceLevel' | 'domain' | 'endpoint'> }
  | { readonly refused: readonly string[] };

/** An endpoint: a stage, or where a stage has several models, one of them. */
export interface StageConfig {
  /** `dev`, `staging`, `prod`, ... */
  readonly name: string;
  /** Folder of the model package, absolute. */
  readonly model: string;
  /** What that package was packed of, where slipway.yaml names a model file. @default - it names the package */
  readonly modelFile?: ModelFile;
  /** @default - the model has a front door to itself */
  readonly place?: ModelPlace;
  /** The same object for all of its members. @default - the model has instances to itself */
  readonly fleet?: StageFleet;
  /** Whether it is never proposed for a fleet, and may be in none. @default false */
  readonly isolate?: boolean;
  /** Twelve digits; absent means the account of the credentials that deploy. */
  readonly account?: string;
  readonly region: string;
  /** What answers requests. @default - instances */
  readonly compute?: 'lambda';
  /** What the stage is as a function, where the plan is to decide; `decided` makes a stage without it. @default - it is decided */
  readonly orFunction?: OrFunction;
  readonly serviceLevel: ServiceLevel;
  readonly domain: DomainConfig;
  /** Options of `ModelEndpoint`, which says what they mean. */
  readonly endpoint: Omit<EndpointDocument, 'access' | 'listener'> & {
    readonly access?: Access;
    /** With the priority of the rule of the model, where there are several. */
    readonly listener?: ExistingListener & { readonly rules?: readonly StatedRule[] | undefined };
    readonly origins?: readonly string[];
    readonly notify: Notify;
    readonly publicMetrics?: boolean;
    readonly scrapeFrom?: readonly string[];
  };
  /** @default - a new VPC */
  readonly network?: NetworkConfig;
  /** A model that is run beside the served one; `model` is the folder of its package, absolute. @default - none */
  readonly shadow?: ShadowConfig;
  /** Versions of the model that are served side by side; `model` is the folder of a package, absolute. @default - there is one */
  readonly versions?: readonly HandlerVersion[];
  /** Ids of the zones of the network that is made. @default - those of the region that offer most */
  readonly zones?: readonly string[];
  /** Addresses of the network that is made. @default '10.0.0.0/16' */
  readonly cidr?: string;
  /** AMI id. @default - the one that is pinned, and without one the newest Amazon Linux 2023 at each deployment */
  readonly machineImage?: string;
  /** On everything that the stage makes, beside those of Slipway. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Refuse to synthesise a model package without golden rows. */
  readonly requireVerified: boolean;
}

/** A model that is run on some of the rows of the served one. */
export interface ShadowConfig extends Omit<HandlerShadow, 'addresses'> {
  /** That the package is made of. @default - it is a package */
  readonly modelFile?: ModelFile;
  /** Whether it has instances of its own. @default - where that costs less, or nothing has room for both */
  readonly group?: boolean;
}

export interface SlipwayConfig {
  /** Endpoints in the order of the stages, then of the models. */
  readonly stages: readonly StageConfig[];
  /** Packages of a registry, whose folders are filled before they are read. @default - none */
  readonly addresses?: readonly PackageAddress[];
  /** From `slipway.image.json` beside the file. @default - none is pinned */
  readonly images?: readonly PinnedImage[];
  /** File and line, as `slipway.yaml:12`, of the value at a path of keys. @default - it was not read from a file */
  readonly where?: (path: readonly string[]) => string;
}
