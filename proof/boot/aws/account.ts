/** The account, the machines and the addresses of the fake AWS side. */
import type { Statement } from './permissions';

export const ACCOUNT = '111111111111';

/** The fake AWS side, as the instances see it; every name of amazonaws.com resolves to it. */
export const SERVICES_ADDRESS = '10.77.0.1';

export const METADATA_ADDRESS = '169.254.169.254';

/** Name of the role of every instance. */
export const ROLE = 'slipway-instance';

/** Digest-named objects by `bucket/key`. */
export type Objects = ReadonlyMap<string, Buffer>;

/** What the stack of an instance lets CloudFormation accept. */
export interface StackIdentity {
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
}

/** One machine that may boot. The fake side knows it by its address, as AWS does by the network interface. */
export interface Machine {
  readonly address: string;
  readonly instanceId: string;
  readonly instanceType: string;
  readonly stack: StackIdentity;
  /** Logical ids of the handles of its stack whose wait conditions still wait. */
  readonly waiting: readonly string[];
  /** As the template gives it, intrinsic functions resolved. */
  readonly userData: string;
  /** What its role allows, read from the template. */
  readonly permissions: readonly Statement[];
  readonly objects: Objects;
  /** Values in SSM Parameter Store, by name. @default - there are none */
  readonly parameters?: ReadonlyMap<string, string>;
  /** What is wrong with S3. @default - nothing */
  readonly s3?: S3Fault;
  /** Where EC2 Auto Scaling says that it is bound for. @default 'InService' */
  readonly boundFor?: string;
  /** Seconds that AWS is ahead of the clock of the machine. @default 0 */
  readonly clockAheadSeconds?: number;
}

export interface S3Fault {
  /** Milliseconds until an answer begins. */
  readonly delayMs?: number;
  /** How many answers are cut in the middle of their body. */
  readonly cuts: number;
}

export function accessKeyOf(machine: Machine): string {
  return `ASIA${machine.instanceId.slice(-12).toUpperCase()}`;
}
