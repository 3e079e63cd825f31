/** Model packages of several kinds for the proofs that serve: made from the model files that the tests use. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pack } from '../../lib/packaging/pack';
import { PACKAGING_FIXTURES } from '../../testing/fixtures';

/** The example of the repository: 30 numbers, by name. */
export const NUMBERS = resolve(__dirname, '../../models/breast-cancer');

interface Fixture {
  readonly folder: string;
  /** Name of the file without `.joblib`, and of its golden rows. */
  readonly model: string;
  /** What is special about its columns. */
  readonly about: string;
}

const FIXTURE_MODELS: readonly Fixture[] = [
  { folder: 'sklearn/composition/sklearn-1.9.1', model: 'table-strict', about: 'text with categories, missing values' },
  { folder: 'boosters/xgboost-3.2.0', model: 'frame', about: 'numbers and text with categories' },
  { folder: 'sklearn/scaling/sklearn-1.9.1', model: 'box-cox', about: 'numbers above 0, several targets' },
  { folder: 'sklearn/text/sklearn-1.9.1', model: 'model-logistic', about: 'texts' },
];

export interface ProofModel {
  /** Folder of the package. */
  readonly directory: string;
  readonly about: string;
}

/** Pack the fixture models into a folder. */
export async function proofModels(folder: string): Promise<readonly ProofModel[]> {
  const models: ProofModel[] = [{ directory: NUMBERS, about: 'numbers by name' }];
  mkdirSync(folder, { recursive: true });
  for (const { folder: release, model, about } of FIXTURE_MODELS) {
    const expected = JSON.parse(readFileSync(join(PACKAGING_FIXTURES, release, 'expected.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    const golden = join(folder, `${model}-golden.json`);
    writeFileSync(golden, JSON.stringify(expected[model] ?? expected[`${model}.joblib`]));
    const directory = join(folder, model);
    await pack({ file: join(PACKAGING_FIXTURES, release, `${model}.joblib`), golden, name: model, out: directory });
    models.push({ directory, about });
  }
  return models;
}
