import fc from 'fast-check';
import { encodeRows, InputError, MAXIMUM_PROBLEMS } from '../../../lib/model/rows/row';
import { type Column, MISSING_TEXT, type Signature } from '../../../lib/model/rows/signature';
import { COLUMNS, RECORD, ROW, SIGNATURE } from '../sample';

function problemsOf(rows: readonly unknown[], signature = SIGNATURE, pointer?: string) {
  try {
    encodeRows(signature, rows, pointer);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).fields;
  }
  throw new Error('expected an error, and there was none');
}

const withValue = (column: number, value: unknown) => ROW.map((kept, i) => (i === column ? value : kept));

test('puts each column into the tensor of its type, row by row', () => {
  const tensors = encodeRows(SIGNATURE, [ROW, RECORD]);
  expect(tensors).toEqual({
    floats: { type: 'float64', shape: [2, 2], data: Float64Array.of(41.5, -3, 41.5, -3) },
    counts: { type: 'int64', shape: [2, 1], data: BigInt64Array.of(7n, 7n) },
    cities: { type: 'string', shape: [2, 1], data: ['Oslo', 'Oslo'] },
    flags: { type: 'bool', shape: [2, 1], data: Uint8Array.of(1, 1) },
    singles: { type: 'float32', shape: [2, 1], data: Float32Array.of(0.5, 0.5) },
  });
});

test('takes null for NaN, or for no text, where the column accepts a missing value', () => {
  const tensors = encodeRows(SIGNATURE, [[null, 0, 0, null, 0, 0]]);
  expect(tensors.floats!.data[0]).toBeNaN();
  expect(tensors.cities!.data).toEqual([MISSING_TEXT]);
});

test.each([
  [0, true, 1],
  [2, false, 0n],
  [4, 1, 1],
])('column %i takes %p for %p', (column, value, stored) => {
  const tensors = encodeRows(SIGNATURE, [withValue(column, value)]);
  const input = SIGNATURE.inputs.find(({ columns }) => columns.includes(column))!;
  expect(tensors[input.name]!.data[input.columns.indexOf(column)]).toBe(stored);
});

test.each([
  [0, '41', 'a number or null for column "age"', 'the string "41"'],
  [0, Number.POSITIVE_INFINITY, 'a finite number or null for column "age"', 'Infinity'],
  [1, null, 'a number of magnitude at most 1000 for column "a/b~c"', 'null'],
  [1, -1000.5, 'a number of magnitude at most 1000 for column "a/b~c"', '-1000.5'],
  [2, 1.5, 'an integer for column "count"', '1.5'],
  [2, 2 ** 53, 'an integer for column "count"', '9007199254740992'],
  [3, 5, 'a string or null for column "city"', '5'],
  [3, true, 'a string or null for column "city"', 'true'],
  [4, 2, 'true or false for column "member"', '2'],
  [4, null, 'true or false for column "member"', 'null'],
  [5, 1e39, 'a number for column "small"', '1e+39'],
  [5, [], 'a number for column "small"', 'an array of 0'],
  [5, {}, 'a number for column "small"', 'an object'],
  [5, undefined, 'a number for column "small"', 'nothing'],
  [3, 'x'.repeat(41).split(''), 'a string or null for column "city"', 'an array of 41'],
])('column %i refuses %p', (column, value, expected, got) => {
  expect(problemsOf([ROW, withValue(column, value)])).toEqual([{ pointer: `/1/${column}`, expected, got }]);
});

test('points into records by name, escaped as RFC 6901 has it', () => {
  expect(problemsOf([{ ...RECORD, 'a/b~c': 'x' }], SIGNATURE, '/instances')[0]!.pointer).toBe('/instances/0/a~1b~0c');
});

test('names a column that is missing from a record, and one that the model does not have', () => {
  const { count, ...rest } = RECORD;
  expect(count).toBe(7);
  expect(problemsOf([{ ...rest, cuont: 7 }])).toEqual([
    { pointer: '/0/cuont', expected: 'a column of the model', got: '"cuont", which the model does not have' },
    { pointer: '/0/count', expected: 'an integer for column "count"', got: 'nothing' },
  ]);
});

test('does not take an inherited property for a column', () => {
  const signature: Signature = {
    ...SIGNATURE,
    columns: [{ name: 'toString', type: 'float64', missing: true }],
    inputs: [{ name: 'floats', type: 'float64', columns: [0] }],
  };
  expect(problemsOf([{}], signature)).toEqual([
    { pointer: '/0/toString', expected: 'a number or null for column "toString"', got: 'nothing' },
  ]);
});

