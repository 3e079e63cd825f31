import { Estimator } from '../../../lib/packaging/estimator/estimator';
import { Global, PyObject, type PyValue } from '../../../lib/packaging/joblib/values';
import { chosenColumns } from '../../../lib/packaging/sklearn/composition/column-choice';

const NAMES = ['age', 'income', 'city', 'plan'];
const transformer = Estimator.root('m.joblib', new PyObject(new Global('sklearn.compose', 'ColumnTransformer'), []));
const chosen = (choice: PyValue | undefined, names: readonly string[] | undefined = NAMES) =>
  chosenColumns(transformer, choice, 4, names);
const slice = (...args: PyValue[]) => new PyObject(new Global('builtins', 'slice'), args);

test.each<[string, PyValue, readonly number[]]>([
  ['names', ['plan', 'age'], [3, 0]],
  ['one name', 'city', [2]],
  ['indices, from the end too', [1, -1], [1, 3]],
  ['one index', -4, [0]],
  ['a mask', [true, false, false, true], [0, 3]],
  ['none', [], []],
  ['a slice of names, the last one too', slice('income', 'plan', null), [1, 2, 3]],
  ['a slice from the first name', slice(null, 'age', null), [0]],
  ['a slice of indices, without the last one', slice(1, 3, null), [1, 2]],
  ['a slice to before the last', slice(null, -1, null), [0, 1, 2]],
  ['a slice beyond the end', slice(2, 99, 1), [2, 3]],
  ['a slice of nothing', slice(3, 1, null), []],
])('%s are columns', (_, choice, columns) => {
  expect(chosen(choice)).toEqual(columns);
});

test.each<[string, PyValue | undefined]>([
  ['no choice', undefined],
  ['None', null],
  ['a slice with steps', slice(0, 4, 2)],
  ['a slice of names that there are not', slice('nobody', 'plan', null)],
  ['a slice to a name that there is not', slice('age', 'nobody', null)],
  ['a function', new PyObject(new Global('features', 'choose'), [])],
])('%s is no choice that scikit-learn knows', (_, choice) => {
  expect(chosen(choice)).toBeUndefined();
});

test.each<[string, PyValue, readonly number[]]>([
  ['a name that there is not', ['nobody'], [-1]],
  ['an index before the first', [-9], [-5]],
  ['something else', [null], [-1]],
])('%s is an index that the caller refuses', (_, choice, columns) => {
  expect(chosen(choice)).toEqual(columns);
});

test('names are refused where nothing says which column has them', () => {
  expect(() => chosenColumns(transformer, ['age'], 4, undefined)).toThrow('does not say what their names are');
});
