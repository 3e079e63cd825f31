import { Fn } from 'aws-cdk-lib';

/** Regions in which new accounts see two availability zones only. */
const TWO_ZONES = new Set(['us-west-1']);

/** The availability zones that a network spans, found by CloudFormation when it deploys. */
export function regionZones(region: string): string[] {
  const zones = TWO_ZONES.has(region) ? [0, 1] : [0, 1, 2];
  return zones.map((zone) => Fn.select(zone, Fn.getAzs()));
}
