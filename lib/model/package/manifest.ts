/** The manifest of a model package: what it holds, where it came from, and how it was checked. */
import * as z from 'zod'; // its parts, not all of it: the bundle holds what is used
import type { Signature } from '../rows/signature';
import { METHODS } from '../rows/signature';
import { MIB } from '../units';
import { BATCHES, type Batch } from './batch';
import type { Tolerance } from './golden-file';

export const MANIFEST_VERSION = 1;

/** Files of a model package, by their names in its folder. */
export const PACKAGE_FILES = {
  manifest: 'manifest.json',
  model: 'model.onnx',
  golden: 'golden.json',
  training: 'training.json',
  profile: 'profile.json',
} as const;

/** Bytes that are read at most of the files that no manifest describes: the largest manifests have a vocabulary of words. */
export const MANIFEST_BYTES = 64 * MIB;
export const PROFILE_BYTES = 16 * MIB;
/** The same for the others, whatever the manifest says: an ONNX file is a message of Protocol Buffers, which ends there. */
export const LARGEST_FILE_BYTES = 2 ** 31 - 1;

export interface PackagedFile {
  /** Lower-case hexadecimal SHA-256 of the file's bytes. */
  readonly sha256: string;
  readonly bytes: number;
}

/** What family of arithmetic dominates; the sizing transfers CPU time between processors by it. */
export type ComputeClass = 'scalar' | 'tree' | 'gemm';

export interface ModelSource extends PackagedFile {
  /** Base name of the file that was packed, never a path. */
  readonly file: string;
  /** Container of the model, e.g. `joblib`, `pickle`, `onnx`. */
  readonly format: string;
  /** Full class names from the outside in, e.g. `sklearn.pipeline.Pipeline`. */
  readonly estimators: readonly string[];
  /** Versions recorded in the file, e.g. `{"scikit-learn": "1.7.2"}`. */
  readonly libraries: Readonly<Record<string, string>>;
  /** The single files, when there are several: `file` is then their names, and the digest that of one after the other. */
  readonly parts?: readonly (PackagedFile & { readonly file: string })[];
  /** What the file was in, for people, e.g. `an MLflow model (flavor sklearn)`. */
  readonly from?: string;
}

export interface Manifest {
  readonly schemaVersion: typeof MANIFEST_VERSION;
  /** Name of the model: lower-case letters, digits and hyphens. */
  readonly name: string;
  readonly signature: Signature;
  readonly computeClass: ComputeClass;
  /** @default rows */
  readonly batch?: Batch;
  readonly model: PackagedFile;
  /** Absent when nobody has recorded what the model must answer. */
  readonly golden?: PackagedFile & {
    readonly rows: number;
    readonly tolerance: Tolerance;
    /** Present where the answers are those of the packed model itself: they say nothing of the library. */
    readonly recordedBy?: 'pack';
  };
  /** Distribution of the columns in training; absent when no training rows were given. */
  readonly training?: PackagedFile;
  readonly source: ModelSource;
  /** Probability of the second class from which on it is the label; absent when the model's own rule holds. */
  readonly threshold?: number;
  /** Reasons to be careful with this package, as sentences. */
  readonly warnings?: readonly string[];
  /** Version of Slipway that packed it. */
  readonly packedBy: string;
}

/** Whether the answers of the model were held against those that were recorded where it was trained. */
export function isVerified({ golden }: Pick<Manifest, 'golden'>): boolean {
  return golden !== undefined && golden.recordedBy === undefined;
}

const elementType = z.enum(['float64', 'float32', 'int64', 'bool', 'string']);
const packagedFile = { sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.number().int().nonnegative() };
const label = z.union([z.number(), z.string(), z.boolean()]);

export const MODEL_NAME = /^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$/;

export const manifestSchema: z.ZodType<Manifest> = z.strictObject({
  schemaVersion: z.literal(MANIFEST_VERSION),
  name: z.string().regex(MODEL_NAME),
  signature: z.strictObject({
    columns: z
      .array(
        z.strictObject({
          name: z.string(),
          type: elementType,
          missing: z.boolean(),
          maximum: z.number().positive().optional(),
          above: z.number().optional(),
          except: z.number().optional(),
          categories: z.array(label).min(1).optional(),
          tokens: z
            .strictObject({
              lowercase: z.boolean(),
              shortest: z.number().int().positive(),
              stopWords: z.array(z.string()).optional(),
            })
            .optional(),
          unused: z.literal(true).optional(),
        }),
      )
      .min(1),
    namedColumns: z.boolean(),
    inputs: z
      .array(
        z.strictObject({
          name: z.string(),
          type: elementType,
          columns: z.array(z.number().int().nonnegative()).min(1),
        }),
      )
      .min(1),
    outputs: z
      .array(
        z.strictObject({
          name: z.enum(METHODS),
          type: elementType,
          width: z.number().int().positive(),
        }),
      )
      .min(1),
    classes: z.array(label).min(1).optional(),
  }),
  computeClass: z.enum(['scalar', 'tree', 'gemm']),
  batch: z.enum(BATCHES).optional(),
  model: z.strictObject(packagedFile),
  golden: z
    .strictObject({
      ...packagedFile,
      rows: z.number().int().positive(),
      tolerance: z.strictObject({ absolute: z.number().nonnegative(), relative: z.number().nonnegative() }),
      recordedBy: z.literal('pack').optional(),
    })
    .optional(),
  training: z.strictObject(packagedFile).optional(),
  source: z.strictObject({
    ...packagedFile,
    file: z.string(),
    format: z.string(),
    estimators: z.array(z.string()),
    libraries: z.record(z.string(), z.string()),
    parts: z.array(z.strictObject({ ...packagedFile, file: z.string() })).optional(),
    from: z.string().optional(),
  }),
  threshold: z.number().positive().max(1).optional(),
  warnings: z.array(z.string()).min(1).optional(),
  packedBy: z.string(),
});
