import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GoldenRows } from '../../lib/model/package/golden-file';
import { readModelPackage } from '../../lib/model/package/model-package';
import { type PackOptions, pack } from '../../lib/packaging/pack';
import { errorOf } from '../../testing/error-of';
import { temporaryFolder } from '../../testing/temporary-folder';
import { expectedAnswers, fixtureBytes, fixturePath, modelsOf } from './fixtures';

const input = (file: string) => fixturePath('inputs', file);
const EXPECTED = expectedAnswers('inputs');
let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

const packed = (file: string | string[], options: Partial<PackOptions> = {}) =>
  pack({
    file: Array.isArray(file) ? file.map(input) : input(file),
    name: 'model',
    out: join(folder, 'out'),
    isolated: false,
    ...options,
  });

function golden(rows: GoldenRows): string {
  const path = join(folder, 'golden.json');
  writeFileSync(path, JSON.stringify(rows));
  return path;
}

function text(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const without = ({ decision_function: _, ...rows }: GoldenRows): GoldenRows => rows;

describe('several files', () => {
  test('are the steps of one pipeline, in their order', async () => {
    const { package: result, replay } = await packed(['scaler.pkl', 'model.pkl'], { golden: golden(EXPECTED.chain!) });
    expect(replay!.differences).toEqual([]);
    expect(result.manifest.source.file).toBe('scaler.pkl + model.pkl');
    expect(result.manifest.source.parts!.map(({ file }) => file)).toEqual(['scaler.pkl', 'model.pkl']);
    expect(result.manifest.signature.columns.map(({ name }) => name)).toEqual(['age', 'income', 'tenure', 'member']);
  });

  test('are named in what is wrong with one of them', async () => {
    const error = await errorOf(packed(['model.pkl', 'scaler.pkl']));
    expect(error.message).toMatch(/^model\.pkl \+ scaler\.pkl: step '(model|scaler)\.pkl' /);
    const dict = await errorOf(packed(['scaler.pkl', 'parts.joblib']));
    expect(dict.message).toMatch(
      /^parts\.joblib: holds a dict with 'scaler', .* choose the estimator in it with --select/,
    );
    expect((await errorOf(packed(['scaler.pkl', 'plain.onnx']))).code).toBe('E_USAGE');
  });
});

describe('--select', () => {
  test.each([
    ['parts.joblib', 'scaler,model'],
    ['pair.joblib', '0,1'],
  ])('%s: takes the parts %s as the steps of a pipeline', async (file, select) => {
    const { replay } = await packed(file, { select, golden: golden(EXPECTED.chain!) });
    expect(replay!.differences).toEqual([]);
  });

  test('goes into parts of parts', async () => {
    const { replay } = await packed('nested.joblib', { select: 'pipeline.inner', golden: golden(EXPECTED.binary!) });
    expect(replay!.differences).toEqual([]);
  });

  test.each([
    [
      'parts.joblib',
      'modell',
      'has no part "modell" to select; it holds a dict with "scaler", "model", "label_encoder", "threshold"',
    ],
    ['pair.joblib', '2', 'has no part "2" to select; it holds 2 items, 0 to 1'],
    ['nested.joblib', 'pipeline.outer', 'pipeline: has no part "outer" to select; it holds a dict with "inner"'],
    ['binary.joblib', 'steps', 'has no part "steps" to select; it holds one object, which has no parts'],
    ['plain.onnx', 'model', 'is a whole model (onnx)'],
  ])('%s: refuses %s, with what there is', async (file, select, message) => {
    const error = await errorOf(packed(file, { select }));
    expect(error.code).toBe('E_USAGE');
    expect(error.message).toContain(message);
  });
});

describe('--labels', () => {
  test.each(['encoder.pkl', 'parts.joblib#label_encoder'])('gives the integers the labels of %s', async (labels) => {
    const options = { labels: input(labels), golden: golden(EXPECTED.labels!) };
    const { package: result, replay } = await packed(['scaler.pkl', 'model.pkl'], options);
    expect(replay!.differences).toEqual([]);
    expect(result.manifest.signature.classes).toEqual(['high', 'low', 'médium']);
    expect(result.manifest.signature.outputs[0]).toEqual({ name: 'predict', type: 'string', width: 1 });
  });

  test('translates golden rows that were recorded before the labels', async () => {
    const options = { labels: input('encoder.pkl'), golden: golden(EXPECTED.chain!) };
    const { package: result } = await packed(['scaler.pkl', 'model.pkl'], options);
    expect(readModelPackage(result.directory).golden!.predict).toEqual(EXPECTED.labels!.predict);
  });

  test.each([
    ['model.pkl', 'model.pkl', 'holds sklearn.linear_model._logistic.LogisticRegression, and not a LabelEncoder'],
    ['zipmap-string.onnx', 'encoder.pkl', 'predicts "high", which is no integer from 0 to 2'],
    ['regressor.onnx', 'encoder.pkl', 'has no classes, so --labels and --threshold have no meaning for it'],
  ])('%s with %s: refused', async (file, labels, message) => {
    const error = await errorOf(packed(file, { labels: input(labels) }));
    expect(error.code).toBe('E_UNSUPPORTED');
    expect(error.message).toContain(message);
  });
});

describe('--threshold', () => {
  test('decides the label, and is kept in the manifest', async () => {
    const { package: result, replay } = await packed('binary.joblib', {
      threshold: 0.3,
      golden: golden(EXPECTED.threshold!),
    });
    expect(replay!.differences).toEqual([]);
    expect(result.manifest.threshold).toBe(0.3);
    expect(EXPECTED.threshold!.predict).not.toEqual(EXPECTED.binary!.predict);
  });

  test('holds exactly at the threshold', async () => {
    const rows = without(EXPECTED.binary!);
    const bare = await packed('binary.joblib', { golden: golden(rows) });
    expect(bare.replay!.differences).toEqual([]);
    const inputs = [rows.inputs[0]!];
    const [first, second] = rows.predict_proba![0]!;
    const at = (threshold: number, predict: number) =>
      packed('binary.joblib', {
        threshold,
        golden: golden({ inputs, predict: [predict], predict_proba: [[first!, second!]] }),
      });
    await at(second! - 1e-9, 1);
    await at(second! + 1e-9, 0);
  });

  test('works on probabilities in float32, and on golden rows recorded without it', async () => {
    const { package: result } = await packed('zipmap-int.onnx', {
      threshold: 0.9,
      golden: golden(EXPECTED['zipmap-int']!),
    });
    const { predict } = readModelPackage(result.directory).golden!;
    expect(predict).toEqual(EXPECTED['zipmap-int']!.predict_proba!.map(([, second]) => Number(second! >= 0.9)));
  });

  test.each([
    ['model.pkl', 'has 3 classes; --threshold is for classifiers of two classes'],
    ['regressor.onnx', 'has no classes'],
  ])('is refused for %s', async (file, message) => {
    const error = await errorOf(packed(file, { threshold: 0.5 }));
    expect(error.code).toBe('E_UNSUPPORTED');
    expect(error.message).toContain(message);
  });

  test.each([0, -1, 1.1, Number.NaN])('refuses %p, which is no probability', async (threshold) => {
    expect((await errorOf(packed('binary.joblib', { threshold }))).code).toBe('E_USAGE');
  });
});

describe('--golden as a table', () => {
  test('reads CSV', async () => {
    const { package: result, replay } = await packed('binary.joblib', { golden: input('golden.csv') });
    expect(replay!.differences).toEqual([]);
    const rows = readModelPackage(result.directory).golden!;
    expect(rows.predict_proba).toEqual(EXPECTED.binary!.predict_proba);
    expect(rows.inputs[0]).toEqual({ ...(EXPECTED.binary!.inputs[0] as object), member: expect.any(Number) });
  });

  test('reads Parquet, in a process of its own', async () => {
    const { replay } = await packed('binary.joblib', { golden: input('golden.parquet'), isolated: true });
    expect(replay!.differences).toEqual([]);
  });

  test('reads answers with the labels of the package', async () => {
    const header = 'age,income,tenure,member,predict\n';
    const lines = EXPECTED.labels!.inputs.map((row, i) =>
      [...Object.values(row as object), EXPECTED.labels!.predict[i]].join(','),
    );
    const path = text('golden.csv', header + lines.join('\r\n'));
    const { replay } = await packed(['scaler.pkl', 'model.pkl'], { labels: input('encoder.pkl'), golden: path });
    expect(replay!.differences).toEqual([]);
  });

  test('takes the columns in order for a model that does not know their names', async () => {
    const model = 'without-names.joblib';
    const { package: result } = await packed(model, { golden: text('g.csv', '0,1,predict\n0.05,20,1\n0.01,90,1\n') });
    expect(readModelPackage(result.directory).golden!.inputs).toEqual([
      [0.05, 20],
      [0.01, 90],
    ]);
  });

  test.each([
    ['a,predict\n1,0\n', 'the column "a" is neither one of the model nor an answer of it'],
    ['age,income,tenure,member\n1,2,3,4\n', 'there is no column "predict"'],
    ['age,income,tenure,predict\n1,2,3,0\n', 'there is no column "member", which the model takes'],
    ['age,income,tenure,member,predict\n1,2,3,4,yes\n', 'row 0, predict: "yes" is no number'],
    [
      'age,income,tenure,member,predict,predict_proba_1\n1,2,3,4,0,0.5\n',
      'there is no column "predict_proba_0" beside',
    ],
    [
      'age,income,tenure,member,predict,predict_proba_0,predict_proba_1,predict_proba_2\n1,2,3,4,0,0,1,2\n',
      'the column "predict_proba_2" is for a class that the model does not have',
    ],
    [
      'age,income,tenure,member,predict\nx,2,3,4,0\n',
      '/inputs/0/age: expected a number for column "age", got the string "x"',
    ],
  ])('refuses %j', async (content, problem) => {
    const error = await errorOf(packed('binary.joblib', { golden: text('golden.csv', content) }));
    expect(error.code).toBe('E_GOLDEN');
    expect(error.problems).toEqual(expect.arrayContaining([expect.stringContaining(problem)]));
  });
});

describe('--data', () => {
  test('gives the columns their names', async () => {
    const { package: result } = await packed('double.onnx', { data: input('training.csv') });
    expect(result.manifest.signature.columns.map(({ name }) => name)).toEqual(['age', 'income', 'tenure', 'member']);
    expect(result.manifest.signature.namedColumns).toBe(true);
  });

  test('says of an ONNX model where values may be missing', async () => {
    const data = text('training.csv', 'age,income,tenure,member\n1,2,3,4\n5,,7,8\n');
    const { package: result } = await packed('double.onnx', { data });
    expect(result.manifest.signature.columns.map(({ missing }) => missing)).toEqual([false, true, false, false]);
    const own = await packed('binary.joblib', { data });
    expect(own.package.manifest.signature.columns.map(({ missing }) => missing)).toEqual([false, false, false, false]);
  });

  test.each([
    ['double.onnx', 'a,b\n1,2\n', 'it has 2 columns ("a", "b"), and the model takes 4 without knowing their names'],
    ['binary.joblib', 'age,income,tenure\n1,2,3\n', 'there is no column "member", which the model takes'],
    ['double.onnx', 'a,b,c,d\n1,2,x,4\n', 'column "c", row 0: "x" is text, and the model takes numbers there'],
  ])('%s: refuses rows %j', async (file, content, problem) => {
    const error = await errorOf(packed(file, { data: text('training.csv', content) }));
    expect(error.code).toBe('E_INPUT');
    expect(error.problems).toEqual([expect.stringContaining(problem)]);
  });
});

test('says what ONNX Runtime has against a graph that somebody else made', async () => {
  const path = join(folder, 'model.onnx');
  const bytes = fixtureBytes('inputs', 'mixed.onnx').toString('latin1').replaceAll('OneHotEncoder', 'TwoHotEncoder');
  writeFileSync(path, bytes, 'latin1');
  const error = await errorOf(packed([], { file: path }));
  expect(error.code).toBe('E_UNSUPPORTED');
  expect(error.message).toMatch(/^model\.onnx: ONNX Runtime does not run it: .*TwoHotEncoder/);
  expect(error.message).not.toContain(tmpdir());
});

describe('--allow-untested', () => {
  const future = () => {
    const path = join(folder, 'model.pkl');
    writeFileSync(
      path,
      fixtureBytes(modelsOf('linear'), 'linear-protocol4.pkl').toString('latin1').replaceAll('1.9.1', '1.99.'),
      'latin1',
    );
    return path;
  };

  test('keeps a warning in the manifest', async () => {
    const { package: result } = await packed([], { file: future(), allowUntested: true });
    const classes = [
      'pipeline.Pipeline',
      'preprocessing._data.StandardScaler',
      'linear_model._logistic.LogisticRegression',
    ];
    expect(result.manifest.warnings).toEqual(
      classes.map((name) =>
        expect.stringContaining(
          `sklearn.${name} was fitted with scikit-learn 1.99.; this version of Slipway is tested with`,
        ),
      ),
    );
    expect(JSON.parse(readFileSync(join(result.directory, 'manifest.json'), 'utf8')).warnings).toHaveLength(3);
  });

  test('holds for XGBoost as well', async () => {
    const path = join(folder, 'model.json');
    const text = fixtureBytes('boosters/xgboost-3.2.0', 'binary.json').toString('utf8');
    writeFileSync(path, text.replace('"version":[3,2,0]', '"version":[3,9,0]'));
    const { package: result } = await packed([], { file: path, allowUntested: true, missing: 'nan' });
    expect(result.manifest.warnings).toEqual([
      'model.json was written by XGBoost 3.9.0; this version of Slipway is tested with 1.7 to 3.4',
    ]);
  });

  test('is needed', async () => {
    const error = await errorOf(packed([], { file: future() }));
    expect(error.message).toContain('or give --allow-untested and golden rows');
  });
});

describe('a byte order mark, which some editors write', () => {
  const MARK = '\uFEFF';

  test('in front of golden rows is no part of them', async () => {
    const path = text('golden.json', `${MARK}${JSON.stringify(EXPECTED.chain!)}`);
    const { replay } = await packed(['scaler.pkl', 'model.pkl'], { golden: path });
    expect(replay!.differences).toEqual([]);
  });

  test('in front of a model of XGBoost is no part of it, but of the file', async () => {
    const whole = readFileSync(fixturePath('boosters', 'xgboost-3.2.0/binary.json'));
    const path = text('model.json', `${MARK}${whole}`);
    const { package: result } = await pack({ file: path, name: 'm', out: join(folder, 'out'), isolated: false });
    expect(result.manifest.source).toMatchObject({ format: 'xgboost-json', bytes: whole.length + 3 });
  });

  test('of UTF-16 is told as that', async () => {
    const path = join(folder, 'golden.json');
    writeFileSync(path, Buffer.from(`${MARK}${JSON.stringify(EXPECTED.chain!)}`, 'utf16le'));
    const error = await errorOf(packed(['scaler.pkl', 'model.pkl'], { golden: path }));
    expect(error).toMatchObject({ code: 'E_GOLDEN', message: expect.stringMatching(/UTF-16.*save it as UTF-8/) });
  });
});
