/** `sklearn.model_selection.FixedThresholdClassifier` and `TunedThresholdClassifierCV`: another threshold for the label. */
import type { ElementType, Label } from '../../../model/rows/signature';
import type { Converter, Prediction } from '../../estimator/converter';
import type { Estimator } from '../../estimator/estimator';
import { asMatrix, memberIn } from '../../estimator/members';
import { Global, PyObject, type PyValue } from '../../joblib';
import type { GraphBuilder, Value } from '../../onnx';

const MODULE = 'sklearn.model_selection._classification_threshold';

/** The classifier inside; fixed thresholds can be put on one that was fitted before. */
function classifierOf(outer: Estimator): Estimator {
  return memberIn(outer, outer.get('estimator_') === undefined ? 'estimator' : 'estimator_', 'estimator');
}

/** Index of the class that the threshold is about; undefined when the user did not say, which means the second. */
function positiveClass(outer: Estimator, label: PyValue | undefined, labels: readonly unknown[]): number {
  if (label === undefined || label === null) return 1;
  const index = labels.findIndex((known) => known === label || (typeof known === 'boolean' && Number(known) === label));
  if (index < 0) throw outer.unsupported(`(${outer.className}) has a pos_label that is none of the classes`);
  return index;
}

/** Metrics that a threshold can be tuned by, with the class that each is about when the user does not say. */
const METRICS: ReadonlyMap<string, 1 | undefined> = new Map([
  ['accuracy_score', undefined],
  ['balanced_accuracy_score', undefined],
  ['cohen_kappa_score', undefined],
  ['matthews_corrcoef', undefined],
  ['f1_score', 1],
  ['fbeta_score', 1],
  ['jaccard_score', 1],
  ['precision_score', 1],
  ['recall_score', 1],
]);

/** The class that the metric is about by which the threshold was tuned. */
function scoredLabel(outer: Estimator): PyValue | undefined {
  const scorer = outer.fitted('_curve_scorer');
  const state = scorer instanceof PyObject && scorer.state instanceof Map ? scorer.state : undefined;
  const options = state?.get('_kwargs');
  if (options instanceof Map && options.has('pos_label')) return options.get('pos_label');
  const metric = state?.get('_score_func');
  if (metric instanceof Global && metric.module.startsWith('sklearn.metrics.') && METRICS.has(metric.name)) {
    return METRICS.get(metric.name);
  }
  const name = metric instanceof Global ? metric.fullName : 'an unknown metric';
  throw outer.unsupported(
    `(${outer.className}) was tuned by ${name}, which does not tell here which class the threshold is about; tune it by make_scorer(..., pos_label=...), or put its best_threshold_ into a FixedThresholdClassifier`,
  );
}

const SCORE_READS = ['estimator_', 'estimator', 'response_method'];

/** Shape `[rows]`: high for the class that the threshold is about. */
function scoreOf(graph: GraphBuilder, outer: Estimator, prediction: Prediction, positive: number) {
  const method = outer.get('response_method');
  const { predict_proba: probabilities, decision_function: decision } = prediction.outputs;
  if (probabilities && (method === 'auto' || method === 'predict_proba')) {
    const column = graph.node('Gather', [asMatrix(graph, probabilities), graph.integers([positive])], 'float64', {
      axis: 1,
    });
    return { score: graph.reshape(column, [-1]), middle: 0.5 };
  }
  if (decision && (method === 'auto' || method === 'decision_function')) {
    const score = decision.value as Value<'float64'>;
    return { score: positive === 1 ? score : graph.negate(score), middle: 0 };
  }
  throw outer.unsupported(
    `(${outer.className}) has response_method=${String(method)}, which its estimator does not have`,
  );
}

/** Labels as a constant of the type that the classifier answers with. */
function labelTable(graph: GraphBuilder, type: ElementType, labels: readonly Label[]): Value<ElementType> {
  if (type === 'string') return graph.texts(labels.map(String));
  if (type === 'bool') return graph.booleans(labels.map(Boolean));
  return type === 'float64' ? graph.doubles(labels.map(Number)) : graph.integers(labels.map(Number));
}

function thresholded(
  thresholdOf: (outer: Estimator, middle: number) => number,
  labelOf: (outer: Estimator) => PyValue | undefined,
): NonNullable<Converter['predict']> {
  return (outer, input, conversion) => {
    const { graph } = conversion;
    const classifier = classifierOf(outer);
    const prediction = conversion.predict(classifier, input);
    const labels = prediction.classes ?? [];
    if (labels.length !== 2) throw outer.damaged(`its estimator has ${labels.length} classes, not two`);
    const positive = positiveClass(outer, labelOf(outer), labels);
    const { score, middle } = scoreOf(graph, outer, prediction, positive);
    const below = graph.cast(graph.less(score, graph.doubles([thresholdOf(outer, middle)])), 'int64');
    const { predict, ...others } = prediction.outputs;
    const table = labelTable(graph, predict.value.type, [labels[positive]!, labels[1 - positive]!]);
    return { ...prediction, outputs: { predict: { value: graph.gather(table, below), width: 1 }, ...others } };
  };
}

export const fixedThreshold: Converter = {
  classNames: [`${MODULE}.FixedThresholdClassifier`],
  since: { FixedThresholdClassifier: '1.5' },
  reads: [...SCORE_READS, 'threshold', 'pos_label'],
  entry: classifierOf,
  predict: thresholded(
    (outer, middle) => (outer.get('threshold') === 'auto' ? middle : outer.number('threshold')),
    (outer) => outer.get('pos_label'),
  ),
};

export const tunedThreshold: Converter = {
  classNames: [`${MODULE}.TunedThresholdClassifierCV`],
  since: { TunedThresholdClassifierCV: '1.5' },
  reads: [...SCORE_READS, 'best_threshold_', '_curve_scorer'],
  entry: classifierOf,
  predict: thresholded((outer) => outer.number('best_threshold_'), scoredLabel),
};
