/** What a measurement on instances costs and takes, before it is begun. */
import { SlipwayError } from '../model/error';
import { nearestOf } from '../model/text/nearest';
import type { Catalogue, InstanceType } from '../sizing';

/** Boot, download, and the profile of a model that is not slow. */
export const USUAL_MINUTES = 5;
/** A profile of the slowest models takes six. */
export const DEADLINE_MINUTES = 30;

/**
 * The types of a region by their names.
 *
 * @throws SlipwayError E_USAGE for one that the region has not, or that has a GPU
 */
export function typesNamed(names: readonly string[], { types, region }: Catalogue): InstanceType[] {
  const problems: string[] = [];
  const found = [...new Set(names)].flatMap((name) => {
    const type = types.find((one) => one.name === name);
    if (type && !type.gpu) return [type];
    const nearest = nearestOf(
      name,
      types.filter(({ gpu }) => !gpu).map((one) => one.name),
    );
    const meant = type || nearest === undefined ? '' : `; did you mean ${nearest}?`;
    problems.push(
      type
        ? `${name} has a GPU, and profiles are of processors`
        : `no ${name} with a known price and processor is offered in ${region}${meant}`,
    );
    return [];
  });
  if (problems.length === 0) return found;
  throw new SlipwayError('E_USAGE', '--on names types that cannot be borrowed', { problems });
}

export interface Offer {
  readonly usualUsd: number;
  readonly mostUsd: number;
}

/** Instances, their addresses and volumes; S3 costs less than a cent. */
export function offerOf(
  types: readonly InstanceType[],
  { prices }: Pick<Catalogue, 'prices'>,
  volumeGiB: number,
): Offer {
  const volumeHour = (volumeGiB * prices.volumeGiBMonth) / 730;
  const hourly = types.reduce((sum, { usdPerHour }) => sum + usdPerHour + prices.publicAddressHour + volumeHour, 0);
  const cents = (usd: number) => Math.max(0.01, Math.ceil(usd * 100) / 100);
  return { usualUsd: cents((hourly * USUAL_MINUTES) / 60), mostUsd: cents((hourly * DEADLINE_MINUTES) / 60) };
}

/** The offer in a sentence. */
export function offerText(types: readonly InstanceType[], region: string, { usualUsd, mostUsd }: Offer): string {
  const usd = (amount: number) => `${amount.toFixed(2)} USD`;
  const names = types.map(({ name }) => `1 x ${name}`).join(', ');
  return (
    `${names} in ${region} for about ${USUAL_MINUTES} minutes, ${DEADLINE_MINUTES} at the most: about ${usd(usualUsd)}, ` +
    `${usd(mostUsd)} at the most. A bucket and a security group are made with them; all of it is removed afterwards.`
  );
}
