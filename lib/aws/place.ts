/** Whether a thing of AWS that has a name (ARN) can be used by a stage: it has to be in the same region, account and cloud. */
import { partitionOf } from './regions';

/** Where a stage is deployed; what is not known is not checked. */
export interface Place {
  readonly region?: string;
  readonly account?: string;
}

/**
 * What is wrong with the place of an ARN, as a phrase; undefined when it fits.
 *
 * @param user who needs it there, e.g. `a load balancer needs a certificate`
 * @param sameAccount whether it has to be of the same account as well
 */
export function placeProblem(arn: string, place: Place, user: string, sameAccount: boolean): string | undefined {
  const [, partition, , region, account] = arn.split(':');
  const home = place.region === undefined ? undefined : partitionOf(place.region);
  if (home && partition !== home.name) {
    return `is of the partition ${partition}, and ${place.region} is in ${home.name}`;
  }
  if (place.region !== undefined && region !== place.region) {
    return `is in ${region}; ${user} in its own region, ${place.region}`;
  }
  if (sameAccount && place.account !== undefined && account !== place.account) {
    return `is of account ${account}; ${user} of its own account, ${place.account}`;
  }
  return undefined;
}
