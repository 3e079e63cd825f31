/** What `model` of slipway.yaml says: the folder of a package, or a model file. */
import { basename, resolve } from 'node:path';
import { isRecord } from '../model/formats/json';
import { nameOf, profileBeside } from '../packaging/model-file';
import type { StageConfig } from './config';
import { modelFileSchema } from './schema';

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
