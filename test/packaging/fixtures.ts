/** The committed model files, and what the libraries answered when they were made (test/fixtures/packaging). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenRows } from '../../lib/model/package/golden-file';
import { type LoadedFile, type ReaderLimits, readModelFile } from '../../lib/packaging/joblib';

const FOLDER = join(__dirname, '../fixtures/packaging');

/** The folder with a family's models of a release of scikit-learn: `sklearn/linear/sklearn-1.1.3`, ... */
export function modelsOf(family: string, release = '1.9.1'): string {
  return `sklearn/${family}/sklearn-${release}`;
}

/** The families of scikit-learn's estimators: `linear`, `trees`, ... */
export const FAMILIES = readdirSync(join(FOLDER, 'sklearn'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('__'))
  .map(({ name }) => name);

/** The releases that a folder has models of, to find them by: `sklearn/linear/sklearn-1.1.3`, ... */
export function releasesOf(folder: string): readonly string[] {
  const names = readdirSync(join(FOLDER, folder)).filter((name) => /^(sklearn|xgboost|lightgbm)-/.test(name));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** The model files of a release. */
export function modelFiles(release: string): readonly string[] {
  return readdirSync(join(FOLDER, release)).filter((file) => !/^(expected|undecided)\.json$/.test(file));
}

export function fixturePath(folder: string, file: string): string {
  return join(FOLDER, folder, file);
}

export function fixtureExists(folder: string, file: string): boolean {
  return existsSync(fixturePath(folder, file));
}

export function fixtureBytes(folder: string, file: string): Buffer {
  return readFileSync(fixturePath(folder, file));
}

export function fixtureJson<T>(folder: string, file: string): T {
  return JSON.parse(readFileSync(fixturePath(folder, file), 'utf8')) as T;
}

/** The models of a release with their answers. */
export function expectedAnswers(release: string): Record<string, GoldenRows> {
  return fixtureJson(release, 'expected.json');
}

export function load(folder: string, file: string, limits?: Partial<ReaderLimits>): Promise<LoadedFile> {
  return readModelFile(fixturePath(folder, file), limits);
}
