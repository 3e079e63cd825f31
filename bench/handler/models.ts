/** The models that are compared: fitted by scikit-learn in the benchmark's environment, and packed as a user would. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const MODELS = ['logistic', 'forest-100', 'forest-500', 'boosting-200', 'mlp-3x256'] as const;

/** And those that are measured elsewhere. */
const ALL = [...MODELS, 'mlp-3x1024'] as const;

export type ModelName = (typeof MODELS)[number];

export interface BenchModel {
  readonly name: ModelName;
  /** What the Python servers load. */
  readonly file: string;
  /** The model package. */
  readonly package: string;
  readonly inputs: readonly (readonly number[])[];
  readonly labels: readonly number[];
}

const ROOT = join(__dirname, '../..');

/** @param python with scikit-learn */
export function prepareModels(cache: string, python: string): Map<ModelName, BenchModel> {
  const folder = join(cache, 'models');
  if (!ALL.every((name) => existsSync(join(folder, name, 'manifest.json')))) {
    console.log(`fitting and packing ${ALL.join(', ')} into ${folder} (once)`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    execFileSync(python, [join(__dirname, 'python/models.py'), folder], { stdio: 'inherit' });
    for (const name of ALL) {
      const file = (kind: string) => join(folder, `${name}.${kind}`);
      const pack = [
        'pack',
        file('joblib'),
        '--golden',
        file('golden.json'),
        '--name',
        name,
        '--out',
        join(folder, name),
      ];
      execFileSync(process.execPath, [join(ROOT, 'bin/launcher.js'), ...pack], { cwd: ROOT, stdio: 'ignore' });
    }
  }
  return new Map(
    MODELS.map((name) => {
      const golden = JSON.parse(readFileSync(join(folder, `${name}.golden.json`), 'utf8'));
      const { inputs, predict: labels } = golden as { inputs: number[][]; predict: number[] };
      return [name, { name, file: join(folder, `${name}.joblib`), package: join(folder, name), inputs, labels }];
    }),
  );
}
