/** What the template tells the function that judges a deployment, and what the function tells the stack. */

import type { signInApiAction } from './sign-in';
import type { jwtAction } from './verify-jwt';

/** Objects of a bucket that make up a model package. */
export interface StoredPackage {
  readonly name: string;
  /** SHA-256 of its manifest. */
  readonly digest: string;
  readonly bucket: string;
  /** Keys in the bucket, by the names of the files in the package. */
  readonly objects: Readonly<Record<string, string>>;
}

/** How a new package comes to a part of the requests, whatever serves it. */
export interface CanarySteps {
  /** Percent of the requests, one after the other; all but the last lead to the next. */
  readonly shares: readonly number[];
  /** How long each share is watched, seconds. */
  readonly holdSeconds: number;
  /** How long what serves it may take until it is healthy, seconds. */
  readonly bootSeconds: number;
  /** Name of the alarm that tells of a withdrawal. */
  readonly alarm: string;
  /** Greatest share of answers, 0 to 1, in which a shadow may differ; where there is a shadow. */
  readonly mostChanged?: number;
}

/** A small group that serves a new package to a part of the requests, and the group that it stands beside. */
export interface CanarySettings extends CanarySteps {
  /** What divides the requests: a listener by itself, or where models share one, a rule of it. */
  readonly listener?: string;
  readonly rule?: string;
  /** What is done with a request before it is divided: its token is checked, or who sends it signs in. @default - nothing */
  readonly before?: ReturnType<typeof jwtAction> | ReturnType<typeof signInApiAction>;
  /** A request with this value of `VARIANT_HEADER` goes to the small group, whatever its share. */
  readonly variant: string;
  /** The load balancer as CloudWatch names it. */
  readonly loadBalancer: string;
  readonly main: Variant;
  readonly canary: Variant;
  /** The models of a fleet, all of which the small group serves; `main` and `canary` are then those of the first. @default - there is one */
  readonly models?: readonly CanaryModel[];
}

/** A new version of a function, to which an alias leads a part of the requests beside the version that it is of. */
export interface ShiftSettings extends CanarySteps {
  /** Name of the function. */
  readonly function: string;
  /** Name of the alias by which clients reach a version. */
  readonly alias: string;
  /** Number of the new version. */
  readonly version: string;
}

/** One of the models of a fleet that is tried: a rule of its own divides its requests, and it is judged by itself. */
export interface CanaryModel
  extends Required<Pick<CanarySettings, 'rule' | 'main' | 'canary'>>,
    Required<Pick<Judged, 'member'>>,
    Pick<Judged, 'url' | 'connectTo' | 'p99Ms'> {}

export interface Variant {
  /** ARN of the target group. */
  readonly targetGroup: string;
  /** The target group as CloudWatch names it. */
  readonly targetGroupName: string;
  /** Name of the autoscaling group; of the main one where it is there by then. */
  readonly group?: string;
}

/** What both kinds of judgement need; a change of anything here has the deployment judged again. */
export interface Judged {
  /** The endpoint as clients name it, e.g. `https://credit.example.com`. */
  readonly url: string;
  /** Where to connect instead of the address of that name: the load balancer, where no record points to it. */
  readonly connectTo?: string;
  /** Whether the certificate may be of an authority that is not publicly known. */
  readonly anyAuthority: boolean;
  readonly package: StoredPackage;
  /** Which of several models behind the endpoint is asked. @default MAIN_VARIANT */
  readonly variant?: string;
  /** Output of the stack that has the package before it. @default PREVIOUS_PACKAGE_OUTPUT */
  readonly previousOutput?: string;
  /** Which of the models of a fleet it is, whose packages the function has all: of its outputs too. @default - it has one */
  readonly member?: string;
  /** Identifies what the instances start with, and how many there are. */
  readonly fleet: string;
  /** Longest p99 of single requests, milliseconds, as the load balancer sees it. */
  readonly p99Ms: number;
  /** ARN of a version of a function, which is invoked in place of the way that clients take. @default - clients' way is taken */
  readonly function?: string;
  /** Whether some golden rows are enough, without p99: all held before, and the way there has a limit of requests. @default false */
  readonly unhurried?: boolean;
  /** Whether callers need a key. */
  readonly closed: boolean;
  /** Whether the network lets in named callers alone, of which the function is none. @default false */
  readonly limited?: boolean;
  /** SSM parameter with a key of the endpoint. @default - none is used */
  readonly deploymentKey?: string;
  readonly canary?: CanarySettings;
  /** The same of a function. */
  readonly shift?: ShiftSettings;
  /** Name of the endpoint in its metrics. */
  readonly endpoint: string;
}

