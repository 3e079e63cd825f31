/** The model packages of a deployed stage, as its stack tells of them. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { SlipwayError } from '../model/error';
import { isRecord } from '../model/formats/json';
import {
  NO_PACKAGE,
  outputOf,
  PACKAGE_OUTPUT,
  PREVIOUS_PACKAGE_OUTPUT,
  type StoredPackage,
} from '../model/stage/deployment';
import { told } from './told';

export interface DeployedPackages {
  readonly current: StoredPackage;
  /** Absent where no other was deployed before it. */
  readonly previous?: StoredPackage;
}

/**
 * @param model of a stack that has several. @default - it has one
 * @throws SlipwayError E_AWS when AWS refuses, or the stack is not there, or is of an older Slipway
 */
export async function deployedPackages(
  stackName: string,
  client: Pick<CloudFormationClient, 'send'>,
  model?: string,
): Promise<DeployedPackages> {
  const { Stacks: [stack] = [] } = await told(
    `the stack ${stackName}`,
    client.send(new DescribeStacksCommand({ StackName: stackName })),
  );
  const output = (key: string) => stack?.Outputs?.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
  const [current, previous] = [PACKAGE_OUTPUT, PREVIOUS_PACKAGE_OUTPUT].map((key) => output(outputOf(key, model)));
  if (current === undefined) {
    throw new SlipwayError(
      'E_AWS',
      `the stack ${stackName} does not tell which package it has; deploy it once with this version of Slipway`,
    );
  }
  return {
    current: storedPackage(current, stackName),
    ...(previous !== undefined && previous !== NO_PACKAGE && { previous: storedPackage(previous, stackName) }),
  };
}

export function storedPackage(text: string, stackName: string): StoredPackage {
  const failed = () =>
    new SlipwayError('E_AWS', `the stack ${stackName} tells of its package in a form that is not read`);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw failed();
  }
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
  if (!isRecord(document) || !isRecord(document.objects)) throw failed();
  const { name, digest, bucket, objects } = document;
  if (![name, bucket, ...Object.values(objects)].every(isText)) throw failed();
  // it becomes the name of a folder
  if (!isText(digest) || !/^[0-9a-f]{64}$/.test(digest)) throw failed();
  return { name, digest, bucket, objects } as StoredPackage;
}
