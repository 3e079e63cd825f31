import { convertModel } from '../../../lib/packaging/converters';
import { type LoadedFile, type NumpyArray, type PyObject, PyTuple, type PyValue } from '../../../lib/packaging/joblib';
import { errorOf } from '../../../testing/error-of';
import { load, modelsOf } from '../fixtures';

/** The support vectors of a pipeline's last step, as scipy's compressed rows. */
async function loaded(): Promise<{ file: LoadedFile; state: Map<PyValue, PyValue> }> {
  const file = await load(modelsOf('kernels'), 'sparse-radial.joblib');
  const within = (object: PyValue | undefined) => (object as PyObject).state as Map<PyValue, PyValue>;
  const steps = within(file.root).get('steps') as PyTuple[];
  const model = within(steps.at(-1)!.items[1]);
  return { file, state: within(model.get('support_vectors_')) };
}

const numbers = (state: Map<PyValue, PyValue>, part: string) => (state.get(part) as NumpyArray).numbers();

test.each([
  ['a shape that is none', (state: Map<PyValue, PyValue>) => state.set('_shape', new PyTuple([-1, 3]))],
  ['fewer rows than it says', (state) => state.set('_shape', new PyTuple([9, 12]))],
  [
    'fewer columns than are used',
    (state) => state.set('_shape', new PyTuple([numbers(state, 'indptr').length - 1, 1])),
  ],
  ['no numbers', (state) => state.set('data', 3)],
  ['as many columns as rows have starts', (state) => state.set('indices', state.get('indptr')!)],
])('a sparse matrix with %s is damaged', async (_, damage) => {
  const { file, state } = await loaded();
  damage(state);
  const error = await errorOf((async () => convertModel(file))());
  expect(error.code).toBe('E_FORMAT');
  expect(error.message).toMatch(/support_vectors_ is not a sparse matrix that fits together/);
});

test('a sparse matrix of more numbers than a model can have is refused', async () => {
  const { file, state } = await loaded();
  state.set('_shape', new PyTuple([2 ** 20, 2 ** 20]));
  expect((await errorOf((async () => convertModel(file))())).code).toBe('E_LIMIT');
});
