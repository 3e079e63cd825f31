/** `sklearn.svm.SVR`, `NuSVR` and `OneClassSVM`: one weighted sum of kernels; and `SGDOneClassSVM`, which has a linear one. */

import type { Converter } from '../../estimator/converter';
import type { Estimator, Reader } from '../../estimator/estimator';
import { type Features, refuseMissing } from '../../estimator/features';
import { shaped } from '../../estimator/parameters';
import { shapedMatrix } from '../../estimator/sparse-matrix';
import type { GraphBuilder, Value } from '../../onnx';
import { kernelValues } from './libsvm-kernel';

const WEIGHTED_SUM: Reader = { reads: ['_dual_coef_', '_intercept_'] };

/** Shape `[rows]`. */
function weightedSum(graph: GraphBuilder, model: Estimator, input: Features): Value<'float64'> {
  const estimator = model.readBy(WEIGHTED_SUM);
  refuseMissing(input);
  const { value, count } = kernelValues(graph, estimator, input);
  const weights = graph.doubles(shapedMatrix(estimator, '_dual_coef_', 1, count), [count, 1]);
  const intercept = graph.doubles(shaped(estimator, '_intercept_', [1]));
  return graph.add(graph.reshape(graph.matmul(value, weights), [-1]), intercept);
}

export const supportVectorRegressor: Converter = {
  classNames: ['sklearn.svm._classes.SVR', 'sklearn.svm._classes.NuSVR'],
  reads: [],
  predict: (estimator, input, { graph }) => ({
    outputs: { predict: { value: weightedSum(graph, estimator, input), width: 1 } },
    computeClass: 'scalar',
  }),
};

/** 1 for what is like the training data, -1 for an outlier. */
export const oneClassSupportVector: Converter = {
  classNames: ['sklearn.svm._classes.OneClassSVM'],
  reads: [],

  predict(estimator, input, { graph }) {
    const decision = weightedSum(graph, estimator, input);
    const like = graph.greater(decision, graph.doubles([0]));
    return {
      outputs: {
        predict: { value: graph.where(like, graph.integers([1]), graph.integers([-1])), width: 1 },
        decision_function: { value: decision, width: 1 },
      },
      computeClass: 'scalar',
    };
  },
};

export const oneClassLinear: Converter = {
  classNames: ['sklearn.linear_model._stochastic_gradient.SGDOneClassSVM'],
  since: { SGDOneClassSVM: '1.0' },
  reads: ['coef_', 'offset_'],

  predict(estimator, input, { graph }) {
    refuseMissing(input);
    const width = input.columns.length;
    const weights = graph.doubles(shaped(estimator, 'coef_', [width]), [width, 1]);
    const offset = graph.doubles(shaped(estimator, 'offset_', [1]));
    const decision = graph.subtract(graph.reshape(graph.matmul(input.value, weights), [-1]), offset);
    const outlier = graph.less(decision, graph.doubles([0])); // unlike libsvm's, a score of 0 is like the data
    return {
      outputs: {
        predict: { value: graph.where(outlier, graph.integers([-1]), graph.integers([1])), width: 1 },
        decision_function: { value: decision, width: 1 },
      },
      computeClass: 'scalar',
    };
  },
};
