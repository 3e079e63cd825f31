import { Fn } from 'aws-cdk-lib';

/** The first three availability zones of whatever region the stack is deployed to, found by CloudFormation. */
export function regionZones(): string[] {
  return [0, 1, 2].map((zone) => Fn.select(zone, Fn.getAzs()));
}
