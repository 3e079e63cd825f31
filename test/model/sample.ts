/** A small signature with a column of every kind. */
import type { Column, Signature } from '../../lib/model/rows/signature';

export const COLUMNS: readonly Column[] = [
  { name: 'age', type: 'float64', missing: true },
  { name: 'a/b~c', type: 'float64', missing: false, maximum: 1000 },
  { name: 'count', type: 'int64', missing: false },
  { name: 'city', type: 'string', missing: true },
  { name: 'member', type: 'bool', missing: false },
  { name: 'small', type: 'float32', missing: false },
];

export const SIGNATURE: Signature = {
  columns: COLUMNS,
  namedColumns: true,
  inputs: [
    { name: 'floats', type: 'float64', columns: [0, 1] },
    { name: 'counts', type: 'int64', columns: [2] },
    { name: 'cities', type: 'string', columns: [3] },
    { name: 'flags', type: 'bool', columns: [4] },
    { name: 'singles', type: 'float32', columns: [5] },
  ],
  outputs: [
    { name: 'predict', type: 'string', width: 1 },
    { name: 'predict_proba', type: 'float64', width: 2 },
  ],
  classes: ['no', 'yes'],
};

export const ROW = [41.5, -3, 7, 'Oslo', true, 0.5] as const;

export const RECORD = { age: 41.5, 'a/b~c': -3, count: 7, city: 'Oslo', member: true, small: 0.5 };
