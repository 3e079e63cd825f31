/** `sklearn.compose.TransformedTargetRegressor`: a regressor of a transformed target, and the way back. */

import type { Converter } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { asMatrix, memberIn } from '../../estimator/members';
import type { GraphBuilder, Value } from '../../onnx';
import { functionOf } from './function-transformer';

type Inverse = (
  graph: GraphBuilder,
  transformer: Estimator,
  value: Value<'float64'>,
  width: number,
) => Value<'float64'>;

function numbers(graph: GraphBuilder, transformer: Estimator, name: string, width: number): Value<'float64'> {
  const { values } = transformer.finite(name, 1);
  if (values.length !== width) {
    throw transformer.damaged(`${name} has ${values.length} values for ${width} targets`);
  }
  return graph.doubles(values);
}

/** Back from `(y - centre) / scale`. */
function scaled(centre: string, hasCentre: string, scale: string, hasScale: string): Inverse {
  return (graph, transformer, value, width) => {
    const wide = transformer.boolean(hasScale)
      ? graph.multiply(value, numbers(graph, transformer, scale, width))
      : value;
    return transformer.boolean(hasCentre) ? graph.add(wide, numbers(graph, transformer, centre, width)) : wide;
  };
}

const PREPROCESSING = 'sklearn.preprocessing._data';

const INVERSES: ReadonlyMap<string, Inverse> = new Map([
  [`${PREPROCESSING}.StandardScaler`, scaled('mean_', 'with_mean', 'scale_', 'with_std')],
  [`${PREPROCESSING}.RobustScaler`, scaled('center_', 'with_centering', 'scale_', 'with_scaling')],
  [
    `${PREPROCESSING}.MaxAbsScaler`,
    (graph, transformer, value, width) => {
      if (transformer.get('clip') === true) throw clipped(transformer);
      return graph.multiply(value, numbers(graph, transformer, 'scale_', width));
    },
  ],
  [
    `${PREPROCESSING}.MinMaxScaler`,
    (graph, transformer, value, width) => {
      if (transformer.get('clip') === true) throw clipped(transformer);
      const shifted = graph.subtract(value, numbers(graph, transformer, 'min_', width));
      return graph.divide(shifted, numbers(graph, transformer, 'scale_', width));
    },
  ],
  [
    'sklearn.preprocessing._function_transformer.FunctionTransformer',
    (graph, transformer, value) => functionOf(transformer, 'inverse_func')?.apply(graph, value) ?? value,
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
    const value = inverse(graph, transformer, asMatrix(graph, predict), predict.width);
    return {
      outputs: {
        predict: { value: predict.width === 1 ? graph.reshape(value, [-1]) : value, width: predict.width },
      },
      computeClass: prediction.computeClass,
    };
  },
};
