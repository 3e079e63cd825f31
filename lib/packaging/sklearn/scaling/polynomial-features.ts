/** `sklearn.preprocessing.PolynomialFeatures`: products of columns. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { BOUNDED, computedColumn, type FeatureColumn } from '../../estimator/feature-column';
import { type Features, gatherColumns, numericFeatures, refuseMissing } from '../../estimator/features';
import { limitError, PyTuple } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

/** Products in all. */
const MAXIMUM_PRODUCTS = 200_000;

/** The products of one degree, in scikit-learn's order. */
interface Products {
  readonly value: Value<'float64'>;
  /** Columns that each is made of, ascending. */
  readonly factors: readonly (readonly number[])[];
}

function degreesOf(estimator: Estimator): [least: number, most: number] {
  const degree = estimator.fitted('degree');
  const [least, most] = degree instanceof PyTuple ? degree.items : [0, degree];
  const whole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
  if (!whole(least) || !whole(most)) throw estimator.damaged('degree is neither a number nor two');
  return [least, most];
}

/** As scikit-learn multiplies: each column with the products of one degree less that begin with it or a later one. */
function raise(
  graph: GraphBuilder,
  estimator: Estimator,
  input: Features,
  { products, interactionOnly }: { readonly products: Products; readonly interactionOnly: boolean },
): Products | undefined {
  const rest: number[] = [];
  const first: number[] = [];
  const factors: number[][] = [];
  for (let column = 0; column < input.columns.length; column++) {
    products.factors.forEach((product, i) => {
      if (product[0]! < column || (interactionOnly && product[0] === column)) return;
      if (factors.length >= MAXIMUM_PRODUCTS) {
        throw limitError(estimator.file, 'multiplies too many columns', `${MAXIMUM_PRODUCTS} products`);
      }
      rest.push(i);
      first.push(column);
      factors.push([column, ...product]);
    });
  }
  if (factors.length === 0) return undefined;
  const value = graph.multiply(
    gatherColumns(graph, products.value, rest, products.factors.length),
    gatherColumns(graph, input.value, first, input.columns.length),
  );
  return { value, factors };
}

function productColumn(factors: readonly number[], input: Features): FeatureColumn {
  if (factors.length === 1) return input.columns[factors[0]!]!;
  const sources = [...new Set(factors)].map((index) => input.columns[index]!);
  return computedColumn(sources, (maximum) => Math.max(maximum, 1) ** (1 / factors.length) * (1 - 2 ** -20));
}

export const polynomialFeatures: Converter = {
  classNames: [
    'sklearn.preprocessing._polynomial.PolynomialFeatures',
    'sklearn.preprocessing._data.PolynomialFeatures',
  ],
  reads: ['degree', 'interaction_only', 'include_bias', 'n_output_features_'],

  transform(estimator, input, { graph }) {
    const [least, most] = degreesOf(estimator);
    const interactionOnly = estimator.boolean('interaction_only');
    const parts: Value<'float64'>[] = [];
    const columns: FeatureColumn[] = [];
    const { value } = input;
    refuseMissing(input);
    if (estimator.boolean('include_bias')) {
      const first = gatherColumns(graph, value, [0], input.columns.length);
      parts.push(graph.cast(graph.equal(first, first), 'float64')); // 1 in every row, there being no NaN
      columns.push(BOUNDED);
    }
    let products: Products | undefined = { value, factors: input.columns.map((_, i) => [i]) };
    for (let degree = 1; degree <= most && products; degree++) {
      if (degree > 1) products = raise(graph, estimator, input, { products, interactionOnly });
      if (!products || degree < least) continue;
      parts.push(products.value);
      for (const factors of products.factors) columns.push(productColumn(factors, input));
    }
    if (columns.length !== estimator.integer('n_output_features_')) {
      throw estimator.damaged(`n_output_features_ is not ${columns.length}`);
    }
    return numericFeatures(parts.length > 1 ? graph.concat(parts, 1) : parts[0]!, columns, input.sparse);
  },
};
