/** Stand-alone model files of XGBoost (`.json`, `.ubj`) and LightGBM (`.txt`), told by their bytes. */
import { SlipwayError } from '../../model/error';
import { TESTED_ONLY, type VersionPolicy } from '../estimator/estimator';
import type { BoosterModel } from './booster-model';
import { readLightgbm } from './lightgbm';
import { isLightgbmText } from './lightgbm-text';
import { parseUbjson } from './ubjson';
import { readXgboost, wrapperNotes } from './xgboost';
import { parseJson, Section } from './xgboost-document';

interface BoosterFormat {
  readonly name: string;
  readonly matches: (bytes: Buffer) => boolean;
  readonly read: (file: string, bytes: Buffer, versions: VersionPolicy) => BoosterModel;
}

export interface BoosterFile {
  /** `xgboost-json`, `xgboost-ubjson` or `lightgbm-text`. */
  readonly format: string;
  readonly model: BoosterModel;
}

/** How far from the start the member `learner` may stand: it is the first that XGBoost writes. */
const START = 4096;

export const FORMATS: readonly BoosterFormat[] = [
  {
    name: 'xgboost-json',
    matches: (bytes) => /^\s*\{\s*"/.test(start(bytes)) && start(bytes).includes('"learner"'),
    read: (file, bytes, versions) => readDocument(file, parseJson(file, bytes), versions),
  },
  {
    name: 'xgboost-ubjson', // keys stand behind `L` and their length
    matches: (bytes) => start(bytes).startsWith('{L') && start(bytes).includes('learner'),
    read: (file, bytes, versions) => readDocument(file, parseUbjson(file, bytes), versions),
  },
  {
    name: 'lightgbm-text',
    matches: isLightgbmText,
    read: (file, bytes) => readLightgbm(file, bytes, { iterations: 0 }),
  },
  {
    name: 'xgboost-binary',
    matches: isXgboostBinary,
    read(file) {
      throw new SlipwayError(
        'E_UNSUPPORTED',
        `${file}: is in XGBoost's old binary format, which is not read; re-save with xgboost >= 1.7 as .json`,
      );
    },
  },
];

/** `binf`, or 136 bytes of parameters and behind them, each behind its length, the names of an objective and of a booster. */
function isXgboostBinary(bytes: Buffer): boolean {
  if (start(bytes).startsWith('binf')) return true;
  const objective = textAt(bytes, 136);
  const booster = objective === undefined ? undefined : textAt(bytes, 144 + objective.length);
  return objective?.includes(':') === true && ['gbtree', 'gblinear', 'dart'].includes(booster ?? '');
}

/** A text behind its length; undefined where there is none. */
function textAt(bytes: Buffer, at: number): string | undefined {
  if (bytes.length < at + 8) return undefined;
  const length = bytes.readBigUInt64LE(at);
  return length <= 64n ? bytes.toString('latin1', at + 8, at + 8 + Number(length)) : undefined;
}

function start(bytes: Buffer): string {
  return bytes.subarray(0, START).toString('latin1');
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
export function readBoosterFile(
  file: string,
  bytes: Buffer,
  versions: VersionPolicy = TESTED_ONLY,
): BoosterFile | undefined {
  const format = FORMATS.find(({ matches }) => matches(bytes));
  return format && { format: format.name, model: format.read(file, bytes, versions) };
}

function readDocument(
  file: string,
  root: Parameters<typeof Section.of>[1] | undefined,
  versions: VersionPolicy,
): BoosterModel {
  const document = root === undefined ? undefined : Section.of(file, root);
  if (!document)
    throw new SlipwayError('E_FORMAT', `${file}: is damaged: it begins as JSON of XGBoost and is not JSON`);
  const notes = wrapperNotes(document);
  const { classes, ...model } = readXgboost(document, {
    asWrapper: notes !== undefined,
    versions,
    ...(notes?.missing !== undefined && { missing: notes.missing }),
  });
  const answersClasses = notes === undefined || notes.classifier; // a regressor may have the objective binary:logistic
  return answersClasses && classes !== undefined ? { ...model, classes } : model;
}
