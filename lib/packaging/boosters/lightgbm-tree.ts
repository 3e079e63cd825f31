/** One tree of a LightGBM text model. */
import { SlipwayError } from '../../model/error';
import { limitError } from '../joblib';
import { type BoosterTree, type CategorySplit, orderNodes } from './booster-model';
import type { TextSection } from './lightgbm-text';

/** Lines of a tree, with those that tell how it was grown. Leaf values have the `shrinkage` in them. */
const LINES: readonly string[] = [
  ...['num_leaves', 'num_cat', 'split_feature', 'threshold', 'decision_type', 'left_child', 'right_child'],
  ...['leaf_value', 'cat_boundaries', 'cat_threshold', 'is_linear'],
  ...['split_gain', 'leaf_weight', 'leaf_count', 'internal_value', 'internal_weight', 'internal_count', 'shrinkage'],
];

/** `decision_type` of a node (include/LightGBM/tree.h): bit 0 categorical, bit 1 default left, bits 2 and 3 what is missing. */
const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const missingType = (decision: number): number => (decision >> 2) & 3;
const MISSING_ZERO = 1;
const MISSING_NAN = 2;
const MAXIMUM_DECISION = 15;

/** Magnitudes up to this one count as zero: LightGBM drops them from a row. */
export const ZERO_THRESHOLD = Math.fround(1e-35);

/** The next double. */
const ABOVE_ZERO_THRESHOLD = new Float64Array(
  BigUint64Array.of(new BigUint64Array(Float64Array.of(ZERO_THRESHOLD).buffer)[0]! + 1n).buffer,
)[0]!;

/** Leaves of a tree; LightGBM's own limit of num_leaves is 131072. */
const MAXIMUM_LEAVES = 2 ** 20;

/** Categories of one tree, listed at its nodes. */
const MAXIMUM_CATEGORIES = 2 ** 24;

/**
 * @param width columns of X
 * @throws SlipwayError E_FORMAT when the tree contradicts itself; E_UNSUPPORTED for linear trees
 */
export function readLightgbmTree(section: TextSection, width: number): BoosterTree {
  if ((section.get('is_linear') ?? '0') !== '0') {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${section.file}: has linear trees (linear_tree=true), which are not converted; train with linear_tree=false`,
    );
  }
  section.only(...LINES);
  const leaves = section.integer('num_leaves');
  if (leaves < 1) throw section.damaged(`has ${leaves} leaves`);
  if (leaves > MAXIMUM_LEAVES) throw limitError(section.file, `has a tree of ${leaves} leaves`, `${MAXIMUM_LEAVES}`);
  const inner = leaves - 1;
  const leafValues = section.numbers('leaf_value', leaves);
  if (!leafValues.every(Number.isFinite)) throw section.damaged('has a leaf without a value');
  const read = (key: string) => (inner === 0 ? new Float64Array(0) : section.numbers(key, inner));
  const lefts = read('left_child');
  const rights = read('right_child');
  const columns = read('split_feature');
  const thresholds = read('threshold');
  const decisions = read('decision_type');
  const sets = readCategories(section);

  const count = inner + leaves;
  const feature = new Float64Array(count);
  const threshold = new Float64Array(count);
  const missingLeft = new Float64Array(count);
  const values = new Float64Array(count);
  const zeroIsMissing = new Uint8Array(count);
  const categories = new Map<number, CategorySplit>();
  // LightGBM numbers inner nodes and leaves apart, and writes a leaf as ~index; here leaves stand behind the inner nodes
  const node = (child: number) => (child >= 0 ? (child < inner ? child : Number.NaN) : inner - child - 1);

  const { left, right } = orderNodes(
    section.file,
    {
      root: 0,
      isLeaf: (at) => at >= inner,
      left: (at) => node(lefts[at]!),
      right: (at) => node(rights[at]!),
      copy(from, at) {
        if (from >= inner) {
          values[at] = leafValues[from - inner]!;
          return;
        }
        const column = columns[from]!;
        if (!Number.isInteger(column) || column < 0 || column >= width) {
          throw section.damaged(`splits a node on column ${column}, and there are ${width}`);
        }
        feature[at] = column;
        const decision = decisions[from]!;
        if (!Number.isInteger(decision) || decision < 0 || decision > MAXIMUM_DECISION || missingType(decision) > 2) {
          throw section.damaged(`has a node with the decision_type ${decision}`);
        }
        if (decision & CATEGORICAL) {
          const listed = sets[thresholds[from]!];
          if (!listed) throw section.damaged('has a node that splits on categories and lists none');
          categories.set(at, { listed, listedGoLeft: true }); // NaN goes right
          return;
        }
        const split = thresholds[from]!;
        if (Number.isNaN(split)) throw section.damaged('has a node without a threshold');
        threshold[at] = clearOfZero(split);
        const missing = missingType(decision);
        const defaultLeft = (decision & DEFAULT_LEFT) !== 0;
        // a NaN that is not the missing value of its column counts as 0
        missingLeft[at] = Number(missing === MISSING_ZERO || missing === MISSING_NAN ? defaultLeft : split >= 0);
        zeroIsMissing[at] = Number(missing === MISSING_ZERO);
      },
    },
    count,
  );
  return { left, right, feature, threshold, missingLeft, values, zeroIsMissing, categories };
}

/**
 * The threshold that treats every number as `split` does once magnitudes up to ZERO_THRESHOLD have become 0:
 * thresholds in that range lie beside it.
 */
function clearOfZero(split: number): number {
  if (Math.abs(split) > ZERO_THRESHOLD) return split;
  return split >= 0 ? ZERO_THRESHOLD : -ABOVE_ZERO_THRESHOLD;
}

/** The categories that each categorical node lists, as bits in words of 32. */
function readCategories(section: TextSection): (readonly number[])[] {
  const count = section.integer('num_cat');
  if (count === 0) return [];
  if (count < 0 || count > MAXIMUM_LEAVES) throw section.damaged(`has ${count} categorical nodes`);
  const bounds = section.numbers('cat_boundaries', count + 1);
  const words = section.numbers('cat_threshold', bounds[count]!);
  let total = 0;
  return Array.from({ length: count }, (_, i) => {
    const [start, end] = [bounds[i]!, bounds[i + 1]!];
    if (!Number.isInteger(start) || start < 0 || end < start || end > words.length) {
      throw section.damaged('has wrong cat_boundaries');
    }
    const listed: number[] = [];
    for (let word = start; word < end; word++) {
      for (let bit = 0; bit < 32; bit++) if ((words[word]! >>> bit) & 1) listed.push((word - start) * 32 + bit);
    }
    total += listed.length;
    if (total > MAXIMUM_CATEGORIES)
      throw limitError(section.file, 'lists too many categories', `${MAXIMUM_CATEGORIES}`);
    return listed;
  });
}
