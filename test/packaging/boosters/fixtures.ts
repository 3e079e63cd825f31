/** The committed boosters, and what the libraries answered when they were made (test/fixtures/packaging/boosters/make.py). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenRows } from '../../../lib/model/package/golden-file';
import { convertBooster, readBoosterFile } from '../../../lib/packaging/boosters';
import { convertModel } from '../../../lib/packaging/converters';
import type { ConvertedModel } from '../../../lib/packaging/estimator/assemble';
import { readModelBytes } from '../../../lib/packaging/joblib';

const FOLDER = join(__dirname, '../../fixtures/packaging/boosters');

/** `lightgbm-3.3.5`, ... */
export const RELEASES = readdirSync(FOLDER).filter((name) => /^(xgboost|lightgbm)-/.test(name));

export const XGBOOST = 'xgboost-3.2.0';
export const LIGHTGBM = 'lightgbm-4.7.0';

export function modelFiles(release: string): string[] {
  return readdirSync(join(FOLDER, release)).filter((file) => file !== 'expected.json');
}

export function boosterBytes(release: string, file: string): Buffer {
  return readFileSync(join(FOLDER, release, file));
}

/** Golden rows by the name of the model file without its ending. */
export function expectedAnswers(release: string): Record<string, GoldenRows> {
  return JSON.parse(readFileSync(join(FOLDER, release, 'expected.json'), 'utf8'));
}

/** Convert a model file of either kind. */
export async function convertBytes(file: string, bytes: Buffer): Promise<ConvertedModel> {
  const booster = readBoosterFile(file, bytes);
  return booster ? convertBooster(file, booster.model) : convertModel(await readModelBytes(file, bytes));
}
