import { rowRefusal } from '../../../lib/model/rows/undecided-row';
import { normalised, storable } from '../../../lib/packaging/sklearn/scaling/row-scalers';
import { errorOf } from '../../../testing/error-of';
import { evaluate } from '../evaluate';

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
