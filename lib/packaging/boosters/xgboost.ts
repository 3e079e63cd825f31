/**
 * An XGBoost model document -> a booster model.
 *
 * The document is what `save_model` writes since XGBoost 1.0 (doc/model.schema of its repository), as JSON or as
 * UBJSON, or the `Model` of the `{Config, Model}` that a pickled booster holds since 1.6.
 */
import { SlipwayError } from '../../model/error';
import type { VersionPolicy } from '../estimator/estimator';
import { limitError } from '../joblib';
import type { BoosterModel } from './booster-model';
import { readXgboostBooster } from './xgboost-booster';
import { isObject, parseJson, type Section } from './xgboost-document';
import { OBJECTIVE_PARAMETERS, XGBOOST_OBJECTIVES } from './xgboost-objective';

/** Columns and outputs, which the file says in a few bytes. */
const MAXIMUM_WIDTH = 100_000;
const MAXIMUM_OUTPUTS = 10_000;

/** Releases whose answers test/fixtures/packaging/boosters/make.py recorded, major and minor: all from the first to the last. */
const FIRST_VERSION = [1, 7] as const;
const LAST_VERSION = [3, 4] as const;

/** Members of `learner`. What a user of XGBoost keeps in `attributes` is free. */
const LEARNER: readonly string[] = [
  ...['learner_model_param', 'objective', 'gradient_booster', 'feature_names', 'feature_types', 'attributes'],
];
/** The score that boosting began with is `base_score`, whether it was the average or not. */
const LEARNER_PARAMETERS: readonly string[] = [
  ...['base_score', 'num_feature', 'num_class', 'num_target', 'boost_from_average'],
];

/** What is converted, for people: `1.7 to 3.4`. */
export const XGBOOST_RANGE = `${FIRST_VERSION.join('.')} to ${LAST_VERSION.join('.')}`;

export interface XgboostOptions {
  /** Answer as the scikit-learn wrappers do, which stop at the best iteration, and not as `Booster.predict` does. */
  readonly asWrapper: boolean;
  /** The wrapper's `missing`, NaN for none; undefined where the file does not hold it. */
  readonly missing?: number;
  /** What to do with other releases than the tested ones. */
  readonly versions: VersionPolicy;
}

/**
 * @param document has the member `learner`
 * @throws SlipwayError E_FORMAT, E_LIMIT or E_UNSUPPORTED
 */
