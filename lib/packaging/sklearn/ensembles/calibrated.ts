/**
 * `sklearn.calibration.CalibratedClassifierCV`: the mean of classifiers whose scores are turned into probabilities.
 *
 * With s the `decision_function` of a classifier, or else its probabilities; of two classes that of the second:
 *
 *     sigmoid      1 / (1 + exp(a_ s + b_))
 *     isotonic     the line of an IsotonicRegression at s
 *     temperature  softmax(beta_ z), z = s, [-s, s] for two classes, or log(p + 1e-12) of all probabilities p
 *
 * The first two give a number p for each class by itself: [1 - p, p] for two classes, otherwise divided by their sum,
 * and uniform where that is 0.
 */

import { classesOf } from '../../estimator/classes';
import type { Conversion, Converter, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import type { Features } from '../../estimator/features';
import {
  answerOf,
  asMatrix,
  computeClassOf,
  givenToAll,
  listedMembers,
  memberIn,
  sumInOrder,
} from '../../estimator/members';
import { expit, normalise, withOpposite } from '../../graph-parts/probability';
import type { GraphBuilder, Value } from '../../onnx';
import { ISOTONIC, interpolated } from '../probabilistic/isotonic';

const CALIBRATED = 'sklearn.calibration._CalibratedClassifier';
const SIGMOID = 'sklearn.calibration._SigmoidCalibration';
const TEMPERATURE = 'sklearn.calibration._TemperatureScaling';

/** What temperature scaling adds to probabilities before it takes their logarithm. */
const EPSILON = 1e-12;

function calibratedOf(estimator: Estimator): Estimator[] {
  const members = listedMembers(estimator, 'calibrated_classifiers_');
  const other = members.find(({ className }) => className !== CALIBRATED);
  if (other) throw estimator.damaged(`it has a ${other.className} instead of a ${CALIBRATED}`);
  return members;
}

/** The classifier whose scores are calibrated; its attribute had another name until 1.1. */
function classifierOf(calibrated: Estimator): Estimator {
  return memberIn(calibrated, calibrated.get('estimator') === undefined ? 'base_estimator' : 'estimator', 'estimator');
}

interface Scores {
  /** Shape `[rows, 1]` for two classes, otherwise `[rows, classes]`. */
  readonly value: Value<'float64'>;
  readonly areProbabilities: boolean;
}

function scoresOf(graph: GraphBuilder, prediction: Prediction, of: Estimator, classes: number): Scores {
  const { decision_function: decision } = prediction.outputs;
  if (decision) return { value: asMatrix(graph, decision), areProbabilities: false };
  const all = asMatrix(graph, answerOf(prediction, 'predict_proba', of, 'its calibration needs'));
  const value = classes === 2 ? graph.node('Gather', [all, graph.integers([1])], 'float64', { axis: 1 }) : all;
  return { value, areProbabilities: true };
}

function calibrate(graph: GraphBuilder, calibrator: Estimator, score: Value<'float64'>): Value<'float64'> {
  if (calibrator.className === ISOTONIC) return interpolated(graph, calibrator, score);
  if (calibrator.className !== SIGMOID) {
    throw calibrator.unsupported(`(${calibrator.className}) is a calibrator that is not converted`);
  }
  const slope = graph.doubles([calibrator.number('a_')]);
  const intercept = graph.doubles([calibrator.number('b_')]);
  return expit(graph, graph.negate(graph.add(graph.multiply(slope, score), intercept)));
}

function scaled(
  graph: GraphBuilder,
  calibrator: Estimator,
  { value, areProbabilities }: Scores,
  classes: number,
): Value<'float64'> {
  const both = () => (areProbabilities ? withOpposite(graph, value) : graph.concat([graph.negate(value), value], 1));
  const all = classes === 2 ? both() : value;
  const logits = areProbabilities ? graph.log(graph.add(all, graph.doubles([EPSILON]))) : all;
  return graph.softmax(graph.multiply(graph.doubles([calibrator.number('beta_')]), logits));
}

function probabilities(
  calibrated: Estimator,
  classes: number,
  input: Features,
  conversion: Conversion,
): { readonly value: Value<'float64'>; readonly prediction: Prediction } {
  const { graph } = conversion;
  const classifier = classifierOf(calibrated);
  const prediction = conversion.predict(classifier, input);
  if (prediction.classes?.length !== classes) {
    throw calibrated.unsupported(
      `(${classifier.className}) was fitted without some of the ${classes} classes, which is not converted; use a cv with all classes in every fold`,
    );
  }
  const scores = scoresOf(graph, prediction, classifier, classes);
  const name = calibrated.get('calibrators') === undefined ? 'calibrators_' : 'calibrators'; // until 0.23
  const calibrators = listedMembers(calibrated, name);
  const exact = (value: Value<'float64'>) => {
    const one = graph.doubles([1]);
    return { value: graph.where(graph.greater(value, one), one, value), prediction };
  };
  if (calibrators[0]!.className === TEMPERATURE) return exact(scaled(graph, calibrators[0]!, scores, classes));
  if (calibrators.length !== (classes === 2 ? 1 : classes)) {
    throw calibrated.damaged(`it has ${calibrators.length} calibrators for ${classes} classes`);
  }
  if (classes === 2) return exact(withOpposite(graph, calibrate(graph, calibrators[0]!, scores.value)));
  const each = calibrators.map((calibrator, i) => {
    const column = graph.node('Gather', [scores.value, graph.integers([i])], 'float64', { axis: 1 });
    return calibrate(graph, calibrator, column);
  });
  return exact(shares(graph, graph.concat(each, 1), classes));
}

/** Each row divided by its sum; a row of zeros becomes the same for all classes. */
function shares(graph: GraphBuilder, value: Value<'float64'>, classes: number): Value<'float64'> {
  return normalise(graph, value, classes, true);
}

export const calibratedClassifier: Converter = {
  classNames: ['sklearn.calibration.CalibratedClassifierCV'],
  reads: ['calibrated_classifiers_', 'estimator', 'base_estimator', 'calibrators', 'calibrators_', 'a_', 'b_', 'beta_'],
  ...givenToAll((estimator) => calibratedOf(estimator).map(classifierOf)),

  predict(estimator, input, conversion) {
    const { graph } = conversion;
    const classes = classesOf(estimator);
    const count = classes.labels.length;
    const parts = calibratedOf(estimator).map((calibrated) => probabilities(calibrated, count, input, conversion));
    const sum = sumInOrder(
      graph,
      parts.map(({ value }) => value),
    );
    const mean = graph.divide(sum, graph.doubles([parts.length]));
    return {
      outputs: {
        predict: { value: classes.at(graph, graph.argmax(mean)), width: 1 },
        predict_proba: { value: mean, width: count },
      },
      classes: classes.labels,
      computeClass: computeClassOf(parts.map(({ prediction }) => prediction)),
    };
  },
};
