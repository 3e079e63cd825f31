/** What is inside a model file, without packing it. Nothing that the file names is run. */
import { SlipwayError } from '../../model/error';
import { convertModelFile, type ModelFile, openModelFile } from '../conversion/model-file';
import type { ConvertedModel } from '../sklearn';
import { ObjectTree } from './object-tree';
import { describeDocument } from './onnx-file';

/** A thing in a file, and the things in it. */
export interface InspectedNode {
  /** Step, key or attribute under which it stands; empty for the outermost. */
  readonly name: string;
  /** What it is: a class, or a kind of value. */
  readonly what: string;
  /** What is worth knowing of it, by name: hyper-parameters, shapes, versions. */
  readonly details: Readonly<Record<string, string>>;
  /** Whether its class is converted, and why not; undefined for what is no estimator. */
  readonly converts?: { readonly yes: boolean; readonly reason?: string };
  readonly children: readonly InspectedNode[];
}

export interface Inspection {
  /** Base name. */
  readonly file: string;
  readonly bytes: number;
  /** E.g. `joblib`, `pickle`, `onnx`. */
  readonly format: string;
  /** E.g. `zlib`; absent for a format that knows none. */
  readonly compression?: string;
  /** Pickle protocol, 0 to 5. */
  readonly protocol?: number;
  readonly tree: InspectedNode;
  /** Whether the file as a whole can be packed; found out by converting it, and forgetting the result. */
  readonly converts: { readonly yes: boolean; readonly reason?: string };
  /** What a package of it would take and answer; absent when it can't be packed. */
  readonly model?: {
    readonly columns: number;
    readonly namedColumns: boolean;
    readonly outputs: readonly string[];
    readonly classes?: readonly (string | number | boolean)[];
    readonly libraries: Readonly<Record<string, string>>;
    /** Bytes of the ONNX model. */
    readonly bytes: number;
  };
}

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
