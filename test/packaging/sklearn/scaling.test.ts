import { rowRefusal } from '../../../lib/model/rows/undecided-row';
import { normalised, storable } from '../../../lib/packaging/sklearn/scaling/row-scalers';
import { errorOf } from '../../../testing/error-of';
import { describeAnswers, describeRefusals } from '../answers';
import { describeColumns } from '../columns';
import { evaluate } from '../evaluate';

describeAnswers('sklearn/scaling', {
  tolerance: { absolute: 1e-15, relative: 1e-12 },
  engines: 'both',
});

describeRefusals('sklearn/scaling', [
  ['spline-error', /has extrapolation=error, which is not converted; use 'constant', 'linear' or 'periodic'/],
  ['spline-edges', /has extrapolation=linear with degree=1 for several columns, where scikit-learn mistakes the ends/],
  ['spline-steps', /has degree=0, with which scikit-learn itself fails beyond the last knot; use 1 or more/],
]);

describeColumns('scaling', [
  ['min-max', [null, 1, 1, 1], false],
  ['yeo-johnson', [0, 0, 1e300], true], // a power below 0
  ['yeo-johnson', [0, 0, -1e300], false], // one above 1, which overflows
  ['box-cox', [0, 1, 1], false],
  ['box-cox', [1e-9, 1, 1], true],
]);

const divided = (rows: number[][]) =>
  evaluate((graph, x) => normalised(graph, storable(graph, x, 'l2'), 'l2', 0), rows, 2);

test('a sparse row is divided by its norm, however large it is', async () => {
  const { data } = await divided([
    [3, 4],
    [0, 0],
    [1e150, 0],
  ]);
  expect([...data]).toEqual([0.6, 0.8, 0, 0, 1, 0]);
});

test('a sparse row whose norm overflows is not answered: its zeros would be stored, and XGBoost tells these apart', async () => {
  const error = await errorOf(divided([[1e200, 1]]));
  expect(rowRefusal(error)?.message).toMatch(/so far away that rounding decides/);
});
