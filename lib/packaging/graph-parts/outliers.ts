/** What detectors of outliers answer, of how far a row is on the side of those of training. */

import type { Prediction } from '../estimator/converter';
import type { GraphBuilder, Value } from '../onnx';

/**
 * @param decision shape `[rows]`
 * @param least of a row that is none
 */
export function outlierOutputs(graph: GraphBuilder, decision: Value<'float64'>, least = 0): Prediction['outputs'] {
  const outlier = graph.cast(graph.less(decision, graph.doubles([least])), 'int64');
  return {
    predict: { value: graph.gather(graph.integers([1, -1]), outlier), width: 1 },
    decision_function: { value: decision, width: 1 },
  };
}
