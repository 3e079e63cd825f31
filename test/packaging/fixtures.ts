/** The committed model files, and what scikit-learn answered when they were made (test/fixtures/packaging/make.py). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoldenRows } from '../../lib/model/package/golden-file';
import { type LoadedFile, type ReaderLimits, readModelFile } from '../../lib/packaging/joblib';

const FOLDER = join(__dirname, '../fixtures/packaging');

/** `sklearn-1.1.3`, ... */
export const RELEASES = releasesOf('.');

/** The releases that a folder has models of, to find them by: `models/sklearn-1.1.3`, ... */
export function releasesOf(folder: string): readonly string[] {
  const names = readdirSync(join(FOLDER, folder)).filter((name) => name.startsWith('sklearn-'));
  return names.map((name) => join(folder, name));
}

export const NEWEST = 'sklearn-1.9.1';

export function fixturePath(folder: string, file: string): string {
  return join(FOLDER, folder, file);
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
