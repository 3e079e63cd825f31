/** `sklearn.feature_extraction.text.TfidfTransformer`: counts of terms, weighed by how rare each is. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { isNeverMissing } from '../../estimator/feature-column';
import { computedColumn, type Features, numericFeatures, refuseMissing } from '../../estimator/features';
import { PyObject } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';
import { normalised, storable } from '../scaling/row-scalers';

/** The weights, which were the diagonal of a sparse matrix until 1.3. */
function weightsOf(transformer: Estimator): Float64Array {
  const diagonal = transformer.get('_idf_diag');
  if (!(diagonal instanceof PyObject)) return transformer.finite('idf_', 1).values;
  return transformer.child(diagonal).finite('data', 1).values;
}

/** Counts above 0 become 1 and their logarithm. */
function dampened(graph: GraphBuilder, transformer: Estimator, input: Features): Value<'float64'> {
  if (!input.columns.every((column) => column.requireAbove(-Number.MIN_VALUE))) {
    throw transformer.unsupported(
      `(${transformer.className}) has sublinear_tf=True, and numbers that may be negative come in; give it counts`,
    );
  }
  const one = graph.doubles([1]);
  const zero = graph.doubles([0]);
  const isPositive = graph.greater(input.value, zero);
  const logarithm = graph.log(graph.where(isPositive, input.value, one));
  return graph.where(isPositive, graph.add(logarithm, one), zero);
}

export const tfidfTransformer: Converter = {
  classNames: ['sklearn.feature_extraction.text.TfidfTransformer'],
  reads: ['norm', 'use_idf', 'sublinear_tf', 'idf_', '_idf_diag', 'data'],

  transform(transformer, input, { graph }) {
    refuseMissing(input);
    const counts = transformer.boolean('sublinear_tf') ? dampened(graph, transformer, input) : input.value;
    const weights = transformer.boolean('use_idf') ? weightsOf(transformer) : undefined;
    if (weights && weights.length !== input.columns.length) {
      throw transformer.damaged(`it has ${weights.length} weights for ${input.columns.length} terms`);
    }
    const weighed = weights ? graph.multiply(counts, graph.doubles(weights)) : counts;
    const norm = transformer.option('norm', ['l1', 'l2', null], 'use l1, l2 or None');
    const counted = input.columns.every(isNeverMissing); // as words of a text are, whose norm is small
    return numericFeatures(
      norm === null ? weighed : normalised(graph, counted ? weighed : storable(graph, weighed, norm), norm, 0),
      input.columns.map((source, i) => {
        const weight = weights?.[i] ?? 1;
        const reach = (maximum: number) =>
          norm === null ? (maximum / Math.abs(weight)) * 0.9999 : Number.POSITIVE_INFINITY;
        const isPositive = (minimum: number) => minimum < 0 && weight >= 0 && source.requireAbove(-Number.MIN_VALUE);
        return computedColumn([source], reach, isPositive);
      }),
      true,
    );
  },
};
