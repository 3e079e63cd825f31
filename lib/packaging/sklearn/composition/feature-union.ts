/** `sklearn.pipeline.FeatureUnion`: several transformers of the same columns, their results side by side. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import type { ColumnType } from '../../estimator/feature-column';
import { joinFeatures, sparseTogether, stored } from '../../estimator/features';
import { PyObject, PyTuple } from '../../joblib';
import { weighted } from './column-transformer';
import { isFunction } from './function-transformer';

interface Part {
  /** Undefined for 'passthrough'. */
  readonly estimator?: Estimator;
  readonly weight?: number;
}

function partsOf(union: Estimator): Part[] {
  const weights = union.get('transformer_weights') ?? null;
  return union.list('transformer_list').flatMap((item) => {
    const [name, object] = item instanceof PyTuple ? item.items : [];
    if (typeof name !== 'string') throw union.damaged('a transformer has no name');
    if (object === 'drop' || object === null) return [];
    const weight = weights instanceof Map ? (weights.get(name) ?? null) : null;
    if (weight !== null && (typeof weight !== 'number' || !Number.isFinite(weight) || weight === 0)) {
      throw union.unsupported(`gives '${name}' a weight that is not a number other than 0`);
    }
    if (object !== 'passthrough' && !(object instanceof PyObject)) {
      throw union.damaged(`transformer '${name}' is not an estimator`);
    }
    return {
      ...(object !== 'passthrough' && { estimator: union.child(object, name) }),
      ...(weight !== null && { weight }),
    };
  });
}

export const featureUnion: Converter = {
  classNames: ['sklearn.pipeline.FeatureUnion'],
  reads: ['transformer_list', 'transformer_weights', 'n_features_in_'],

  entry(union) {
    const parts = partsOf(union).flatMap(({ estimator }) => estimator ?? []);
    const first = parts.find((part) => !isFunction(part) || part.get('n_features_in_') !== undefined) ?? parts[0];
    if (!first) throw union.unsupported("is a union whose parts are all 'passthrough' or 'drop'");
    return first;
  },

  inputTypes(union, typesOf) {
    let merged: ColumnType[] | undefined;
    for (const { estimator } of partsOf(union)) {
      const types = estimator && typesOf(estimator);
      if (!types) continue;
      merged = types.map((type, i) => {
        const known = merged?.[i] ?? 'any';
        if (known !== 'any' && type !== 'any' && known !== type) {
          throw union.unsupported(
            `takes column ${i} for a number, a text or the words of a text in one of its parts and not in another`,
          );
        }
        return type === 'any' ? known : type;
      });
    }
    return merged;
  },

  transform(union, input, conversion) {
    const results = partsOf(union).map(({ estimator, weight }) => {
      const result = estimator ? conversion.transform(estimator, input) : input;
      return weight === undefined ? result : weighted(conversion.graph, result, weight);
    });
    return stored(joinFeatures(conversion.graph, results, union.file), sparseTogether(results));
  },
};
