/**
 * `sklearn.impute.IterativeImputer`: a missing value is predicted from the other columns, round by round.
 *
 * A row of missing values only is answered as scikit-learn answers it beside other rows: where all rows of a request
 * are such, scikit-learn leaves the rounds out.
 */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED } from '../../estimator/feature-column';
import { numericFeatures } from '../../estimator/features';
import { memberIn, regressed } from '../../estimator/members';
import { trainedOn } from '../../estimator/trained-on';
import { NumpyArray, PyObject, PyTuple, type PyValue } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { withIndicators } from './missing-indicator';
import { filledColumn, missingMask, missingValueOf } from './missing-values';

/** One prediction of a round. */
interface Prediction {
  /** Index of the column that is predicted. */
  readonly column: number;
  /** Indices of those that it is predicted from. */
  readonly from: readonly number[];
  readonly by: Estimator;
}

/** What a missing value is at first, by column. */
function firstFills(imputer: Estimator): Float64Array {
  const { values } = memberIn(imputer, 'initial_imputer_').numbers('statistics_', 1);
  const empty = imputer.get('_is_empty_feature');
  const without = empty instanceof NumpyArray && empty.isNumeric ? empty.numbers().indexOf(1) : -1;
  if (without >= 0 || !values.every(Number.isFinite)) {
    throw imputer.unsupported(
      `(${imputer.className}) was fitted with a column that had no values at all, which is not converted; fit it without that column`,
    );
  }
  return values;
}

function sequenceOf(imputer: Estimator, width: number): Prediction[] {
  if (imputer.integer('n_iter_') === 0) return [];
  const isColumn = (value: PyValue | undefined): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < width;
  return imputer.list('imputation_sequence_').map((entry) => {
    const [column, neighbours, by] = tripletOf(entry);
    const from = neighbours instanceof NumpyArray && neighbours.isNumeric ? [...neighbours.numbers()] : [];
    if (!isColumn(column) || !(by instanceof PyObject) || from.length === 0 || !from.every(isColumn)) {
      throw imputer.damaged('imputation_sequence_ has something in it that is no prediction of a column');
    }
    return { column, from, by: imputer.child(by) };
  });
}

/** A named tuple of scikit-learn's: `feat_idx, neighbor_feat_idx, estimator`. */
function tripletOf(entry: PyValue): readonly PyValue[] {
  if (entry instanceof PyTuple) return entry.items;
  return entry instanceof PyObject && entry.callee.fullName === 'sklearn.impute._iterative._ImputerTriplet'
    ? entry.args
    : [];
}

/** The bound of a column: infinite where there is none. Until 0.22 one number is for all columns. */
function boundOf(imputer: Estimator, name: string, column: number): number {
  const bound = imputer.get(name);
  const value = bound instanceof NumpyArray ? imputer.numbers(name, 1).values[column] : bound;
  if (typeof value !== 'number' || Number.isNaN(value)) throw imputer.damaged(`${name} has no number for a column`);
  return value;
}

function clipped(graph: GraphBuilder, value: Value<'float64'>, least: number, most: number): Value<'float64'> {
  const low = graph.doubles([least]);
  const high = graph.doubles([most]);
  const raised = least === Number.NEGATIVE_INFINITY ? value : graph.where(graph.less(value, low), low, value);
  return most === Number.POSITIVE_INFINITY ? raised : graph.where(graph.greater(raised, high), high, raised);
}

export const iterativeImputer: Converter = {
  classNames: ['sklearn.impute._iterative.IterativeImputer'],
  reads: [
    ...['n_features_in_', 'initial_imputer_', 'statistics_', '_is_empty_feature'],
    ...['imputation_sequence_', 'n_iter_', 'sample_posterior', '_min_value', '_max_value'],
  ],
  trainedOn: (imputer) =>
    imputer.get('n_features_in_') === undefined ? { width: firstFills(imputer).length } : trainedOn(imputer),

  transform(imputer, input, conversion) {
    const { graph } = conversion;
    imputer.option('sample_posterior', [false], 'a drawn value is another one in every request: use False');
    const fills = firstFills(imputer);
    const width = input.columns.length;
    if (fills.length !== width) throw imputer.damaged(`it has ${fills.length} first values for ${width} columns`);
    const missing = missingValueOf(imputer, input);
    const whole = input.value;
    const mask = missingMask(graph, input, missing).numbers!;
    const filled = graph.where(mask, graph.doubles(fills), whole);
    const at = <T extends 'float64' | 'bool'>(value: Value<T>, index: number) =>
      graph.node('Gather', [value, graph.integers([index])], value.type, { axis: 1 }) as Value<T>;
    const columns = Array.from(fills, (_, i) => at(filled, i));
    for (const { column, from, by } of sequenceOf(imputer, width)) {
      const known = graph.concat(
        from.map((index) => columns[index]!),
        1,
      );
      const prediction = conversion.predict(
        by,
        numericFeatures(
          known,
          from.map(() => BOUNDED),
        ),
      );
      const value = clipped(
        graph,
        regressed(graph, prediction, by),
        boundOf(imputer, '_min_value', column),
        boundOf(imputer, '_max_value', column),
      );
      columns[column] = graph.where(at(mask, column), value, columns[column]!);
    }
    const imputed = numericFeatures(graph.concat(columns, 1), input.columns.map(filledColumn));
    return withIndicators(graph, imputer, input, { imputed, mask: { numbers: mask } });
  },
};
