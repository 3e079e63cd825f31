/** Class labels: what a classifier answers with. */
import type { ElementType, Label } from '../../model/rows/signature';
import { NumpyArray } from '../joblib';
import type { GraphBuilder, Value } from '../onnx';
import type { Estimator, Reader } from './estimator';

const CLASSES: Reader = { reads: ['classes_'] };

export interface Classes {
  readonly labels: readonly Label[];
  /** The label at each index. @param indices shape `[rows]` */
  at(graph: GraphBuilder, indices: Value<'int64'>): Value<ElementType>;
}

/**
 * The classes of a fitted classifier: text, integers, floats or booleans.
 *
 * @throws SlipwayError E_UNSUPPORTED for several targets, fewer than two classes, or labels of another kind
 */
export function classesOf(estimator: Estimator): Classes {
  const array = estimator.readBy(CLASSES).fitted('classes_');
  if (Array.isArray(array)) {
    throw estimator.unsupported(
      `(${estimator.className}) predicts several targets at once, which is not converted; fit it within MultiOutputClassifier, which has one model for each target`,
    );
  }
  if (!(array instanceof NumpyArray) || array.shape.length !== 1) throw estimator.damaged('classes_ is not an array');
  const classes = readLabels(array, estimator);
  if (classes.labels.length < 2) {
    throw estimator.unsupported(
      `(${estimator.className}) was fitted with one class only, so it has nothing to predict`,
    );
  }
  return classes;
}

function readLabels(array: NumpyArray, estimator: Estimator): Classes {
  const texts = array.strings();
  if (texts) return { labels: texts, at: (graph, indices) => graph.gather(graph.texts(texts), indices) };
  if (!array.isNumeric) {
    throw estimator.unsupported(
      `(${estimator.className}) has class labels that are neither text, integers, floats nor booleans (${array.dtype ?? 'of an unknown type'})`,
    );
  }
  const numbers = array.numbers();
  switch (array.dtype?.kind) {
    case 'b': {
      const labels = Array.from(numbers, (number) => number === 1);
      return { labels, at: (graph, indices) => graph.gather(graph.booleans(labels), indices) };
    }
    case 'f':
      if (!numbers.every(Number.isFinite)) throw estimator.damaged('classes_ has NaN or infinity in it');
      return { labels: [...numbers], at: (graph, indices) => graph.gather(graph.doubles(numbers), indices) };
    default:
      return { labels: [...numbers], at: (graph, indices) => graph.gather(graph.integers(numbers), indices) };
  }
}
