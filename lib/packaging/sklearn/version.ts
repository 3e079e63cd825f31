/** Which versions of scikit-learn the converters are right for. */
import type { Estimator } from './estimator';

/** Converted and compared with scikit-learn's own answers, by `test/fixtures/packaging/make.py`: every minor version from the first to the last. */
export const FIRST_MINOR = 1;
export const LAST_MINOR = 9;

/** A version of scikit-learn 1.x. */
export interface SklearnVersion {
  readonly minor: number;
}

/**
 * The version that an estimator was fitted with; the nearest tested one where others are allowed.
 *
 * @throws SlipwayError E_UNSUPPORTED when it is outside of the tested range, unless that is allowed
 */
export function testedVersion(estimator: Estimator): SklearnVersion {
  const text = estimator.sklearnVersion;
  const range = `this version of Slipway is tested with 1.${FIRST_MINOR} to 1.${LAST_MINOR}`;
  const untested = (what: string, remedy: string, nearest: number): SklearnVersion => {
    if (!estimator.versions.allowUntested) {
      throw estimator.unsupported(
        `(${estimator.className}) ${what}; ${range}: ${remedy}, or give --allow-untested and golden rows`,
      );
    }
    estimator.versions.warn(`${estimator.className} ${what}; ${range}`);
    return { minor: nearest };
  };
  if (text === undefined) {
    return untested(
      'does not say which version of scikit-learn fitted it',
      'fit it again with one of those',
      LAST_MINOR,
    );
  }
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})(?:\D|$)/.exec(text) ?? [];
  const older = Number(major) < 1 || (Number(major) === 1 && Number(minor) < FIRST_MINOR);
  const known = Number(major) === 1 && Number(minor) >= FIRST_MINOR && Number(minor) <= LAST_MINOR;
  if (known) return { minor: Number(minor) };
  const what = `was fitted with scikit-learn ${text.slice(0, 40)}`;
  return older
    ? untested(what, 'fit it again with one of those', FIRST_MINOR)
    : untested(what, 'use a newer Slipway, or fit it again with one of those versions', LAST_MINOR);
}