export function readXgboost(document: Section, options: XgboostOptions): BoosterModel {
  const { file } = document;
  const version = readVersion(document, options.versions);
  const learner = document
    .only('learner', 'version')
    .section('learner')
    .only(...LEARNER);
  const parameters = learner.section('learner_model_param').only(...LEARNER_PARAMETERS);
  const width = bounded(file, parameters.integer('num_feature'), MAXIMUM_WIDTH, 'columns');
  const classes = parameters.integer('num_class', 0);
  const targets = parameters.integer('num_target', 1);
  const outputs = bounded(file, Math.max(classes, targets, 1), MAXIMUM_OUTPUTS, 'outputs');
  const described = learner.section('objective');
  const name = described.text('name');
  const objective = XGBOOST_OBJECTIVES.get(name);
  if (!objective) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: was trained for the objective ${name.slice(0, 60)}, which is not converted; converted are ${[...XGBOOST_OBJECTIVES.keys()].join(', ')}`,
    );
  }
  described.only('name', ...OBJECTIVE_PARAMETERS.keys());
  for (const [section, known] of OBJECTIVE_PARAMETERS) described.optional(section).only(...known);
  const base = baseScores(parameters, outputs).map(objective.margin);
  if (!base.every(Number.isFinite)) throw parameters.damaged('has a base_score that the objective does not allow');

  const booster = learner.section('gradient_booster');
  const body = readXgboostBooster(booster, {
    learner,
    options,
    outputs,
    width,
    base,
    wholeTexts: isSince(version, 3, 4),
  });
  const names = learner.has('feature_names') ? learner.texts('feature_names') : [];
  if (names.length > 0 && names.length !== width)
    throw learner.damaged(`has ${names.length} feature_names, not ${width}`);
  const count = classes > 1 ? classes : name.startsWith('binary:') ? 2 : undefined;
  return {
    library: 'xgboost',
    version,
    objective: { name, link: objective.link, slope: 1 },
    width,
    names: names.length > 0 ? names : undefined,
    base,
    divisor: 1,
    ...missingOf(options),
    ...(count !== undefined && { classes: count }),
    ...body,
  };
}

function missingOf({ missing, versions }: XgboostOptions): Pick<BoosterModel, 'missing' | 'missingSaid'> {
  const value = missing ?? versions.missing ?? Number.NaN;
  return {
    ...(!Number.isNaN(value) && { missing: value }),
    ...(missing === undefined && { missingSaid: versions.missing === undefined ? 'assumed' : 'given' }),
  };
}

function baseScores(parameters: Section, outputs: number): number[] {
  const text = parameters.text('base_score');
  const scores = text
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((score) => Math.fround(Number(score)));
  if (!/\d/.test(text) || !scores.every(Number.isFinite) || (scores.length !== 1 && scores.length !== outputs)) {
    throw parameters.damaged(`has the base_score ${text.slice(0, 60)}`);
  }
  return Array.from({ length: outputs }, (_, i) => scores[scores.length === 1 ? 0 : i]!);
}

/** @throws SlipwayError E_UNSUPPORTED when it is outside of the tested range, unless that is allowed */
function readVersion(document: Section, versions: VersionPolicy): string {
  const version = [...document.numbers('version')];
  const [major = 0, minor = 0] = version;
  const text = version.slice(0, 3).join('.');
  const older = major < FIRST_VERSION[0] || (major === FIRST_VERSION[0] && minor < FIRST_VERSION[1]);
  const newer = major > LAST_VERSION[0] || (major === LAST_VERSION[0] && minor > LAST_VERSION[1]);
  if (older || newer) {
    const what = `was written by XGBoost ${text}; this version of Slipway is tested with ${XGBOOST_RANGE}`;
    if (!versions.allowUntested) {
      const remedy = older ? 're-save with xgboost >= 1.7 as .json' : 'use a newer Slipway';
      throw new SlipwayError(
        'E_UNSUPPORTED',
        `${document.file}: ${what}: ${remedy}, or give --allow-untested and golden rows`,
      );
    }
    versions.warn(`${document.file} ${what}`);
  }
  return text;
}

function isSince(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}

function bounded(file: string, value: number, maximum: number, what: string): number {
  if (value < 1) throw new SlipwayError('E_FORMAT', `${file}: is damaged: the model has ${value} ${what}`);
  if (value > maximum) throw limitError(file, `has ${value} ${what}`, `${maximum} ${what}`);
  return value;
}

/** What the scikit-learn wrapper of 1.7 and older keeps in the file; it says more than that there was a wrapper. */
interface WrapperNotes {
  readonly classifier: boolean;
  /** Its `missing`, NaN for none; absent in files of XGBoost 2 and newer. */
  readonly missing?: number;
}

/** The notes of the wrapper that saved the file; undefined when a Booster did. */
export function wrapperNotes(document: Section): WrapperNotes | undefined {
  const text = document.section('learner').optional('attributes').get('scikit_learn');
  if (typeof text !== 'string') return undefined;
  const notes = parseJson(document.file, Buffer.from(text));
  if (!isObject(notes)) throw document.damaged('has a scikit_learn attribute that is not JSON');
  const { _estimator_type: type, missing } = notes;
  const said = missing === null ? Number.NaN : missing; // as JSON is read here, null was NaN
  return { classifier: type === 'classifier', ...(typeof said === 'number' && { missing: said }) };
}
