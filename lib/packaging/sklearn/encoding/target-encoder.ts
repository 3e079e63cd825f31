/** `sklearn.preprocessing.TargetEncoder`: for each category, the mean of the target; for every class where there are several. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED, numericFeatures } from '../../estimator/features';
import { shapedList } from '../../estimator/parameters';
import { NumpyArray } from '../../joblib';
import { categoricalTypes, categoriesFor, encodeColumn } from './seen-categories';

/** What a value of no category becomes, for each class. */
function meansOf(encoder: Estimator): readonly number[] {
  const mean = encoder.fitted('target_mean_');
  return mean instanceof NumpyArray && mean.shape.length === 1
    ? [...encoder.finite('target_mean_', 1).values]
    : [encoder.number('target_mean_')];
}

export const targetEncoder: Converter = {
  classNames: ['sklearn.preprocessing._target_encoder.TargetEncoder'],
  since: { TargetEncoder: '1.3' },
  reads: ['encodings_', 'target_mean_'],
  inputTypes: categoricalTypes,

  transform(encoder, input, { graph }) {
    const means = meansOf(encoder);
    const categories = categoriesFor(encoder, input);
    const encodings = shapedList(
      encoder,
      'encodings_',
      categories.flatMap(({ values }) => means.map(() => [values.length])),
    );
    const columns = categories.flatMap((own, column) =>
      means.map((mean, i) => {
        const known = [...encodings[column * means.length + i]!];
        return encodeColumn(graph, input, column, { categories: own, known, unknown: mean });
      }),
    );
    return numericFeatures(
      columns.length > 1 ? graph.concat(columns, 1) : columns[0]!,
      columns.map(() => BOUNDED),
    );
  },
};
