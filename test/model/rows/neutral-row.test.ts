import { neutralRow } from '../../../lib/model/rows/neutral-row';
import { encodeRows } from '../../../lib/model/rows/row';
import type { Column, Signature } from '../../../lib/model/rows/signature';
import { SIGNATURE } from '../sample';

test.each<Partial<Column>>([
  {},
  { maximum: 1e-3 },
  { categories: [7, 8] },
  { type: 'string' },
  { type: 'string', categories: ['a'] },
  { above: 0 },
  { above: -1 },
  { above: -Number.MIN_VALUE },
  { above: 250 },
  { except: 0 },
])('the row for a column with %j fits it', (column) => {
  const signature: Signature = {
    ...SIGNATURE,
    columns: [{ name: 'x', type: 'float64', missing: false, ...column }],
    inputs: [{ name: 'inputs', type: column.type ?? 'float64', columns: [0] }],
  };
  expect(() => encodeRows(signature, [neutralRow(signature)])).not.toThrow();
});
