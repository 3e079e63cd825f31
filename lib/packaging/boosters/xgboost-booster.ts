/** What boosted in an XGBoost document: its trees with DART's weights, or the weights of a linear model. */

import { type BoosterModel, type BoosterTree, checkTreeCount } from './booster-model';
import type { Categories } from './frame-categories';
import type { XgboostOptions } from './xgboost';
import { xgboostCategories } from './xgboost-categories';
import type { Section } from './xgboost-document';
import { readXgboostTree } from './xgboost-tree';

const TREE_MODEL: readonly string[] = [
  ...['gbtree_model_param', 'trees', 'tree_info', 'iteration_indptr', 'cats', 'weight_drop'],
];

/** What its document says of the model beside its booster. */
interface Context {
  readonly learner: Section;
  readonly options: XgboostOptions;
  readonly outputs: number;
  readonly width: number;
  /** See `xgboostCategories`. */
  readonly wholeTexts: boolean;
  /** Base scores as margins, one an output. */
  readonly base: readonly number[];
}

/** @throws SlipwayError E_FORMAT, E_LIMIT or E_UNSUPPORTED */
export function readXgboostBooster(
  booster: Section,
  context: Context,
): Pick<BoosterModel, 'trees' | 'weights' | 'categories'> {
  const { outputs, width, wholeTexts } = context;
  const kind = booster.text('name');
  if (kind === 'gbtree' || kind === 'dart') {
    const { model, dropped } = treeModelOf(booster, kind);
    const categories: Categories[] = model.has('cats')
      ? xgboostCategories(model.section('cats'), width, wholeTexts)
      : [];
    return { trees: readTrees(model, context, dropped), ...(categories.length > 0 && { categories }) };
  }
  if (kind !== 'gblinear') throw booster.damaged(`is of the unknown kind ${kind.slice(0, 40)}`);
  const model = booster.only('name', 'model').section('model').only('weights', 'boosted_rounds');
  const weights = model.numbers('weights').map(Math.fround);
  if (weights.length !== (width + 1) * outputs || !weights.every(Number.isFinite)) {
    throw booster.damaged(`has ${weights.length} weights for ${width} columns and ${outputs} outputs`);
  }
  return { trees: Array.from({ length: outputs }, () => []), weights };
}

/** How DART counts its trees. */
interface Dropped {
  /** One a tree. */
  readonly weights: Float64Array;
  /** Whether a release wrote the file in which the wrappers compute them with the base score (see `weighted`). */
  readonly nested: boolean;
}

/**
 * The trees, and DART's weights: until 3.2 in a booster around the one with the trees, in 3.3 beside the trees of a
 * booster that is called gbtree as any other, and since 3.4 among them.
 */
function treeModelOf(booster: Section, kind: 'gbtree' | 'dart'): { model: Section; dropped?: Dropped } {
  const nested = kind === 'dart';
  const outer = booster.only('name', nested ? 'gbtree' : 'model', 'weight_drop');
  const holder = nested ? outer.section('gbtree').only('name', 'model') : outer;
  const model = holder.section('model').only(...TREE_MODEL);
  model.section('gbtree_model_param').only('num_trees', 'num_parallel_tree', 'size_leaf_vector');
  const place = [outer, model].find((section) => section.has('weight_drop'));
  if (place) return { model, dropped: { weights: place.numbers('weight_drop'), nested } };
  if (nested) throw booster.damaged('has no list "weight_drop"');
  return { model };
}

function readTrees(model: Section, context: Context, dropped: Dropped | undefined): BoosterModel['trees'] {
  const { outputs, width, base, options } = context;
  const sections = model.sections('trees');
  checkTreeCount(model.file, sections.length);
  const information = model.numbers('tree_info');
  if (information.length !== sections.length) throw model.damaged('has another number of trees than of tree_info');
  const weights = dropped?.weights;
  if (weights && (weights.length !== sections.length || !weights.every(Number.isFinite))) {
    throw model.damaged(`has ${weights.length} weights of DART for ${sections.length} trees`);
  }
  const trees: BoosterTree[][] = Array.from({ length: outputs }, () => []);
  sections.slice(0, treesInUse(model, context)).forEach((section, i) => {
    const output = information[i]!;
    const sums = trees[output];
    if (!sums) throw model.damaged(`has a tree for output ${output}, and there are ${outputs}`);
    const tree = readXgboostTree(section, width);
    const start = dropped?.nested && options.asWrapper ? base[output]! : 0;
    sums.push(weights ? { ...tree, values: weighted(tree.values, weights[i]!, start) } : tree);
  });
  return trees;
}

/**
 * The leaves of a tree of DART, in float32. Until 3.2 the wrappers (by `inplace_predict`) let the tree predict together
 * with the base score, and take that off again.
 */
function weighted(values: Float64Array, weight: number, start: number): Float64Array {
  const { fround } = Math;
  return values.map((value) => fround(fround(fround(value + start) - start) * fround(weight)));
}

/** How many trees predict: all of them, or those up to the best iteration. */
function treesInUse(model: Section, { learner, options, outputs }: Context): number {
  const best = options.asWrapper ? learner.optional('attributes').get('best_iteration') : undefined;
  if (best === undefined) return Number.POSITIVE_INFINITY;
  const rounds = typeof best === 'string' && /^\d{1,9}$/.test(best) ? Number(best) + 1 : Number.NaN;
  if (Number.isNaN(rounds)) throw learner.damaged('has a best_iteration that is no number');
  if (model.has('iteration_indptr')) {
    const starts = model.numbers('iteration_indptr');
    return starts[Math.min(rounds, starts.length - 1)] ?? 0;
  }
  return rounds * outputs * Math.max(1, model.section('gbtree_model_param').integer('num_parallel_tree', 1));
}
