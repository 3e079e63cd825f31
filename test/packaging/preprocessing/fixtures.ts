/** Fitted preprocessing with what scikit-learn answered (test/fixtures/packaging/preprocessing/make.py). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenRows } from '../../../lib/model/package/golden-file';
import { type LoadedFile, readModelFile } from '../../../lib/packaging/joblib';

const FOLDER = join(__dirname, '../../fixtures/packaging/preprocessing');

export const RELEASES = readdirSync(FOLDER).filter((name) => name.startsWith('sklearn-'));

export const NEWEST = 'sklearn-1.9.1';

/** The models of a release, by name, with their answers. */
export function expectedAnswers(release: string): Record<string, GoldenRows> {
  return JSON.parse(readFileSync(join(FOLDER, release, 'expected.json'), 'utf8')) as Record<string, GoldenRows>;
}

export function modelPath(folder: string, name: string): string {
  return join(FOLDER, folder, `${name}.joblib`);
}

export function load(folder: string, name: string): Promise<LoadedFile> {
  return readModelFile(modelPath(folder, name));
}
