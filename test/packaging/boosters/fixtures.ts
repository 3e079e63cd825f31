/** The committed boosters, and what the libraries answered when they were made (test/fixtures/packaging/boosters/make.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { convertBooster, readBoosterFile } from '../../../lib/packaging/boosters';
import { convertModel } from '../../../lib/packaging/converters';
import type { ConvertedModel } from '../../../lib/packaging/estimator/assemble';
import { readModelBytes } from '../../../lib/packaging/joblib';

const FOLDER = join(__dirname, '../../fixtures/packaging/boosters');

export const XGBOOST = 'xgboost-3.2.0';
export const LIGHTGBM = 'lightgbm-4.7.0';

export function boosterBytes(release: string, file: string): Buffer {
  return readFileSync(join(FOLDER, release, file));
}

/** Convert a model file of either kind. */
export async function convertBytes(file: string, bytes: Buffer): Promise<ConvertedModel> {
  const booster = readBoosterFile(file, bytes);
  return booster ? convertBooster(file, booster.model) : convertModel(await readModelBytes(file, bytes));
}
