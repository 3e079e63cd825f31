/** Which versions of scikit-learn the converters are right for. */
import type { Estimator } from './estimator';

/** The minor releases of scikit-learn, in their order, each compared with its own answers by `npm run proof:parity`. */
export const TESTED_RELEASES = [
  ...['0.22', '0.23', '0.24'],
  ...['1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.9'],
] as const;

/** A tested release. */
export type Release = (typeof TESTED_RELEASES)[number];

/** What is converted, for people: `0.22 to 1.9`. */
export const TESTED_RANGE = `${TESTED_RELEASES[0]} to ${TESTED_RELEASES.at(-1)}`;

/** A version of scikit-learn. */
export interface SklearnVersion {
  /** Minor releases since 1.0: 4 is 1.4, -1 is 0.24, -3 is 0.22. */
  readonly minor: number;
  /** Present for a version outside of the tested range, of which `minor` is then the nearest. */
  readonly untested?: 'older' | 'newer';
}

const minorOf = (index: number): number => index - TESTED_RELEASES.indexOf('1.0');

/** Whether a version is older than a release. */
export function isBefore({ minor }: SklearnVersion, release: Release): boolean {
  return minor < minorOf(TESTED_RELEASES.indexOf(release));
}

const OLDEST = minorOf(0);
const NEWEST = minorOf(TESTED_RELEASES.length - 1);

/**
 * The version that an estimator was fitted with; the nearest tested one where others are allowed.
 *
 * @throws SlipwayError E_UNSUPPORTED when it is outside of the tested range, unless that is allowed
 */
export function testedVersion(estimator: Estimator): SklearnVersion {
  const text = estimator.sklearnVersion;
  const range = `this version of Slipway is tested with ${TESTED_RANGE}`;
  const untested = (what: string, remedy: string, than: 'older' | 'newer'): SklearnVersion => {
    if (!estimator.versions.allowUntested) {
      throw estimator.unsupported(
        `(${estimator.className}) ${what}; ${range}: ${remedy}, or give --allow-untested and golden rows`,
      );
    }
    estimator.versions.warn(`${estimator.className} ${what}; ${range}`);
    return { minor: than === 'older' ? OLDEST : NEWEST, untested: than };
  };
  if (text === undefined) {
    return untested('does not say which version of scikit-learn fitted it', 'fit it again with one of those', 'newer');
  }
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})(?:\D|$)/.exec(text) ?? [];
  const index = (TESTED_RELEASES as readonly string[]).indexOf(`${Number(major)}.${Number(minor)}`);
  if (index >= 0) return { minor: minorOf(index) };
  const what = `was fitted with scikit-learn ${text.slice(0, 40)}`;
  return Number(major) < 1
    ? untested(what, 'fit it again with one of those', 'older')
    : untested(what, 'use a newer Slipway, or fit it again with one of those versions', 'newer');
}
