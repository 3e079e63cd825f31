/** Stand-alone model files of XGBoost (`.json`, `.ubj`) and LightGBM (`.txt`). */
import { SlipwayError } from '../../model/error';
import { isObject, parseJson, Section } from './document';
import { readLightgbm } from './lightgbm';
import { isLightgbmText } from './lightgbm-text';
import type { BoosterModel } from './model';
import { parseUbjson } from './ubjson';
import { readXgboost, wrapperNotes } from './xgboost';

export type BoosterFormat = 'xgboost-json' | 'xgboost-ubjson' | 'lightgbm-text';

export interface BoosterFile {
  readonly format: BoosterFormat;
  readonly model: BoosterModel;
}

/**
 * Read a model that XGBoost or LightGBM saved.
 *
 * A file that one of XGBoost's scikit-learn wrappers saved is read as the wrapper would: up to the best iteration.
 * One that a Booster saved is read as `Booster.predict` does: all of it.
 *
 * @param file name for messages
 * @returns undefined when the bytes are not such a file
 * @throws SlipwayError E_FORMAT, E_LIMIT or E_UNSUPPORTED when they are, and cannot be converted
 */
export function readBoosterFile(file: string, bytes: Buffer): BoosterFile | undefined {
  if (isLightgbmText(bytes)) return { format: 'lightgbm-text', model: readLightgbm(file, bytes, { iterations: 0 }) };
  if (isBinaryXgboost(bytes)) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: is in XGBoost's old binary format, which is not read; re-save with xgboost >= 1.7 as .json`,
    );
  }
  const format = formatOf(bytes);
  if (!format) return undefined;
  const root = format === 'xgboost-ubjson' ? parseUbjson(file, bytes) : parseJson(file, bytes);
  const document = root === undefined ? undefined : Section.of(file, root);
  if (!document || !isObject(document.get('learner'))) return undefined;
  const notes = wrapperNotes(document);
  const { classes, ...model } = readXgboost(document, {
    untilBest: notes !== undefined,
    ...(notes?.missing !== undefined && { missing: notes.missing }),
  });
  const answersClasses = notes === undefined || notes.classifier; // a regressor may have the objective binary:logistic
  return { format, model: answersClasses && classes !== undefined ? { ...model, classes } : model };
}

/** `{` and a key: in UBJSON behind `L` and its length, in JSON behind a quotation mark. */
function formatOf(bytes: Buffer): 'xgboost-json' | 'xgboost-ubjson' | undefined {
  const start = bytes.subarray(0, 512).toString('latin1');
  if (start.startsWith('{L')) return 'xgboost-ubjson';
  return /^\s*\{\s*"/.test(start) ? 'xgboost-json' : undefined;
}

/** XGBoost's own binary format: `binf`, or 136 bytes of parameters and the name of an objective behind its length. */
function isBinaryXgboost(bytes: Buffer): boolean {
  if (bytes.subarray(0, 4).toString('latin1') === 'binf') return true;
  return /^(binary|reg|multi|count|rank|survival):[a-z]{3}/.test(bytes.subarray(144, 160).toString('latin1'));
}
