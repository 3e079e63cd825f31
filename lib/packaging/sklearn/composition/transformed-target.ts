/** `sklearn.compose.TransformedTargetRegressor`: a regressor of a transformed target, and the way back. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { asMatrix, memberIn } from '../../estimator/members';
import type { GraphBuilder, Value } from '../../onnx';
import { functionOf } from './function-transformer';

type Inverse = (
  transformer: Estimator,
  value: Value<'float64'>,
  width: number,
  graph: GraphBuilder,
) => Value<'float64'>;

function numbers(transformer: Estimator, name: string, width: number, graph: GraphBuilder): Value<'float64'> {
  const { values } = transformer.finite(name, 1);
  if (values.length !== width) {
    throw transformer.damaged(`${name} has ${values.length} values for ${width} targets`);
  }
  return graph.doubles(values);
}

/** Back from `(y - centre) / scale`. */
function scaled(centre: string, hasCentre: string, scale: string, hasScale: string): Inverse {
  return (transformer, value, width, graph) => {
    const wide = transformer.boolean(hasScale)
      ? graph.multiply(value, numbers(transformer, scale, width, graph))
      : value;
    return transformer.boolean(hasCentre) ? graph.add(wide, numbers(transformer, centre, width, graph)) : wide;
  };
}

const PREPROCESSING = 'sklearn.preprocessing._data';

const INVERSES: ReadonlyMap<string, Inverse> = new Map([
  [`${PREPROCESSING}.StandardScaler`, scaled('mean_', 'with_mean', 'scale_', 'with_std')],
  [`${PREPROCESSING}.RobustScaler`, scaled('center_', 'with_centering', 'scale_', 'with_scaling')],
  [
    `${PREPROCESSING}.MaxAbsScaler`,
    (transformer, value, width, graph) => {
      if (transformer.get('clip') === true) throw clipped(transformer);
      return graph.multiply(value, numbers(transformer, 'scale_', width, graph));
    },
  ],
  [
    `${PREPROCESSING}.MinMaxScaler`,
    (transformer, value, width, graph) => {
      if (transformer.get('clip') === true) throw clipped(transformer);
      const shifted = graph.subtract(value, numbers(transformer, 'min_', width, graph));
      return graph.divide(shifted, numbers(transformer, 'scale_', width, graph));
    },
  ],
  [
    'sklearn.preprocessing._function_transformer.FunctionTransformer',
    (transformer, value, _, graph) => functionOf(transformer, 'inverse_func')?.apply(graph, value) ?? value,
  ],
] satisfies [string, Inverse][]);

function clipped(transformer: Estimator): Error {
  return transformer.unsupported(`(${transformer.className}) has clip=True, which is not converted; use clip=False`);
}

export const transformedTarget: Converter = {
  classNames: ['sklearn.compose._target.TransformedTargetRegressor'],
  reads: [
    'regressor_',
    'transformer_',
    'inverse_func',
    'inv_kw_args',
    'mean_',
    'with_mean',
    'center_',
    'with_centering',
    'scale_',
    'with_std',
    'with_scaling',
    'min_',
    'clip',
  ],
  entry: (estimator) => memberIn(estimator, 'regressor_', 'regressor'),

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const regressor = memberIn(estimator, 'regressor_', 'regressor');
    const transformer = memberIn(estimator, 'transformer_', 'transformer');
    const inverse = INVERSES.get(transformer.className);
    if (!inverse) {
      throw transformer.unsupported(
        `(${transformer.className}) transforms the target in a way whose inverse is not converted; use func and inverse_func, or StandardScaler, MinMaxScaler, MaxAbsScaler or RobustScaler`,
      );
    }
    const prediction = conversion.predict(regressor, input);
    const { predict } = prediction.outputs;
    if (prediction.classes) throw regressor.unsupported(`(${regressor.className}) is not a regressor`);
    const value = inverse(transformer, asMatrix(graph, predict), predict.width, graph);
    return {
      outputs: {
        predict: { value: predict.width === 1 ? graph.reshape(value, [-1]) : value, width: predict.width },
      },
      computeClass: prediction.computeClass,
    };
  },
};
