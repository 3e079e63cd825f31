/**
 * The columns that a booster's trees split on: those of X, and those made of them for splits that are no thresholds.
 *
 * A split on categories becomes a column of zeros and ones, looked up by the category, so that every node
 * compares with a threshold. A column whose zeros are missing is there a second time, with NaN for them.
 */

import { roundToFloat32 } from '../graph-parts/tree-ensemble';
import { limitError } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import type { BoosterModel, BoosterTree, CategorySplit } from './booster-model';
import { ZERO_THRESHOLD } from './lightgbm-tree';

/** Cells of the look-up tables, a byte each. */
const MAXIMUM_CELLS = 2 ** 24;

interface SplitColumns {
  /** Shape `[rows, width]`. */
  readonly value: Value<'float64'>;
  readonly width: number;
  /** A tree of the model with its splits on those columns. */
  adapt(tree: BoosterTree): BoosterTree;
}

/** Sets of categories that one column is split by. */
interface Lookup {
  readonly column: number;
  readonly splits: CategorySplit[];
  readonly places: Map<string, number>;
}

/** @param input X, shape `[rows, model.width]` */
export function splitColumns(
  graph: GraphBuilder,
  input: Value<'float64'>,
  model: BoosterModel,
  file: string,
): SplitColumns {
  const x = asSeen(graph, input, model);
  const { lookups, zeros } = survey(model.trees);
  let width = model.width;
  const parts: Value<'float64'>[] = [x];
  const zeroAt = new Map<number, number>();
  for (const column of zeros) {
    zeroAt.set(column, width++);
    parts.push(withoutZeros(graph, pick(graph, x, column)));
  }
  let cells = 0;
  const lookupAt = new Map<number, number>();
  for (const lookup of lookups.values()) {
    lookupAt.set(lookup.column, width);
    width += lookup.splits.length;
    cells += lookup.splits.length * (1 + highest(lookup));
    if (cells > MAXIMUM_CELLS) {
      throw limitError(file, 'splits on too many categories in too many ways', `${MAXIMUM_CELLS} of both together`);
    }
    parts.push(looked(graph, pick(graph, x, lookup.column), lookup, model.library === 'xgboost'));
  }
  return {
    value: parts.length > 1 ? graph.concat(parts, 1) : x,
    width,
    adapt(tree) {
      if (tree.categories.size === 0 && !tree.zeroIsMissing?.includes(1)) return tree;
      const feature = tree.feature.slice();
      const threshold = tree.threshold.slice();
      for (let node = 0; node < feature.length; node++) {
        const column = tree.feature[node]!;
        const split = tree.categories.get(node);
        if (split) {
          feature[node] = lookupAt.get(column)! + lookups.get(column)!.places.get(keyOf(split))!;
          threshold[node] = 0.5;
        } else if (tree.zeroIsMissing?.[node] === 1) {
          feature[node] = zeroAt.get(column)!;
        }
      }
      return { ...tree, feature, threshold };
    },
  };
}

/** X as the library compares it: XGBoost in float32, with NaN for what its `missing` says. */
function asSeen(graph: GraphBuilder, input: Value<'float64'>, { library, missing }: BoosterModel): Value<'float64'> {
  if (library === 'lightgbm') return input;
  const rounded = roundToFloat32(graph, input);
  if (missing === undefined) return rounded;
  const isMissing = graph.node('Equal', [rounded, graph.doubles([Math.fround(missing)])], 'bool');
  return graph.where(isMissing, graph.doubles([Number.NaN]), rounded);
}

function survey(trees: BoosterModel['trees']): { lookups: Map<number, Lookup>; zeros: number[] } {
  const lookups = new Map<number, Lookup>();
  const zeros = new Set<number>();
  for (const tree of trees.flat()) {
    tree.zeroIsMissing?.forEach((is, node) => {
      if (is === 1) zeros.add(tree.feature[node]!);
    });
    for (const [node, split] of tree.categories) {
      const column = tree.feature[node]!;
      const lookup: Lookup = lookups.get(column) ?? { column, splits: [], places: new Map() };
      lookups.set(column, lookup);
      const key = keyOf(split);
      if (lookup.places.has(key)) continue;
      lookup.places.set(key, lookup.splits.length);
      lookup.splits.push(split);
    }
  }
  return { lookups, zeros: [...zeros].sort((a, b) => a - b) };
}

const keyOf = ({ listed, listedGoLeft }: CategorySplit): string => `${listedGoLeft} ${listed.join(' ')}`;

/** One more than the highest category that is listed. */
function highest({ splits }: Lookup): number {
  return splits.reduce((most, { listed }) => listed.reduce((some, category) => Math.max(some, category + 1), most), 0);
}

/** One column of X, shape `[rows, 1]`. */
function pick(graph: GraphBuilder, x: Value<'float64'>, column: number): Value<'float64'> {
  return graph.node('Gather', [x, graph.integers([column])], 'float64', { axis: 1 });
}

function withoutZeros(graph: GraphBuilder, column: Value<'float64'>): Value<'float64'> {
  const isZero = graph.node('LessOrEqual', [graph.abs(column), graph.doubles([ZERO_THRESHOLD])], 'bool');
  return graph.where(isZero, graph.doubles([Number.NaN]), column);
}

/**
 * For each split of a column: 0 where the category goes left and 1 where it goes right, shape `[rows, splits]`.
 *
 * LightGBM takes -0.9 for the category 0 and a missing one for none of those listed; XGBoost takes no negative number for one, and
 * sends a missing one the default way.
 */
function looked(graph: GraphBuilder, column: Value<'float64'>, lookup: Lookup, xgboost: boolean): Value<'float64'> {
  const categories = highest(lookup);
  const { splits } = lookup;
  // a row for each category, and a last one for whatever is not listed
  const table = new Array<boolean>((categories + 1) * splits.length);
  splits.forEach(({ listed, listedGoLeft }, split) => {
    for (let row = 0; row <= categories; row++) table[row * splits.length + split] = listedGoLeft;
    for (const category of listed) table[category * splits.length + split] = !listedGoLeft;
  });
  const above = graph.greater(column, graph.doubles([xgboost ? -(2 ** -150) : -1]));
  const known = graph.node('And', [above, graph.less(column, graph.doubles([categories]))], 'bool');
  const category = graph.cast(graph.where(known, column, graph.doubles([categories])), 'int64');
  const found = graph.gather(
    graph.reshape(graph.booleans(table), [categories + 1, splits.length]),
    graph.reshape(category, [-1]),
  );
  const sides = graph.cast(found, 'float64');
  if (!xgboost) return sides;
  return graph.where(graph.node('IsNaN', [column], 'bool'), graph.doubles([Number.NaN]), sides);
}
