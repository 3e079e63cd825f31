/** What `model` of slipway.yaml says: the folder of a package, or a model file. */
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { isRecord } from '../model/formats/json';
import { BATCHES, type Batch } from '../model/package/batch';
import { MODEL_NAME } from '../model/package/manifest';
import { ADDRESS_FORM, isBucketAddress, parsePackageAddress } from '../model/package/package-address';
import { nameOf, profileBeside } from '../packaging/model-file';
import type { StageConfig } from './config';

const PACKAGE =
  'must be the folder of a model package, e.g. models/credit-risk, or a model file, { file: model.joblib }';

/** The folder of a model package, or its address in a registry. */
export const packageFolder = z
  .string(PACKAGE)
  .min(1, PACKAGE)
  .refine(
    (text) => !isBucketAddress(text) || parsePackageAddress(text) !== undefined,
    `must be ${ADDRESS_FORM}, as "slipway push" prints it`,
  );

const path = z.string('must be the path of a file').min(1, 'must be the path of a file');

/** A model file, which is packed when it is needed: what `pack` takes, under the names that it has there. */
const modelFileSchema = z.strictObject({
  file: z.preprocess(
    (value) => (value === undefined || Array.isArray(value) ? value : [value]),
    z.array(path).min(1, 'must name a file'),
  ),
  golden: path.optional(),
  name: z
    .string()
    .regex(MODEL_NAME, 'must be up to 48 lower-case letters, digits and hyphens, e.g. credit-risk')
    .optional(),
  data: path.optional(),
  labels: path.optional(),
  select: z.string().min(1, 'must name a part of the file').optional(),
  threshold: z
    .number('must be a probability')
    .gt(0, 'must be a probability above 0')
    .max(1, 'must be a probability of at most 1')
    .optional(),
  missing: z.union([z.number(), z.literal('nan')], 'must be a number or nan').optional(),
  batch: z.enum(BATCHES as unknown as [Batch, ...Batch[]]).optional(),
});

export const packageOrFile = z.union([packageFolder, modelFileSchema]);

/** The package of a file has no folder yet. @param name of the model among several */
export function modelOf(model: unknown, folder: string, name?: string): Pick<StageConfig, 'model' | 'modelFile'> {
  if (!isRecord(model)) return { model: resolve(folder, String(model)) };
  const { data: document } = modelFileSchema.safeParse(model);
  if (document === undefined) return { model: folder }; // told already
  const { file, golden, data, labels, ...chosen } = document;
  const files = file.map((path) => resolve(folder, path));
  const given = Object.entries({ golden, data, labels }).filter(([, path]) => path !== undefined);
  const named = document.name ?? name ?? nameOf(basename(files.at(-1)!));
  return {
    model: folder,
    modelFile: {
      ...chosen,
      ...Object.fromEntries(given.map(([key, path]) => [key, resolve(folder, path!)])),
      file: files,
      name: named,
      profile: profileBeside(files.at(-1)!, named),
    },
  };
}
