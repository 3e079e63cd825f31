import { encodeRows } from '../../../lib/model/rows/row';
import type { Signature } from '../../../lib/model/rows/signature';
import { convertModel } from '../../../lib/packaging/converters';
import { errorOf } from '../../../testing/error-of';
import { load, NEWEST } from './fixtures';

test.each([
  [
    'own-function',
    /^own-function\.joblib: step 'prepare' \(sklearn\.preprocessing\._function_transformer\.FunctionTransformer\) has func=features\.ratio, a function whose code is not in the file, so it can't be converted; numpy's absolute, .* are\. Ways out: /,
  ],
  ['cube-root', /has func=numpy\.cbrt, which is not converted; numpy's .*, log1p, .* are\. Ways out: /],
  ['keywords', /has kw_args, which are not converted; leave them out/],
  [
    'unknown-bins',
    /step 'prepare' > 'codes' .* has handle_unknown="error" for numbers that the step before it computes.*use another handle_unknown/,
  ],
  [
    'two-kinds-of-missing',
    /step 'prepare' > 'codes' .* has None as a category of "x0", and another estimator takes a missing value there for NaN; JSON has one null: use the same in both/,
  ],
  [
    'text-and-number',
    /gives column 3 to 'remainder' and to another transformer, and one of them takes it for a number, a text/,
  ],
  ['domain', /step 'prepare' > 'root' .* is undefined for some of the numbers that the step before it computes/],
  ['new-zeros', /has error_on_new=True and missing_values=0, which is not converted; use error_on_new=False/],
])('%s is refused with the ways out', async (name, message) => {
  const error = await errorOf(load('refused', name).then((file) => convertModel(file)));
  expect(error.code).toBe('E_UNSUPPORTED');
  expect(error.message).toMatch(message);
});

describe('what scikit-learn raises for goes back to the columns of the request', () => {
  const signatureOf = async (name: string): Promise<Signature> => convertModel(await load(NEWEST, name)).signature;
  const accepts = (signature: Signature, row: unknown[]): boolean => {
    try {
      encodeRows(signature, [row]);
      return true;
    } catch {
      return false;
    }
  };

  test.each([
    ['imputer-mean', [null, null, null], true],
    ['imputer-zero', [null, 1, 1], false],
    ['min-max', [null, 1, 1, 1], false],
    ['log1p', [-0.5, 0, 0], true],
    ['log1p', [-1, 0, 0], false],
    ['logarithms', [0, 1, 1], false],
    ['log-forest', [-0.999, 0, 0], true],
    ['log-forest', [-1, 0, 0], false], // infinity
    ['log-forest', [-3, 0, 0], true], // NaN, which such a forest takes for a missing value
    ['yeo-johnson', [0, 0, 1e300], true], // a power below 0
    ['yeo-johnson', [0, 0, -1e300], false], // one above 1, which overflows
    ['box-cox', [0, 1, 1], false],
    ['box-cox', [1e-9, 1, 1], true],
    ['functions', [800, 0, 0], false],
    ['pca', [0, null, 0], false],
    ['select-k-best', [null, 0, 0, 0, 0], false],
    ['one-hot', ['Oslo', 'a', 7], true],
    ['one-hot', ['Oslo', 'a', 5], false],
    ['one-hot', ['Oslo', 'z', 7], false],
    ['one-hot-first', ['Paris', 'z', 5], true],
    ['forest-dense', [1, null, 'a', 'Oslo', 'a', 1], true],
    ['forest-sparse', [1, null, 'a', 'Oslo', 'a', 1], false], // trees accept no NaN in a sparse matrix
    ['ordinal', ['Paris', null, null], true],
  ])('%s takes %j: %p', async (name, row, accepted) => {
    expect(accepts(await signatureOf(name), row)).toBe(accepted);
  });

  test('limits magnitudes before a forest, and not what never reaches it', async () => {
    const { columns } = await signatureOf('table-forest');
    expect(columns.map(({ maximum }) => maximum !== undefined)).toEqual([true, true, false, false, false, false]);
  });
});
