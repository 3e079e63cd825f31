import { convertModel } from '../../../lib/packaging/converters';
import { convertFile, describeAnswers, describeRefusals } from '../answers';
import { load, modelFiles, modelsOf } from '../fixtures';

const NEWEST = modelsOf('linear');

describeAnswers('sklearn/linear', {
  tolerance: { absolute: 1e-15, relative: 1e-12 },
  engines: 'both',
  unanswered: /^dependent/,
  also: ({ signature }) => expect(signature.columns.some(({ missing }) => missing)).toBe(false),
});

describeRefusals('sklearn/linear', [
  [
    'ridge-labels',
    /^ridge-labels\.joblib: the model \(sklearn\..* predicts several labels at once, which is not converted; fit one model for each/,
  ],
  [
    'sparse-coefficients',
    /^sparse-coefficients\.joblib: the model \(sklearn\..* has a sparse coef_; call densify\(\) before saving it/,
  ],
]);

test('gives the same graph whatever the protocol and the compression of the file', async () => {
  const files = modelFiles(NEWEST).filter((file) => /^linear-(protocol|zlib|gzip)/.test(file));
  const graphs = await Promise.all(files.map(async (file) => Buffer.from((await convertFile(NEWEST, file)).onnx)));
  expect(graphs.length).toBe(14);
  for (const graph of graphs) expect(graph.equals(graphs[0]!)).toBe(true);
});

test('columns that depend on each other are told, with how to mend the model', async () => {
  const warnings: string[] = [];
  const warn = (text: string) => warnings.push(text);
  convertModel(await load(NEWEST, 'dependent.joblib'), { allowUntested: false, warn });
  expect(warnings).toEqual([
    expect.stringMatching(
      /LinearRegression has coefficients up to 4\.0e\+15, whose terms cancel: .* is 8\.9e-1, so that scikit-learn itself answers rows at once otherwise than one alone.*OneHotEncoder\(drop="first"\)/,
    ),
  ]);
});

describe('the signature', () => {
  const signatureOf = async (file: string) => (await convertFile(NEWEST, file)).signature;

  test('takes column names and text classes from a model fitted on a data frame', async () => {
    const signature = await signatureOf('softmax-strings.joblib');
    expect(signature.namedColumns).toBe(true);
    expect(signature.columns.map((column) => column.name)).toEqual([
      'age',
      'income / year',
      'tenure~months',
      'größe',
      '__proto__',
    ]);
    expect(signature.classes).toEqual(['high', 'low', 'médium']);
    expect(signature.outputs).toEqual([
      { name: 'predict', type: 'string', width: 1 },
      { name: 'predict_proba', type: 'float64', width: 3 },
      { name: 'decision_function', type: 'float64', width: 3 },
    ]);
  });

  test('names columns as scikit-learn does when the model knows no names', async () => {
    const signature = await signatureOf('linear-protocol4.joblib');
    expect(signature.namedColumns).toBe(false);
    expect(signature.columns.map((column) => column.name)).toEqual(['x0', 'x1', 'x2', 'x3', 'x4']);
    expect(signature.inputs).toEqual([{ name: 'input', type: 'float64', columns: [0, 1, 2, 3, 4] }]);
    expect(signature.outputs[2]).toEqual({ name: 'decision_function', type: 'float64', width: 1 });
  });

  test.each([
    ['linear-booleans.joblib', 'bool', [false, true]],
    ['linear-floats.joblib', 'float64', [1, 2]],
    ['linear-int8.joblib', 'int64', [-1, 1]],
  ])('of %s has labels of type %s', async (file, type, classes) => {
    const signature = await signatureOf(file);
    expect(signature.outputs[0]).toEqual({ name: 'predict', type, width: 1 });
    expect(signature.classes).toEqual(classes);
  });

  test('has no largest magnitude', async () => {
    const { columns } = await signatureOf('linear-protocol4.joblib');
    for (const column of columns) expect(column).not.toHaveProperty('maximum');
  });

  test('of a regressor is one float64 for each row', async () => {
    expect((await signatureOf('Ridge.joblib')).outputs).toEqual([{ name: 'predict', type: 'float64', width: 1 }]);
  });

  test('of several targets has a value for each', async () => {
    expect((await signatureOf('several-values.joblib')).outputs).toEqual([
      { name: 'predict', type: 'float64', width: 3 },
    ]);
  });
});
