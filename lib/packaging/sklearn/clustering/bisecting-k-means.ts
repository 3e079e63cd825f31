/**
 * `sklearn.cluster.BisectingKMeans`: clusters that were split in two again and again, and a row goes down the splits.
 *
 * In the graph: how near each centre is, `2 x . c - |c|^2`, and a Where for each split, from the last to the first.
 */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { memberIn } from '../../estimator/members';
import { shaped } from '../../estimator/parameters';
import { transpose } from '../../graph-parts/linear-score';
import { limitError, PyObject } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { distancesToCentres, refuseSingle } from './k-means';

/** Nodes of the tree. One that is its own child would have no end. */
const MAXIMUM_NODES = 20_000;

/** A cluster with a label, or one that was split into the clusters at two indices of the list. */
type Cluster = { readonly label: number } | { readonly left: number; readonly right: number };

const isLeaf = (node: Estimator) => !(node.get('left') instanceof PyObject);

/** All clusters, the whole first and children behind their parents, with their centres. */
function clustersOf(estimator: Estimator, width: number) {
  const shift = estimator.get('_X_mean') === undefined ? undefined : shaped(estimator, '_X_mean', [width]);
  const nodes = [memberIn(estimator, '_bisecting_tree')];
  const clusters: Cluster[] = [];
  const centres: Float64Array[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    const centre = i === 0 ? new Float64Array(width) : shaped(node, 'center', [width]); // nothing is compared with the whole
    centres.push(centre.map((value, column) => value + (shift?.[column] ?? 0)));
    if (isLeaf(node)) {
      clusters.push({ label: node.integer('label') });
      continue;
    }
    clusters.push({ left: nodes.length, right: nodes.length + 1 });
    nodes.push(...['left', 'right'].map((side) => siblingOf(estimator, node, side)));
    if (nodes.length > MAXIMUM_NODES) {
      throw limitError(estimator.file, 'splits clusters without end', `${MAXIMUM_NODES} clusters`);
    }
  }
  return { clusters, centres };
}

/** Nodes are children of the estimator and not of each other: a tree may be deeper than estimators may be nested. */
function siblingOf(estimator: Estimator, node: Estimator, side: string): Estimator {
  const object = node.fitted(side);
  if (!(object instanceof PyObject)) throw estimator.damaged('a cluster has one child only');
  return estimator.child(object);
}

/** How near each centre is, but for what is the same for all: `2 x.c - |c|^2`, as scikit-learn compares. */
function nearness(graph: GraphBuilder, centres: readonly Float64Array[], input: Features): Value<'float64'> {
  const width = input.columns.length;
  const flat = Float64Array.from(centres.flatMap((centre) => [...centre]));
  const weights = transpose(flat, centres.length, width).map((value) => 2 * value);
  const norms = centres.map((centre) => centre.reduce((sum, value) => sum + value * value, 0));
  return graph.subtract(
    graph.matmul(input.value, graph.doubles(weights, [width, centres.length])),
    graph.doubles(norms),
  );
}

export const bisectingKMeans: Converter = {
  classNames: ['sklearn.cluster._bisect_k_means.BisectingKMeans'],
  since: { BisectingKMeans: '1.1' },
  reads: ['_bisecting_tree', '_X_mean', 'cluster_centers_', 'center', 'left', 'right', 'label'],

  transform: (estimator, input, { graph }) => distancesToCentres(graph, estimator, input),

  predict(estimator, input, { graph }) {
    refuseSingle(estimator);
    refuseMissing(input);
    const { clusters, centres } = clustersOf(estimator, input.columns.length);
    if (clusters.length === 1) throw estimator.unsupported(`(${estimator.className}) has one cluster only`);
    const near = nearness(graph, centres, input);
    const column = (index: number) => graph.node('Gather', [near, graph.integers([index])], 'float64', { axis: 1 });
    // from the last to the first, so that what a split chooses from is there
    const labels = new Array<Value<'int64'>>(clusters.length);
    for (let i = clusters.length - 1; i >= 0; i--) {
      const cluster = clusters[i]!;
      labels[i] =
        'label' in cluster
          ? graph.integers([cluster.label], [1, 1])
          : graph.where(
              graph.greater(column(cluster.right), column(cluster.left)),
              labels[cluster.right]!,
              labels[cluster.left]!,
            );
    }
    return { outputs: { predict: { value: graph.reshape(labels[0]!, [-1]), width: 1 } }, computeClass: 'scalar' };
  },
};
