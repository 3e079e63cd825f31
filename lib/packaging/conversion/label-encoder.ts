/** The labels in a file that holds a fitted `LabelEncoder`. */
import { SlipwayError } from '../../model/error';
import type { Label } from '../../model/rows/signature';
import { NumpyArray, PyObject, type PyValue } from '../joblib';
import { openModelFile } from './model-file';
import { selectPart } from './select';

const CLASS_NAMES = ['sklearn.preprocessing._label.LabelEncoder', 'sklearn.preprocessing.label.LabelEncoder'];

/** Labels of an encoder. A classifier of more classes than that is none of tables. */
const MAXIMUM_LABELS = 100_000;

/**
 * @param path a file, or a part of one after a `#`: `parts.joblib#label_encoder`
 * @returns the label that each integer stands for
 * @throws SlipwayError as `openModelFile`, and E_UNSUPPORTED when it is no LabelEncoder of text or numbers
 */
export async function readLabelEncoder(
  path: string,
): Promise<{ labels: readonly Label[]; file: string; bytes: Buffer }> {
  const [, whole, part] = /^(.*?)(?:#(.+))?$/s.exec(path)!;
  const opened = await openModelFile(whole!);
  const { file, bytes } = opened;
  if (opened.kind !== 'objects') {
    throw new SlipwayError('E_UNSUPPORTED', `${file}: is a model (${opened.format.name}), and not a LabelEncoder`);
  }
  const { root } = opened.loaded;
  const encoder = part === undefined ? root : selectPart(file, root, part);
  return { labels: labelsOf(file, encoder), file, bytes };
}

function labelsOf(file: string, encoder: PyValue): readonly Label[] {
  if (!(encoder instanceof PyObject) || !CLASS_NAMES.includes(encoder.callee.fullName)) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: holds ${encoder instanceof PyObject ? encoder.callee.fullName : 'no estimator'}, and not a LabelEncoder; give the file that the fitted LabelEncoder was saved to, or a part of a file as in --labels "${file}#label_encoder"`,
    );
  }
  const classes = encoder.state instanceof Map ? encoder.state.get('classes_') : undefined;
  const array = classes instanceof NumpyArray && classes.shape.length === 1 ? classes : undefined;
  const labels = array?.strings() ?? (array?.isNumeric ? [...array.numbers()] : undefined);
  if (!labels || labels.length === 0 || labels.length > MAXIMUM_LABELS) {
    throw new SlipwayError(
      'E_UNSUPPORTED',
      `${file}: holds a LabelEncoder whose classes_ are neither text nor numbers`,
    );
  }
  return labels;
}
