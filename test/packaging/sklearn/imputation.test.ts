import { replayGolden } from '../../../lib/model/package/golden-replay';
import { encodeRows } from '../../../lib/model/rows/row';
import { rowRefusal } from '../../../lib/model/rows/undecided-row';
import { convertModel } from '../../../lib/packaging/converters';
import { NumpyArray, type PyDict, type PyObject, type PyTuple } from '../../../lib/packaging/joblib';
import { DType } from '../../../lib/packaging/joblib/dtype';
import { errorOf } from '../../../testing/error-of';
import { convertFile, describeAnswers, describeRefusals, withEngine } from '../answers';
import { describeColumns } from '../columns';
import { load, modelsOf } from '../fixtures';

const TOLERANCE = { absolute: 1e-15, relative: 1e-12 };

describeAnswers('sklearn/imputation', {
  tolerance: TOLERANCE,
  engines: 'both',
});

describeRefusals('sklearn/imputation', [
  [
    'drawn',
    /has sample_posterior=true, which is not converted; a drawn value is another one in every request: use False/,
  ],
  ['emptied', /was fitted with a column that had no values at all, which is not converted; fit it without that column/],
  ['neighbours-tied', /has to choose, for missing values of "x1", among neighbours that are about as far away/],
  ['neighbours-weighted', /has weights=distance, which is not converted; scikit-learn rounds these distances/],
  ['neighbours-empty', /was fitted with a column that had no values at all, which is not converted; fit it without/],
  ['new-zeros', /has error_on_new=True and missing_values=0, which is not converted; use error_on_new=False/],
]);

describeColumns('imputation', [
  ['imputer-mean', [null, null, null], true],
  ['imputer-zero', [null, 1, 1], false],
]);

test('an imputer of neighbours accepts no missing value where rounding would choose, in a column that had none in training', async () => {
  const { signature } = await convertFile(modelsOf('imputation'), 'neighbours-whole.joblib');
  expect(signature.columns.map(({ missing }) => missing)).toEqual([true, false, true]);
});

test('an imputer of neighbours answers no row of which the missing values leave a tie that no row of training has', async () => {
  const model = await convertFile(modelsOf('imputation'), 'neighbours-several.joblib');
  await withEngine(model, async (engine) => {
    const answer = (rows: unknown[]) => engine.run(encodeRows(model.signature, rows), ['predict']);
    const tied = [null, null, null, 2]; // many rows of training have that count
    const alike = [null, null, 0.3, 2]; // the third column decides
    expect((await answer([alike])).predict!.shape).toEqual([1]);
    const error = await errorOf(answer([alike, tied]));
    expect(rowRefusal(error)).toMatchObject({
      code: 'E_INPUT',
      message: expect.stringMatching(
        /^\/: expected rows whose missing values the training data decide, got one for which/,
      ),
    });
    const golden = { inputs: [alike, tied], predict: [0, 0] };
    const replayed = replayGolden(golden, model.signature, TOLERANCE, (...run) => engine.run(...run));
    expect(await errorOf(replayed)).toMatchObject({
      code: 'E_GOLDEN',
      message: 'the model has no answer for one of the golden rows 0 to 1; leave it out',
    });
  });
});

test('an imputer of neighbours has a bound on what a file may have it go through', async () => {
  const loaded = await load(modelsOf('imputation'), 'neighbours-usual.joblib');
  const [step] = ((loaded.root as PyObject).state as PyDict).get('steps') as PyTuple[];
  const state = (step!.items[1] as PyObject).state as PyDict;
  const [rows, columns] = [501, 1000]; // columns, by columns, by rows: 5.01e8
  const filled = (type: string, bytes: number) =>
    new NumpyArray('model.joblib').fill(
      DType.parse(type),
      [rows, columns],
      new Uint8Array(rows * columns * bytes),
      false,
    );
  state.set('n_features_in_', columns);
  state.set('_fit_X', filled('f8', 8));
  state.set('_mask_fit_X', filled('b1', 1));
  const error = await errorOf((async () => convertModel(loaded))());
  expect(error).toMatchObject({
    code: 'E_LIMIT',
    message: expect.stringContaining('has a KNNImputer of 1000 columns and 501 rows'),
  });
});
