/** `sklearn.multiclass.OneVsRestClassifier`: a classifier for each class, of which the surest wins. */

import { classesOf } from '../../estimator/classes';
import type { Converter, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { answerOf, asMatrix, computeClassOf, givenToAll, listedMembers, memberIn } from '../../estimator/members';
import { testedVersion } from '../../estimator/version';
import { withOpposite } from '../../graph-parts/probability';
import type { GraphBuilder, Value } from '../../onnx';

const CONSTANT = 'sklearn.multiclass._ConstantPredictor';

function membersOf(estimator: Estimator): Estimator[] {
  const members = listedMembers(estimator, 'estimators_');
  if (members.some(({ className }) => className === CONSTANT)) {
    throw estimator.unsupported(
      `(${estimator.className}) has a class that every row or no row of the training data had, which is not converted`,
    );
  }
  const kind = memberIn(estimator, 'label_binarizer_').get('y_type_');
  if (kind !== 'multiclass' && kind !== 'binary') {
    throw estimator.unsupported(
      `(${estimator.className}) predicts several labels at once, which is not converted; fit one model for each of them`,
    );
  }
  return members;
}

/** How sure a member is: its decision, or its probability. Shape `[rows, 1]`. */
function scoreOf(graph: GraphBuilder, prediction: Prediction, of: Estimator): Value<'float64'> {
  const { decision_function: decision } = prediction.outputs;
  if (decision && decision.width === 1) return asMatrix(graph, decision);
  return second(graph, prediction, of);
}

function second(graph: GraphBuilder, prediction: Prediction, of: Estimator): Value<'float64'> {
  const probabilities = answerOf(prediction, 'predict_proba', of, 'deciding between one class and the rest needs');
  return graph.node('Gather', [asMatrix(graph, probabilities), graph.integers([1])], 'float64', { axis: 1 });
}

export const oneVsRest: Converter = {
  classNames: ['sklearn.multiclass.OneVsRestClassifier'],
  reads: ['estimators_', 'label_binarizer_', 'y_type_'],
  ...givenToAll(membersOf),

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const { minor } = testedVersion(estimator);
    const members = membersOf(estimator);
    const single = members.length === 1;
    if (members.length !== (count === 2 ? 1 : count)) {
      throw estimator.damaged(`it has ${members.length} classifiers for ${count} classes`);
    }
    const predictions = members.map((member) => conversion.predict(member, input));
    const score = graph.concat(
      predictions.map((prediction, i) => scoreOf(graph, prediction, members[i]!)),
      1,
    );
    const decides = predictions.every(({ outputs }) => outputs.decision_function?.width === 1);
    const half = predictions[0]!.outputs.decision_function ? 0 : 0.5;
    const above = () => graph.cast(graph.greater(graph.reshape(score, [-1]), graph.doubles([half])), 'int64');
    const last = minor < 8 ? 1 : 0; // of equally sure ones the last wins until 1.7, and the first since
    const surest = () => graph.node('ArgMax', [score], 'int64', { axis: 1, keepdims: 0, select_last_index: last });
    const index = single ? above() : surest();
    const shares = predictions.every(({ outputs }) => outputs.predict_proba);
    const probability = () => {
      const all = graph.concat(
        predictions.map((prediction, i) => second(graph, prediction, members[i]!)),
        1,
      );
      const rows = single ? withOpposite(graph, all) : all;
      const sum = graph.sum(rows, 1, true);
      if (minor < 7) return graph.divide(rows, sum); // NaN where all are 0
      return graph.divide(rows, graph.where(graph.greater(sum, graph.doubles([0])), sum, graph.doubles([1])));
    };
    return {
      outputs: {
        predict: { value: classes.at(graph, index), width: 1 },
        ...(shares && { predict_proba: { value: probability(), width: count } }),
        ...(decides && {
          decision_function: { value: single ? graph.reshape(score, [-1]) : score, width: single ? 1 : count },
        }),
      },
      classes: classes.labels,
      computeClass: computeClassOf(predictions),
    };
  },
};
