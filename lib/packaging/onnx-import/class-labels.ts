/** The class labels of a classifier in an ONNX file, wherever its exporter left them. */
import type { Label } from '../../model/rows/signature';
import { constantLabels, listAttribute } from '../onnx/attribute';
import type { OnnxDocument } from '../onnx/document';

/** Attributes that list the classes, in the order of the probabilities: ZipMap's, and those of the classifiers of ai.onnx.ml. */
const ATTRIBUTES = ['classlabels_int64s', 'classlabels_strings', 'classlabels_ints'] as const;

const OPERATORS = ['ZipMap', 'LinearClassifier', 'SVMClassifier', 'TreeEnsembleClassifier'];

/** @returns undefined when the file does not say, or says different things in different places */
export function classesOf(document: OnnxDocument): readonly Label[] | undefined {
  const found: (readonly Label[])[] = [];
  for (const operator of OPERATORS) {
    for (const node of document.nodes) {
      if (node.domain !== 'ai.onnx.ml' || node.operator !== operator) continue;
      for (const name of ATTRIBUTES) {
        const labels = listAttribute(document.reader, node, name);
        if (labels) found.push(labels);
      }
    }
    // ZipMap names the columns of the probabilities themselves: it decides
    if (operator === 'ZipMap' && found.length === 1) return found[0];
  }
  if (found.length === 0) found.push(...tables(document));
  const [first] = found;
  return first && found.every((labels) => JSON.stringify(labels) === JSON.stringify(first)) ? first : undefined;
}

/** Tables that a label is taken from by its index: how skl2onnx writes the classes of what it builds from plain operators. */
function tables(document: OnnxDocument): (readonly Label[])[] {
  return document.nodes.flatMap((node) => {
    const table = document.constants.get(node.inputs[0] ?? '');
    const picks = node.operator === 'ArrayFeatureExtractor' && node.domain === 'ai.onnx.ml';
    if (!picks || !table?.name.startsWith('classes')) return [];
    const labels = constantLabels(document.reader, table);
    return labels && labels.length >= 2 ? [labels] : [];
  });
}
