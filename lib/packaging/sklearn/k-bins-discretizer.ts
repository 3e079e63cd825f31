/** `sklearn.preprocessing.KBinsDiscretizer`: which interval each number lies in. */
import { NumpyArray } from '../joblib';
import type { Converter } from './converter';
import type { Estimator } from './estimator';
import { BOUNDED, type FeatureColumn } from './feature-column';
import { type Features, gatherColumns, INDICATOR, numericFeatures, refuseMissing } from './features';

/** For each column the edges between its bins, ascending; one less than there are bins. */
function innerEdges(estimator: Estimator, input: Features): Float64Array[] {
  const array = estimator.fitted('bin_edges_');
  const rows = array instanceof NumpyArray ? array.objects : undefined;
  if (rows?.length !== input.columns.length) throw estimator.damaged('bin_edges_ has not an array for each column');
  return rows.map((edges) => {
    if (!(edges instanceof NumpyArray) || !edges.isNumeric || edges.size < 2) {
      throw estimator.damaged('bin_edges_ has something that is not an array of edges');
    }
    return edges.numbers().slice(1, -1);
  });
}

export const kBinsDiscretizer: Converter = {
  classNames: ['sklearn.preprocessing._discretization.KBinsDiscretizer'],

  transform(estimator, input, { graph }) {
    const encode = estimator.option('encode', ['onehot', 'onehot-dense', 'ordinal'], 'use onehot or ordinal');
    const width = input.columns.length;
    const { value } = input;
    const edges = innerEdges(estimator, input);
    refuseMissing(input);

    // a number's bin is the count of edges that it reaches: a comparison for each edge, then sums for each column
    const columnOf = edges.flatMap((inner, column) => Array.from(inner, () => column));
    const flat = edges.flatMap((inner) => [...inner]);
    const sums = new Float64Array(flat.length * width);
    columnOf.forEach((column, edge) => {
      sums[edge * width + column] = 1;
    });
    if (flat.length === 0) throw estimator.damaged('every column has one bin only');
    const repeated = gatherColumns(graph, value, columnOf, width);
    const reached = graph.node('GreaterOrEqual', [repeated, graph.doubles(flat)], 'bool');
    const bins = graph.matmul(graph.cast(reached, 'float64'), graph.doubles(sums, [flat.length, width]));
    if (encode === 'ordinal') {
      const columns = input.columns.map(({ name }): FeatureColumn => ({ ...BOUNDED, name }));
      return numericFeatures(bins, columns);
    }
    const binOf = edges.flatMap((inner) => Array.from({ length: inner.length + 1 }, (_, bin) => bin));
    const owner = edges.flatMap((inner, column) => new Array<number>(inner.length + 1).fill(column));
    const flags = graph.equal(gatherColumns(graph, bins, owner, width), graph.doubles(binOf));
    return numericFeatures(
      graph.cast(flags, 'float64'),
      binOf.map(() => INDICATOR),
    );
  },
};
