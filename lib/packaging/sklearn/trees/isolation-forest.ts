/**
 * `sklearn.ensemble.IsolationForest`: how few splits set a row apart, over trees that split at random.
 *
 *     decision = -2^(-(sum of depths) / (trees * c(max_samples_))) - offset_
 *
 * The depth of a row in a tree is that of its leaf and c(samples of the leaf) more; c is the mean path length.
 *
 * Source: `_compute_score_samples` and `_average_path_length` in sklearn/ensemble/_iforest.py.
 */

import { FLOAT32_MAXIMUM } from '../../../model/formats/float32';
import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { limitMagnitude, refuseMissing } from '../../estimator/features';
import { listedMembers, memberColumns } from '../../estimator/members';
import { testedVersion } from '../../estimator/version';
import { naturalLogarithm } from '../../graph-parts/natural-logarithm';
import { outlierOutputs } from '../../graph-parts/outliers';
import { leafSums, roundToFloat32 } from '../../graph-parts/tree-ensemble';
import { type FittedTree, onColumns, readTree, TREE_REGRESSORS } from './fitted-tree';

/** numpy's `euler_gamma`. */
const EULER_GAMMA = 0.5772156649015329;

/**
 * How far two scores may be apart that scikit-learn would find equal. The offset of a contamination is the score of a
 * training row, so rows meet it exactly; and the last bits of a power differ between processors and releases of numpy.
 */
const LAST_BITS = 2 ** -50;

/** Splits that set one of `samples` rows apart on average. */
function averagePathLength(samples: number): number {
  if (samples <= 1) return 0;
  if (samples === 2) return 1;
  return 2 * (naturalLogarithm(samples - 1) + EULER_GAMMA) - (2 * (samples - 1)) / samples;
}

/** What each leaf adds: nodes on the way to it, and the splits that its rows would still take, less one. */
function depths(tree: FittedTree, average: (samples: number) => number): Float64Array {
  const nodes = new Float64Array(tree.left.length).fill(1); // on the way from the root, which is one itself
  const { left, right } = tree;
  const samples = tree.samples();
  for (let node = 0; node < left.length; node++) {
    if (left[node] === -1) continue;
    nodes[left[node]!] = nodes[node]! + 1;
    nodes[right[node]!] = nodes[node]! + 1;
  }
  return nodes.map((count, node) => count + average(samples[node]!) - 1);
}

/** Rows that each tree was grown on; its attribute had another name until 1.2. */
function samplesOf(estimator: Estimator): number {
  return estimator.integer(estimator.get('_max_samples') === undefined ? 'max_samples_' : '_max_samples');
}

export const isolationForest: Converter = {
  classNames: ['sklearn.ensemble._iforest.IsolationForest'],
  reads: ['estimators_', 'offset_', 'contamination', '_max_samples', 'max_samples_'],

  predict(estimator, input, { graph }) {
    const members = listedMembers(estimator, 'estimators_');
    const other = members.find(({ className }) => !TREE_REGRESSORS.includes(className));
    if (other) throw estimator.damaged(`it has a ${other.className} instead of a tree`);
    const width = input.columns.length;
    const columns = memberColumns(estimator, members.length, width);
    limitMagnitude(input, FLOAT32_MAXIMUM);
    if (testedVersion(estimator).minor < 6) refuseMissing(input);

    const known = new Map<number, number>();
    const average = (samples: number): number => {
      const length = known.get(samples) ?? averagePathLength(samples);
      known.set(samples, length);
      return length;
    };
    const trees = members.map((member, i) => {
      const tree = onColumns(readTree(member, [1, 1]), columns[i]!);
      return { ...tree, target: 0, weights: depths(tree, average) };
    });
    const rounded = roundToFloat32(graph, input.value);
    const depth = leafSums(graph, estimator, trees, { value: rounded, width, targets: 1 });
    const denominator = members.length * average(samplesOf(estimator));
    if (denominator === 0 && testedVersion(estimator).minor < 0) {
      throw estimator.unsupported(
        `(${estimator.className}) has trees of one training row each, for which scikit-learn 0.22 to 0.24 divides by 0; use a larger max_samples`,
      );
    }
    // trees of one training row have no depth to divide by it, and scikit-learn counts 1
    const mean = graph.divide(depth, graph.doubles([denominator || 1]));
    const relative = denominator === 0 ? graph.add(mean, graph.doubles([1])) : mean;
    const score = graph.node('Pow', [graph.doubles([2]), graph.negate(relative)], 'float64');
    const offset = estimator.number('offset_');
    const decision = graph.reshape(graph.subtract(graph.negate(score), graph.doubles([offset])), [-1]);
    const least = estimator.get('contamination') === 'auto' ? 0 : -LAST_BITS;
    return { outputs: outlierOutputs(graph, decision, least), computeClass: 'tree' };
  },
};
