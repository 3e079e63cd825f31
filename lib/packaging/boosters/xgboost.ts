/**
 * An XGBoost model document -> a booster model.
 *
 * The document is what `save_model` writes since XGBoost 1.0 (doc/model.schema of its repository), as JSON or as
 * UBJSON, or the `Model` of the `{Config, Model}` that a pickled booster holds since 1.6.
 */
import { SlipwayError } from '../../model/error';
import { limitError } from '../joblib';
import type { VersionPolicy } from '../sklearn/estimator';
import type { Categories } from './categories';
import { isObject, parseJson, type Section } from './document';
import { type BoosterModel, checkTreeCount } from './model';
import { xgboostCategories } from './xgboost-categories';
import { XGBOOST_OBJECTIVES } from './xgboost-objective';
import { readXgboostTree } from './xgboost-tree';

/** Columns and outputs, which the file says in a few bytes. */
const MAXIMUM_WIDTH = 100_000;
const MAXIMUM_OUTPUTS = 10_000;

/** Releases whose answers test/fixtures/packaging/boosters/make.py recorded, major and minor: all from the first to the last. */
const FIRST_VERSION = [1, 7] as const;
const LAST_VERSION = [3, 2] as const;

export interface XgboostOptions {
  /** Use the trees up to the best iteration, as the scikit-learn wrappers do and `Booster.predict` does not. */
  readonly untilBest: boolean;
  /** The wrapper's `missing`. */
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
  const learner = document.section('learner');
  const parameters = learner.section('learner_model_param');
  const version = readVersion(document, options.versions);
  const width = bounded(file, parameters.integer('num_feature'), MAXIMUM_WIDTH, 'columns');
  const classes = parameters.integer('num_class', 0);
  const targets = parameters.integer('num_target', 1);
  const outputs = bounded(file, Math.max(classes, targets, 1), MAXIMUM_OUTPUTS, 'outputs');
  const name = learner.section('objective').text('name');
  const objective = XGBOOST_OBJECTIVES.get(name);
  if (!objective) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: was trained for the objective ${name.slice(0, 60)}, which is not converted; converted are ${[...XGBOOST_OBJECTIVES.keys()].join(', ')}`,
    );
  }
  const base = baseScores(parameters, outputs).map(objective.margin);
  if (!base.every(Number.isFinite)) throw parameters.damaged('has a base_score that the objective does not allow');

  const booster = learner.section('gradient_booster');
  const body = readBooster(booster, { learner, options, outputs, width, base });
  const names = learner.has('feature_names') ? learner.texts('feature_names') : [];
  if (names.length > 0 && names.length !== width)
    throw learner.damaged(`has ${names.length} feature_names, not ${width}`);
  const binary = name.startsWith('binary:') && targets === 1;
  const count = classes > 1 ? classes : binary ? 2 : undefined;
  return {
    library: 'xgboost',
    version,
    objective: { name, link: objective.link, slope: 1 },
    width,
    names: names.length > 0 ? names : undefined,
    base,
    divisor: 1,
    ...(options.missing !== undefined && { missing: options.missing }),
    ...(count !== undefined && { classes: count }),
    ...body,
  };
}

interface Context {
  readonly learner: Section;
  readonly options: XgboostOptions;
  readonly outputs: number;
  readonly width: number;
  readonly base: readonly number[];
}

function readBooster(booster: Section, context: Context): Pick<BoosterModel, 'trees' | 'weights' | 'categories'> {
  const { outputs, width } = context;
  const kind = booster.text('name');
  if (kind === 'gbtree' || kind === 'dart') {
    const model = (kind === 'dart' ? booster.section('gbtree') : booster).section('model');
    const drop = kind === 'dart' ? booster.numbers('weight_drop') : undefined;
    const categories: Categories[] = model.has('cats') ? xgboostCategories(model.section('cats'), width) : [];
    return { trees: readTrees(model, context, drop), ...(categories.length > 0 && { categories }) };
  }
  if (kind !== 'gblinear') throw booster.damaged(`is of the unknown kind ${kind.slice(0, 40)}`);
  const weights = booster.section('model').numbers('weights').map(Math.fround);
  if (weights.length !== (width + 1) * outputs || !weights.every(Number.isFinite)) {
    throw booster.damaged(`has ${weights.length} weights for ${width} columns and ${outputs} outputs`);
  }
  return { trees: Array.from({ length: outputs }, () => []), weights };
}

function readTrees(model: Section, context: Context, drop?: Float64Array): BoosterModel['trees'] {
  const { outputs, width, base } = context;
  const sections = model.sections('trees');
  checkTreeCount(model.file, sections.length);
  const information = model.numbers('tree_info');
  if (information.length !== sections.length) throw model.damaged('has another number of trees than of tree_info');
  if (drop && drop.length < sections.length) throw model.damaged('has fewer weights of dropped trees than trees');
  const trees: BoosterModel['trees'][number][number][][] = Array.from({ length: outputs }, () => []);
  sections.slice(0, treesInUse(model, context)).forEach((section, i) => {
    const output = information[i]!;
    const sums = trees[output];
    if (!sums) throw model.damaged(`has a tree for output ${output}, and there are ${outputs}`);
    const tree = readXgboostTree(section, width);
    // as DART adds a tree: XGBoost lets it predict with the base score, and takes that off again, in float32
    const weighted = (value: number) =>
      Math.fround(Math.fround(Math.fround(value + base[output]!) - base[output]!) * Math.fround(drop![i]!));
    sums.push(drop ? { ...tree, values: tree.values.map(weighted) } : tree);
  });
  return trees;
}

/** How many trees predict: all of them, or those up to the best iteration. */
function treesInUse(model: Section, { learner, options, outputs }: Context): number {
  const best = options.untilBest ? learner.optional('attributes').get('best_iteration') : undefined;
  if (best === undefined) return Number.POSITIVE_INFINITY;
  const rounds = typeof best === 'string' && /^\d{1,9}$/.test(best) ? Number(best) + 1 : Number.NaN;
  if (Number.isNaN(rounds)) throw learner.damaged('has a best_iteration that is no number');
  if (model.has('iteration_indptr')) {
    const starts = model.numbers('iteration_indptr');
    return starts[Math.min(rounds, starts.length - 1)] ?? 0;
  }
  return rounds * outputs * Math.max(1, model.section('gbtree_model_param').integer('num_parallel_tree', 1));
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
    const what = `was written by XGBoost ${text}; this version of Slipway is tested with ${FIRST_VERSION.join('.')} to ${LAST_VERSION.join('.')}`;
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

function bounded(file: string, value: number, maximum: number, what: string): number {
  if (value < 1) throw new SlipwayError('E_FORMAT', `${file}: is damaged: the model has ${value} ${what}`);
  if (value > maximum) throw limitError(file, `has ${value} ${what}`, `${maximum} ${what}`);
  return value;
}

/** What the scikit-learn wrapper of 1.7 and older keeps in the file; it says more than that there was a wrapper. */
export interface WrapperNotes {
  readonly classifier: boolean;
  readonly missing?: number;
}

/** The notes of the wrapper that saved the file; undefined when a Booster did. */
export function wrapperNotes(document: Section): WrapperNotes | undefined {
  const text = document.section('learner').optional('attributes').get('scikit_learn');
  if (typeof text !== 'string') return undefined;
  const notes = parseJson(document.file, Buffer.from(text));
  if (!isObject(notes)) throw document.damaged('has a scikit_learn attribute that is not JSON');
  const { _estimator_type: type, missing } = notes;
  return { classifier: type === 'classifier', ...(typeof missing === 'number' && { missing }) };
}
