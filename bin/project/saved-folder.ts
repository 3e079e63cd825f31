/** A folder that `save` of bin/python/slipway_save.py has written: a model, and beside it what it is checked by. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const SAVED_FILES = { model: 'model.joblib', golden: 'golden.json', data: 'training.csv' } as const;

/** Of golden rows, beside a model file, by the names that the training guide gives them. */
const GOLDEN_FILES = ['golden.json', 'golden.parquet', 'golden.csv'];

/** The golden rows that lie beside a model file, or in a folder that was saved so. */
export function goldenBeside(file: string): string | undefined {
  const folder = existsSync(join(file, SAVED_FILES.model)) ? file : dirname(file);
  return GOLDEN_FILES.map((name) => join(folder, name)).find(existsSync);
}

interface Inputs {
  readonly golden?: string;
  readonly data?: string;
}

/**
 * What to pack, of a folder that was saved so; anything else as it is.
 *
 * @param given what was said besides, which goes first
 * @param onProgress told what was taken
 */
export function savedFolder<T extends Inputs>(
  files: readonly string[],
  given: T,
  onProgress: (text: string) => void,
): T & { readonly file: readonly string[] } {
  const [folder] = files;
  const model = join(folder ?? '', SAVED_FILES.model);
  if (files.length !== 1 || existsSync(join(folder!, 'MLmodel')) || !existsSync(model))
    return { ...given, file: files };
  const there = (key: 'golden' | 'data') => {
    const path = join(folder!, SAVED_FILES[key]);
    return given[key] === undefined && existsSync(path) ? { [key]: path } : {};
  };
  const found = { ...there('golden'), ...there('data') };
  onProgress(`took ${[model, ...Object.values(found)].join(', ')}`);
  return { ...given, ...found, file: [model] };
}