test.each([
  [[], '', 'at least one row'],
  [[[1, 2]], '/0', '6 values, one for each column'],
  [[null], '/0', 'a row: an array of values or an object by column name'],
  [['x'], '/0', 'a row: an array of values or an object by column name'],
])('refuses the rows %j', (rows, pointer, expected) => {
  expect(problemsOf(rows)[0]).toMatchObject({ pointer, expected });
});

test('lists no more problems than anybody reads', () => {
  expect(problemsOf(Array.from({ length: 50 }, () => withValue(0, 'x')))).toHaveLength(MAXIMUM_PROBLEMS);
});

test('says a single problem in its message, and counts several', () => {
  const message = (rows: unknown[]) => {
    try {
      encodeRows(SIGNATURE, rows);
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };
  expect(message([withValue(2, 1.5)])).toBe('/0/2: expected an integer for column "count", got 1.5');
  expect(message([withValue(2, 1.5), withValue(4, 7)])).toBe("2 fields do not fit the model's signature");
});

test('encodes a row and its record alike, and refuses any JSON value with an InputError or not at all', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: COLUMNS.length, maxLength: COLUMNS.length }), (row) => {
      const record = Object.fromEntries(COLUMNS.map(({ name }, i) => [name, row[i]]));
      const outcome = (rows: unknown[]) => {
        try {
          return encodeRows(SIGNATURE, rows);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return (error as InputError).fields.map(({ expected, got }) => ({ expected, got }));
        }
      };
      expect(outcome([record])).toEqual(outcome([row]));
    }),
  );
});

test('refuses a string with U+0000, at which the engine would cut it', () => {
  const [problem] = problemsOf([withValue(3, 'Os\0lo')]);
  expect(problem!.expected).toBe(`a string without the character U+0000 or null for column "${COLUMNS[3]!.name}"`);
});

test('refuses the character that stands for a missing value', () => {
  const [problem] = problemsOf([withValue(3, MISSING_TEXT)]);
  expect(problem!.expected).toBe('a string that is a character of Unicode or null for column "city"');
});

describe('a column with limits', () => {
  const limited = (column: Partial<Column>): Signature => ({
    ...SIGNATURE,
    columns: [{ name: 'x', type: 'float64', missing: false, ...column }],
    inputs: [{ name: 'inputs', type: column.type ?? 'float64', columns: [0] }],
  });

  test.each([
    [{ categories: [1, 2.5] }, [1, 2.5, true], [0, 3, false, '1', null], 'one of 1, 2.5 for column "x"'],
    [{ categories: [0, 1], missing: true }, [0, null], [2], 'one of 0, 1 or null for column "x"'],
    [{ type: 'string', categories: ['', 'b'] }, ['', 'b'], ['c', 1, null], 'one of "", "b" for column "x"'],
    [{ type: 'int64', categories: [3] }, [3], [4], 'one of 3 for column "x"'],
    [{ above: -1 }, [-0.5, 7], [-1, -2, null], 'a number above -1 for column "x"'],
    [{ except: -1 }, [0, -2], [-1, null], 'a number other than -1 for column "x"'],
    [{ above: -Number.MIN_VALUE }, [0, -0, 1], [-1e-300], 'a number that is not negative for column "x"'],
  ] as const)('%j takes %j and refuses %j', (column, taken, refused, expected) => {
    const signature = limited(column as Partial<Column>);
    for (const value of taken) expect(() => encodeRows(signature, [[value]])).not.toThrow();
    for (const value of refused) expect(problemsOf([[value]], signature)[0]!.expected).toContain(expected);
  });

  test('lists no more categories than anybody reads', () => {
    const categories = Array.from({ length: 12 }, (_, i) => i);
    expect(problemsOf([[99]], limited({ categories }))[0]!.expected).toBe(
      'one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... (12 in all) for column "x"',
    );
  });
});

test('takes anything, or nothing, for a column that the model does not look at', () => {
  const signature: Signature = {
    ...SIGNATURE,
    columns: [
      { name: 'id', type: 'string', missing: true, unused: true },
      { name: 'x', type: 'float64', missing: false },
    ],
    inputs: [{ name: 'inputs', type: 'float64', columns: [1] }],
  };
  for (const row of [[7, 1], ['a', 1], [null, 1], { x: 1 }, { x: 1, id: [] }]) {
    expect(encodeRows(signature, [row]).inputs).toEqual({
      type: 'float64',
      shape: [1, 1],
      data: Float64Array.of(1),
    });
  }
});
