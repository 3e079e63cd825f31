/** An ONNX file that somebody else made -> an ONNX model with our ends, and its signature. */
import { SlipwayError } from '../../model/error';
import type { ComputeClass } from '../../model/package/manifest';
import type { ConvertedModel } from '../estimator/assemble';
import { type OnnxDocument, readOnnxDocument, writeOnnxDocument } from '../onnx/document';
import { LARGE_PRODUCT_BYTES, MATRIX_PRODUCT } from '../onnx/model';
import { refuseRandomOperators } from './chance';
import { classesOf } from './class-labels';
import { refuseGrowth } from './growth';
import { importInputs } from './inputs';
import { importOutputs } from './outputs';

/** Operator sets of ONNX Runtime's processor build. */
const DOMAINS = ['', 'ai.onnx.ml', 'com.microsoft'];

/** Names of operators that a manifest lists. */
const LISTED_OPERATORS = 12;

/**
 * Read an ONNX file and give its inputs and outputs the names and shapes that the handler serves.
 *
 * @param width number of columns of a row, where something else says it
 * @throws SlipwayError E_FORMAT, E_LIMIT or E_UNSUPPORTED
 */
export function importOnnx(file: string, bytes: Uint8Array, width?: number): ConvertedModel {
  const document = readOnnxDocument(file, bytes);
  refuseForeignOperators(document);
  refuseRandomOperators(document);
  refuseGrowth(document, bytes.length);
  const { columns, namedColumns, inputs, declared } = importInputs(document, width);
  const { outputs, classes, ...changes } = importOutputs(document, classesOf(document));
  return {
    onnx: writeOnnxDocument(document, {
      without: changes.without,
      nodes: changes.nodes,
      constants: changes.constants,
      inputs: declared,
      outputs: changes.declared,
    }),
    signature: { columns, namedColumns, inputs, outputs, ...(classes && { classes }) },
    computeClass: computeClassOf(document),
    singlePrecision: [...inputs, ...outputs].some(({ type }) => type === 'float32'),
    estimators: operatorsOf(document),
    libraries: {
      ...(document.producer && { [document.producer]: document.producerVersion }),
      onnx: `opset ${document.operatorSets.get('') ?? 1}`,
    },
  };
}

function refuseForeignOperators(document: OnnxDocument): void {
  const foreign = document.nodes.find(({ domain }) => !DOMAINS.includes(domain));
  if (!foreign) return;
  throw new SlipwayError(
    'E_UNSUPPORTED',
    `${document.file}: uses the operator ${foreign.domain}.${foreign.operator}, which ONNX Runtime does not have; export the model with the operators of ONNX and ai.onnx.ml alone`,
  );
}

/** The operators of the graph, each once. */
function operatorsOf(document: OnnxDocument): string[] {
  const names = new Set(document.nodes.map(({ domain, operator }) => `${domain || 'ai.onnx'}.${operator}`));
  const listed = [...names].slice(0, LISTED_OPERATORS);
  return names.size > listed.length ? [...listed, `${names.size - listed.length} more`] : listed;
}

function computeClassOf(document: OnnxDocument): ComputeClass {
  const has = (pattern: RegExp) => document.nodes.some(({ operator }) => pattern.test(operator));
  if (has(/^TreeEnsemble/)) return 'tree';
  let bytes = 0;
  for (const { raw } of document.constants.values()) bytes += raw.byteLength;
  return has(MATRIX_PRODUCT) && bytes > LARGE_PRODUCT_BYTES ? 'gemm' : 'scalar';
}
