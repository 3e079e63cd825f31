/** `sklearn.preprocessing.KBinsDiscretizer`: which interval each number lies in. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED, type FeatureColumn, marginAt } from '../../estimator/feature-column';
import { type Features, gatherColumns, INDICATOR, numericFeatures, refuseMissing } from '../../estimator/features';
import { testedVersion } from '../../estimator/version';
import { limitError, NumpyArray } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

/** Edges in the table. */
const MAXIMUM_EDGES = 2 ** 24;

/** For each column the edges between its bins, ascending; one less than there are bins. */
function innerEdges(estimator: Estimator, input: Features): Float64Array[] {
  const array = estimator.fitted('bin_edges_');
  const rows = array instanceof NumpyArray ? array.objects : undefined;
  if (rows?.length !== input.columns.length) throw estimator.damaged('bin_edges_ has not an array for each column');
  return rows.map((edges, i) => {
    if (!(edges instanceof NumpyArray) || !edges.isNumeric || edges.size < 2) {
      throw estimator.damaged('bin_edges_ has something that is not an array of edges');
    }
    // quantiles are numbers of training, which reach the edge that they are, whatever their last bit is here
    return edges
      .numbers()
      .slice(1, -1)
      .map((edge) => edge - marginAt(input.columns[i]!, edge));
  });
}

/** Until 1.0 scikit-learn lets a number reach an edge that is a little above it. */
function raised(graph: GraphBuilder, estimator: Estimator, value: Value<'float64'>): Value<'float64'> {
  if (testedVersion(estimator).minor > 0) return value;
  const relative = graph.multiply(graph.doubles([1e-5]), graph.abs(value));
  return graph.add(value, graph.add(graph.doubles([1e-8]), relative));
}

export const kBinsDiscretizer: Converter = {
  classNames: ['sklearn.preprocessing._discretization.KBinsDiscretizer'],
  reads: ['encode', 'bin_edges_'],

  transform(estimator, input, { graph }) {
    const encode = estimator.option('encode', ['onehot', 'onehot-dense', 'ordinal'], 'use onehot or ordinal');
    const width = input.columns.length;
    const { value } = input;
    const edges = innerEdges(estimator, input);
    refuseMissing(input);

    // a number's bin is the count of edges that it reaches; no number reaches the infinite ones that fill up the table
    const most = edges.reduce((length, inner) => Math.max(length, inner.length), 1);
    if (most * width > MAXIMUM_EDGES) {
      throw limitError(estimator.file, `has ${most} bins in ${width} columns`, `${MAXIMUM_EDGES} in all`);
    }
    const table = new Float64Array(most * width).fill(Number.POSITIVE_INFINITY);
    edges.forEach((inner, column) => {
      table.set(inner, column * most);
    });
    const numbers = graph.reshape(raised(graph, estimator, value), [-1, width, 1]);
    const reached = graph.node('GreaterOrEqual', [numbers, graph.doubles(table, [width, most])], 'bool');
    const bins = graph.sum(graph.cast(reached, 'float64'), 2, false);
    if (encode === 'ordinal') {
      const columns = input.columns.map(({ name }): FeatureColumn => ({ ...BOUNDED, rounding: undefined, name }));
      return numericFeatures(bins, columns);
    }
    const binOf = edges.flatMap((inner) => Array.from({ length: inner.length + 1 }, (_, bin) => bin));
    const owner = edges.flatMap((inner, column) => new Array<number>(inner.length + 1).fill(column));
    const flags = graph.equal(gatherColumns(graph, bins, owner, width), graph.doubles(binOf));
    return numericFeatures(
      graph.cast(flags, 'float64'),
      binOf.map(() => INDICATOR),
      encode === 'onehot',
    );
  },
};
