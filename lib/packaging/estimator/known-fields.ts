/**
 * The fields that estimators have, for files of releases that nobody has tested: what an unknown field means is not
 * known, and an answer without it may be wrong. The tables are made by `npm run fields:sklearn`.
 */
import type { Estimator } from './estimator';
import oldest from './fields/0.22.json';
import newest from './fields/1.9.json';
import { TESTED_RELEASES } from './version';

/** Of every estimator. */
const COMMON = [
  'n_features_in_',
  'feature_names_in_',
  '_sklearn_version',
  '_sklearn_output_config',
  '_metadata_requests',
];

/** Which of the tested releases a file is read as, and its fields by full names of classes. */
const TABLES = {
  older: { release: TESTED_RELEASES[0], fields: oldest as Readonly<Record<string, string>> },
  newer: { release: TESTED_RELEASES.at(-1), fields: newest as Readonly<Record<string, string>> },
} as const;

/**
 * @param classNames all full names of its class
 * @param than whether a file is older or newer than what is tested
 * @throws SlipwayError E_UNSUPPORTED naming a field that is not known
 */
export function refuseUnknownFields(
  estimator: Estimator,
  classNames: readonly string[],
  than: keyof typeof TABLES,
): void {
  const { release, fields } = TABLES[than];
  const name = estimator.className.split('.').at(-1);
  const known = classNames.find((full) => full.endsWith(`.${name}`) && Object.hasOwn(fields, full));
  const names = new Set([...COMMON, ...(known === undefined ? [] : fields[known]!.split(' '))]);
  const unknown = estimator.fieldNames.find((field) => !names.has(field));
  if (unknown === undefined) return;
  throw estimator.unsupported(
    `(${estimator.className}) has a field ${unknown.slice(0, 80)}, which scikit-learn ${release} has not: what it means is not known, and the answers may depend on it; this is refused with --allow-untested too: ${than === 'newer' ? 'use a newer Slipway, or fit it' : 'fit it'} again with a tested version`,
  );
}