/**
 * Properties of the custom resources. `canary` raises the small group and watches it, in as many resources as it takes, each
 * of which goes on where the one before has stopped; `hand` gives all requests to the main group when all of it is new, before
 * the models of a fleet are verified one by one, and `verify` does so itself where there is one; `verify` checks the endpoint when all of it is new; `protect` keeps what
 * is there from being taken away. Where only the network reaches the endpoint, `probe` looks from there before, and `verify`
 * judges by what it saw: a function in the network reaches nobody to ask whether the stack goes forward, so that it never fails.
 */
export interface JudgeProperties {
  readonly Task: 'canary' | 'hand' | 'verify' | 'probe' | 'protect';
  /** `Judged` as JSON, `Protected` of the last task: CloudFormation makes texts of numbers. */
  readonly Settings: string;
  /** `models` of the canary, as lists in a list: a template has the text of each list once, and names it in every step. @default - none */
  readonly Models?: string;
  /** Where the canary before has stopped, as JSON. @default - it begins here */
  readonly From?: string;
  /** Whether there is no canary after this one. */
  readonly Last?: 'true' | 'false';
  /** What a function in the network found, `Probed` as JSON, where the other is outside of it. @default - it looks itself */
  readonly Probed?: string;
}

/** What was seen of an endpoint, in a sentence; or what is wrong with it. */
export type Probed = { readonly seen: string } | { readonly problem: string };

/** Attribute of the resource that looks from within. */
export const PROBED = 'Probed';

/** What the task `protect` needs; a change of anything here has it done again. */
export interface Protected {
  /** @default - it is of another stack */
  readonly loadBalancer?: string;
  /** Attributes of the load balancer in the template: CloudFormation might take its protection away with a change of these. */
  readonly attributes?: unknown;
  readonly on: boolean;
  /** Logical ids of what is neither replaced nor removed. */
  readonly kept: readonly string[];
}

export const DELETION_PROTECTION = 'deletion_protection.enabled';

/** Attribute of the resource that protects: `set`, `open`, or why there is no policy of the stack. */
export const STACK_POLICY = 'StackPolicy';

/** Answers 5xx of a function, told with its version beside the endpoint, and only where there are any. */
export const FAILED_ANSWERS_METRIC = 'FailedAnswers';
export const FUNCTION_VERSION_DIMENSION = 'FunctionVersion';

/** Metric of 1 when a canary was withdrawn, and of 0 when a deployment was verified. */
export const WITHDRAWN_METRIC = 'CanaryWithdrawn';

/** Attribute of the resource that verifies. */
export const PREVIOUS_PACKAGE = 'PreviousPackage';
/** Value of it where no other package was deployed before. */
export const NO_PACKAGE = 'none';
/** Attribute of a canary resource: where it has stopped. */
export const CANARY_STATE = 'State';

/** Output of a stack: the name of the log group of its instances. */
export const LOG_GROUP_OUTPUT = 'LogGroup';

/** Output of a stack: what clients call. */
export const URL_OUTPUT = 'Url';

/** Outputs of the stack of an endpoint, by which a later command finds its packages. */
export const PACKAGE_OUTPUT = 'Package';
export const PREVIOUS_PACKAGE_OUTPUT = 'PreviousPackage';

/** An output that is there for each model, where a stack has several. @param model its name, of lower-case letters, digits and hyphens */
export const outputOf = (output: string, model: string | undefined) =>
  model === undefined ? output : `${output}Of${model.replaceAll('-', 'X')}`;

export const VARIANT_HEADER = 'x-slipway-variant';

/** A function of AWS Lambda runs for 15 minutes at most. */
export const FUNCTION_SECONDS = 14 * 60;
/** What it keeps free to say how it went. */
export const WORK_SECONDS = 12 * 60;

/** Folder beside a package with those of other versions of its model, in the bundle of the function that judges. */
export const VERSIONS_FOLDER = 'versions';
