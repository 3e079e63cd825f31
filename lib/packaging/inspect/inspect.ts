/** What is inside a model file, without packing it. Nothing that the file names is run. */
import { SlipwayError } from '../../model/error';
import type { Inspection } from '../../model/package/inspection';
import { convertModelFile, type ModelFile, openModelFile } from '../conversion/model-file';
import type { ConvertedModel } from '../estimator/assemble';
import { ObjectTree } from './object-tree';
import { describeDocument } from './onnx-file';

/** @throws SlipwayError E_FILE, E_FORMAT, E_UNSAFE or E_LIMIT when the file cannot be read at all */
export async function inspect(path: string): Promise<Inspection> {
  const opened = await openModelFile(path);
  const { file, bytes } = opened;
  const outcome = attempt(opened);
  return {
    file,
    bytes: bytes.length,
    ...describe(opened),
    converts: 'reason' in outcome ? { yes: false, reason: outcome.reason } : { yes: true },
    ...('model' in outcome && { model: summary(outcome.model) }),
  };
}

function describe(opened: ModelFile): Pick<Inspection, 'format' | 'compression' | 'protocol' | 'tree'> {
  if (opened.kind === 'objects') {
    const { format, compression, protocol, root } = opened.loaded;
    return { format, compression, protocol, tree: new ObjectTree(opened.file).describe(root) };
  }
  const { format, file, bytes } = opened;
  const tree =
    format.name === 'onnx' ? describeDocument(file, bytes) : { name: '', what: format.name, details: {}, children: [] };
  return { format: format.name, tree };
}

function attempt(opened: ModelFile): { model: ConvertedModel } | { reason: string } {
  try {
    return { model: convertModelFile(opened) };
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return { reason: error.message };
  }
}

function summary({ signature, libraries, onnx }: ConvertedModel): Inspection['model'] {
  const { columns, namedColumns, outputs, classes } = signature;
  return {
    columns: columns.length,
    namedColumns,
    outputs: outputs.map(({ name }) => name),
    ...(classes && { classes }),
    libraries,
    bytes: onnx.byteLength,
  };
}
