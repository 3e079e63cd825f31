import { type NumpyArray, PyTuple, type PyValue } from '../../../lib/packaging/joblib';
import { fixtureJson, load, releasesOf } from '../fixtures';

interface Expected {
  readonly arrays: Record<string, { shape: number[]; elements: unknown[] }>;
  readonly table: Record<string, number[]>;
  readonly bytes: string[];
  readonly [key: string]: unknown;
}

/** Inert values as JSON: tuples as arrays, bytes as hexadecimal, big integers as text. */
function plain(value: PyValue | undefined): unknown {
  if (value instanceof PyTuple) return value.items.map(plain);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'bigint' ? String(value) : value;
}

function elements(array: NumpyArray): unknown[] {
  const texts = array.strings();
  if (texts) return texts;
  const numbers = [...array.numbers()];
  return array.dtype?.kind === 'b' ? numbers.map(Boolean) : numbers;
}

const files = releasesOf('joblib').flatMap((release) =>
  [0, 1, 2, 3, 4, 5].flatMap((protocol) => [
    [release, `values-protocol${protocol}.pkl`, protocol] as const,
    [release, `values-protocol${protocol}.joblib`, protocol] as const,
  ]),
);

describe.each(files)('%s/%s', (release, file, protocol) => {
  const expected = fixtureJson<Expected>(release, 'values.json');
  let root: Map<PyValue, PyValue>;

  beforeAll(async () => {
    const loaded = await load(release, file);
    expect(loaded.format).toBe(file.endsWith('.pkl') ? 'pickle' : 'joblib');
    expect(loaded.protocol).toBe(protocol === 1 ? 0 : protocol); // protocols 0 and 1 do not say which they are
    root = loaded.root as Map<PyValue, PyValue>;
  });

  test('gives every array its shape and its elements in row-major order', () => {
    const arrays = root.get('arrays') as Map<string, NumpyArray>;
    expect([...arrays.keys()]).toEqual(Object.keys(expected.arrays));
    for (const [name, { shape, elements: wanted }] of Object.entries(expected.arrays)) {
      const array = arrays.get(name)!;
      expect([name, array.shape]).toEqual([name, shape]);
      expect([name, elements(array)]).toEqual([name, wanted]);
    }
  });

  test('reads the fields of structures by their names', () => {
    const table = root.get('table') as NumpyArray;
    for (const [name, wanted] of Object.entries(expected.table)) expect([...table.field(name)!]).toEqual(wanted);
    expect(table.field('right')).toBeUndefined();
  });

  test.each(['numbers', 'constants', 'texts', 'tuple', 'scalars', 'big', 'bytes'])('reads %s', (key) => {
    expect(plain(root.get(key))).toEqual(expected[key]);
  });

  test('keeps shared objects shared, and __proto__ an ordinary key', () => {
    const [one, other] = root.get('shared') as PyValue[];
    expect(one).toBe(other);
    expect(root.get('__proto__')).toEqual(new Map([['polluted', true]]));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
