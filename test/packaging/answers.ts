/** The one harness of "answers as the library did": every committed model of a family, of every release. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type Engine } from '../../lambda/inference/engine';
import { goldenMethods, type Tolerance } from '../../lib/model/package/golden-file';
import { replayGolden } from '../../lib/model/package/golden-replay';
import { encodeRows } from '../../lib/model/rows/row';
import { rowRefusal } from '../../lib/model/rows/undecided-row';
import { convertBooster, readBoosterFile } from '../../lib/packaging/boosters';
import { convertModel } from '../../lib/packaging/converters';
import type { ConvertedModel } from '../../lib/packaging/estimator/assemble';
import type { VersionPolicy } from '../../lib/packaging/estimator/estimator';
import { readModelBytes } from '../../lib/packaging/joblib';
import { errorOf } from '../../testing/error-of';
import { temporaryFolder } from '../../testing/temporary-folder';
import { createBothEngines } from '../lambda/inference/engine/both-engines';
import { ALL_RUNS } from '../runs';
import { expectedAnswers, fixtureBytes, fixtureExists, fixtureJson, modelFiles, releasesOf } from './fixtures';

/** XGBoost computes in float32, whose numbers are 6e-8 apart; its exponential may be off by one of them. */
const SINGLE = 3e-7;

/** Models that the table of a family does not say all about. */
interface Exception {
  readonly files: RegExp;
  readonly tolerance?: Tolerance;
  readonly engines?: Engines;
  readonly why: string;
}

/** The native engine beside ONNX Runtime, each asked and held against the other; or what an endpoint would choose. */
type Engines = 'both' | 'chosen';

export interface Answers {
  /** How far numbers may be from the library's own. Labels are equal in any case. XGBoost's are of float32. */
  readonly tolerance: Tolerance;
  readonly engines: Engines;
  /** The first that fits a file. */
  readonly exceptions?: readonly Exception[];
  /** Models that answer bit for bit. */
  readonly exact?: RegExp;
  /** Models that have no answers here, since another test is about them. */
  readonly unanswered?: RegExp;
  /** Models of which a method was not recorded, although it is offered. */
  readonly partial?: RegExp;
  /** Models with ties, which are refused without `--ties first`. */
  readonly tied?: RegExp;
  /** What else holds for a model. */
  readonly also?: (model: ConvertedModel, release: string, file: string) => void;
}

/** Convert a model file of either kind. */
export async function convertFile(release: string, file: string, policy?: VersionPolicy): Promise<ConvertedModel> {
  const bytes = fixtureBytes(release, file);
  const booster = readBoosterFile(file, bytes);
  return booster ? convertBooster(file, booster.model) : convertModel(await readModelBytes(file, bytes), policy);
}

/** Use an engine for a converted model, and close it. */
export async function withEngine<T>(
  { onnx, signature }: ConvertedModel,
  use: (engine: Engine) => Promise<T>,
  engines: Engines = 'both',
): Promise<T> {
  const path = join(temporaryFolder(), 'model.onnx');
  writeFileSync(path, onnx);
  const engine = engines === 'both' ? await createBothEngines(path, signature) : await createEngine(path);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/**
 * Without `ALL_RUNS` of each library's oldest and newest release: those between have the same models, and are rarely alone
 * in what they write.
 *
 * @param folder e.g. `sklearn/trees`: its models by release, with `expected.json`, and `undecided.json` where there is one */
export function describeAnswers(folder: string, options: Answers): void {
  const { exact, unanswered, partial, tied, also } = options;
  const rulesOf = (file: string) => ({ ...options, ...options.exceptions?.find(({ files }) => files.test(file)) });
  const policy: VersionPolicy = { allowUntested: false, warn: () => {}, ties: 'first' };
  const converted = (release: string, file: string) =>
    convertFile(release, file, tied?.test(file) ? policy : undefined);

  const releases = releasesOf(folder);
  const libraryOf = (release?: string) => release?.replace(/-[^/]*$/, '');
  const isEnd = (release: string, at: number) =>
    [releases[at - 1], releases[at + 1]].some((beside) => libraryOf(beside) !== libraryOf(release));
  const tried = ALL_RUNS ? releases : releases.filter(isEnd);
  describe.each(tried)('%s', (release) => {
    const expected = expectedAnswers(release);
    const answersOf = (file: string) => expected[file] ?? expected[file.replace(/\.[a-z]+$/, '')];
    const files = modelFiles(release).filter((file) => !unanswered?.test(file));

    test.each(files)('%s answers as the library did', async (file) => {
      const golden = answersOf(file)!; // there is no model without answers
      const model = await converted(release, file);
      const { tolerance: double, engines } = rulesOf(file);
      const tolerance = model.singlePrecision ? { ...double, relative: SINGLE } : double;
      const replay = await withEngine(
        model,
        (engine) => replayGolden(golden, model.signature, tolerance, (...run) => engine.run(...run)),
        engines,
      );
      expect(replay.differences).toEqual([]);
      if (exact?.test(file)) expect(replay.maximumDifference).toBe(0);
      const offered = model.signature.outputs.map(({ name }) => name);
      expect(partial?.test(file) ? offered.filter((name) => name in golden) : offered).toEqual(goldenMethods(golden));
      also?.(model, release, file);
    });

    const undecided = fixtureExists(release, 'undecided.json')
      ? Object.entries(fixtureJson<Record<string, number[][]>>(release, 'undecided.json'))
      : [];
    if (undecided.length === 0) return;
    test.each(undecided)('%s gives no answer to rows for which rounding would choose it', async (file, rows) => {
      const model = await converted(release, file);
      const outputs = model.signature.outputs.map(({ name }) => name);
      await withEngine(
        model,
        async (engine) => {
          for (const row of rows) {
            const error = await errorOf(engine.run(encodeRows(model.signature, [row]), outputs));
            expect(rowRefusal(error)?.message).toMatch(/^\/: expected rows (whose nearest|near enough)/);
          }
        },
        rulesOf(file).engines,
      );
    });
  });
}

/**
 * Models that are refused, by name.
 *
 * @param folder as above, with a folder `refused`
 * @param reasons what the message says for each file without its ending; all of the message behind the file's name
 *   where it is text
 */
export function describeRefusals(
  folder: string,
  reasons: readonly (readonly [name: string, reason: RegExp | string])[],
) {
  describe('is refused with the way out:', () => {
    test.each(reasons)('%s', async (name, reason) => {
      const file = `${name}.joblib`;
      const error = await errorOf(convertFile(`${folder}/refused`, file));
      if (typeof reason === 'string') expect(error.message).toBe(`${file}: ${reason}`);
      else expect(error.message).toMatch(reason);
      expect(error.code).toBe('E_UNSUPPORTED');
    });

    test('every one of the committed files', () => {
      expect(reasons.map(([name]) => `${name}.joblib`).sort()).toEqual([...modelFiles(`${folder}/refused`)].sort());
    });
  });
}
