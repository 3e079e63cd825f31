/** `sklearn.preprocessing.QuantileTransformer`: each number becomes its rank among those of training. NaN passes through. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED, type FeatureColumn, marginAt } from '../../estimator/feature-column';
import { type Features, numericFeatures } from '../../estimator/features';
import { normalQuantile } from '../../graph-parts/normal-quantile';
import { limitError } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

type Doubles = Value<'float64'>;

/** How near a number must be to the least or the largest one of training to be taken for it, when the output is normal. */
const BOUNDS_THRESHOLD = 1e-7;

/** Quantiles of the normal distribution at that threshold, and at 1 less it: scikit-learn goes no further. */
const NORMAL_BOUNDS = [-5.199337582605575, 5.19933758270342] as const;

/** Quantiles in all columns. */
const MAXIMUM_QUANTILES = 2 ** 24;

interface Quantiles {
  /** Those of each column, ascending: shape `[width, count]`. */
  readonly table: Float64Array;
  /** The rank of each, between 0 and 1. */
  readonly ranks: Float64Array;
  /** How near to each a number of training that is the same in scikit-learn may be here. */
  readonly margins: Float64Array;
  readonly width: number;
  readonly count: number;
}

function quantilesOf(estimator: Estimator, { columns: sources }: Features): Quantiles {
  const width = sources.length;
  const { values, shape } = estimator.finite('quantiles_', 2);
  const { values: ranks } = estimator.finite('references_', 1);
  const [count = 0, columns = 0] = shape;
  if (columns !== width || ranks.length !== count) throw estimator.damaged('quantiles_ do not fit its columns');
  if (count < 2) throw estimator.unsupported(`(${estimator.className}) has one quantile only; fit it with two or more`);
  if (values.length > MAXIMUM_QUANTILES) {
    throw limitError(estimator.file, `has ${values.length} quantiles`, `${MAXIMUM_QUANTILES}`);
  }
  const table = new Float64Array(values.length);
  for (let i = 0; i < count; i++) {
    for (let column = 0; column < width; column++) table[column * count + i] = values[i * width + column]!;
  }
  const margins = table.map((quantile, at) => marginAt(sources[Math.floor(at / count)]!, quantile));
  table.forEach((quantile, at) => {
    const step = at % count === 0 ? 0 : quantile - table[at - 1]!;
    if (step <= 0 || step > margins[at]! + margins[at - 1]!) return;
    throw estimator.unsupported(
      `(${estimator.className}) has quantiles of "${sources[Math.floor(at / count)]!.name}" that differ in their last bits alone (${quantile}), so that the last bit of what the step before it computes decides a rank; apply it to the columns of X themselves, or fit it with another n_quantiles or with numpy 1.20 or newer`,
    );
  });
  return { table, ranks, margins, width, count };
}

/** Slope of each piece that begins at a quantile, 0 where there is none. */
function slopes({ table, ranks, count }: Quantiles): Float64Array {
  return table.map((left, at) => {
    const i = at % count;
    const step = i + 1 < count ? table[at + 1]! - left : 0;
    return step > 0 ? (ranks[i + 1]! - ranks[i]!) / step : 0;
  });
}

/** The mean of numpy's `interp` from the left and from the right, which differ where quantiles are equal. */
function ranksOf(graph: GraphBuilder, x: Doubles, quantiles: Quantiles): Doubles {
  const { table, ranks, margins, width, count } = quantiles;
  const numbers = graph.reshape(x, [-1, width, 1]);
  const points = (sign: number) =>
    graph.doubles(
      table.map((quantile, at) => quantile + sign * margins[at]!),
      [width, count],
    );
  const starts = graph.doubles(Float64Array.from({ length: width }, (_, column) => column * count));
  const counted = (reached: Value<'bool'>) => graph.sum(graph.cast(reached, 'float64'), 2, false);
  const rise = slopes(quantiles);

  // from the left: the last quantile that x reaches, and the piece behind it
  const reached = counted(graph.node('GreaterOrEqual', [numbers, points(-1)], 'bool'));
  const last = graph.node('Max', [graph.subtract(reached, graph.doubles([1])), graph.doubles([0])], 'float64');
  // from the right: the first quantile that reaches x, and the piece before it
  const below = counted(graph.greater(numbers, points(1)));
  const first = graph.node('Min', [below, graph.doubles([count - 1])], 'float64');

  const along = (place: Doubles, slope: Float64Array): Doubles => {
    const index = graph.cast(graph.add(place, starts), 'int64');
    const from = graph.gather(graph.doubles(table), index);
    const rank = graph.gather(graph.doubles(Float64Array.from(table, (_, at) => ranks[at % count]!)), index);
    const steep = graph.gather(graph.doubles(slope), index);
    return graph.add(graph.multiply(steep, graph.subtract(x, from)), rank);
  };
  const before = rise.map((_, at) => (at % count === 0 ? 0 : rise[at - 1]!));
  return graph.multiply(graph.doubles([0.5]), graph.add(along(last, rise), along(first, before)));
}

export const quantileTransformer: Converter = {
  classNames: ['sklearn.preprocessing._data.QuantileTransformer'],
  reads: ['quantiles_', 'references_', 'output_distribution'],

  transform(estimator, input, { graph }) {
    const x = input.value;
    const output = estimator.option('output_distribution', ['uniform', 'normal'], 'use uniform or normal');
    const quantiles = quantilesOf(estimator, input);
    const { table, margins, width, count } = quantiles;
    const bound = (at: number, sign = 0) =>
      graph.doubles(
        Float64Array.from({ length: width }, (_, i) => table[i * count + at]! + sign * margins[i * count + at]!),
      );
    const normal = output === 'normal';
    const margin = graph.doubles([BOUNDS_THRESHOLD]);
    const low = normal
      ? graph.less(graph.subtract(x, margin), bound(0))
      : graph.node('LessOrEqual', [x, bound(0, 1)], 'bool');
    const high = normal
      ? graph.greater(graph.add(x, margin), bound(count - 1))
      : graph.node('GreaterOrEqual', [x, bound(count - 1, -1)], 'bool');
    const rank = ranksOf(graph, x, quantiles);
    const [zero, one] = [graph.doubles([0]), graph.doubles([1])];
    let value = graph.where(low, zero, graph.where(high, one, rank));
    if (normal) {
      const [least, most] = NORMAL_BOUNDS.map((number) => graph.doubles([number])) as [Doubles, Doubles];
      value = normalQuantile(graph, value);
      value = graph.where(graph.less(value, least), least, graph.where(graph.greater(value, most), most, value));
    }
    const columns = input.columns.map(
      (source): FeatureColumn => ({ ...BOUNDED, name: source.name, refuseMissing: () => source.refuseMissing() }),
    );
    if (!input.sparse) return numericFeatures(value, columns);
    // only what a sparse matrix stores gets a rank, which may be 0
    const isZero = graph.equal(x, graph.doubles([0]));
    return numericFeatures(graph.where(isZero, graph.doubles([0]), value), columns, 'storing zeros');
  },
};
