import * as fc from 'fast-check';
import { PlainRowReader } from '../../../../lambda/inference/json/plain-rows';
import { encodeRows } from '../../../../lib/model/rows/row';
import type { Column, Signature } from '../../../../lib/model/rows/signature';
import { runs } from '../../../runs';

jest.setTimeout(30_000); // the machine may be busy

function signature(type: 'float64' | 'float32', columns: readonly Partial<Column>[]): Signature {
  return {
    columns: columns.map((column, i) => ({ name: `x${i}`, type, missing: true, ...column })),
    namedColumns: false,
    inputs: [{ name: 'input', type, columns: columns.map((_, i) => i) }],
    outputs: [{ name: 'predict', type: 'float64', width: 1 }],
  };
}

const SIGNATURES = [
  signature('float64', [{}, {}, {}]),
  signature('float32', [{}]),
  signature('float64', [{ maximum: 100 }, { missing: false }]),
];

/** What the general way makes of a body: tensors, or nothing for one that it refuses. */
function generally(text: string, model: Signature): { key?: string; tensors: unknown } | undefined {
  try {
    const document = JSON.parse(text) as unknown;
    if (Array.isArray(document)) return { tensors: encodeRows(model, document) };
    const [key, ...others] = Object.keys(document as object);
    if (key === undefined || others.length > 0) return undefined;
    return { key, tensors: encodeRows(model, (document as Record<string, unknown[]>)[key]!) };
  } catch {
    return undefined;
  }
}

/** Reads the body in both ways; the quick one may leave it alone, but never differ. */
async function compare(text: string, model: Signature): Promise<boolean> {
  const quick = await PlainRowReader.for(model)!.read(Buffer.from(text), 1000);
  if (quick === undefined) return false;
  const { rows, ...rest } = quick;
  expect(rest).toStrictEqual(generally(text, model));
  expect(rows).toBe((Object.values(quick.tensors)[0]!.shape as number[])[0]);
  return true;
}

const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 999_999 })).map(([a, b]) => `${a}.${b}`),
  fc.stringMatching(/^-?\d{1,20}(\.\d{1,25})?$/),
  fc.constantFrom(
    '-0',
    '0.0',
    '-0.5',
    '00',
    '01',
    '1.',
    '.5',
    '-',
    '+1',
    '1e3',
    'null',
    'true',
    '"1"',
    'NaN',
    '1 2',
    '[1]',
    '',
  ),
);
const space = fc.constantFrom('', '', '', ' ', '\n', ' \t\r\n ', '\u00a0');
const list = (element: fc.Arbitrary<string>, maximum: number) =>
  fc
    .tuple(fc.array(fc.tuple(space, element, space), { maxLength: maximum }), space)
    .map(([elements, inner]) =>
      elements.length === 0 ? `[${inner}]` : `[${elements.map((parts) => parts.join('')).join(',')}]`,
    );
const plainNumber = fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.nat(9_999_999)).map(([a, b]) => `${a}.${b}`);
const rowsOf = (width: number) =>
  fc.array(fc.array(plainNumber, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 });

test.each(SIGNATURES.map((model, i) => [i, model] as const))(
  'a body is read as JSON.parse and encodeRows would, or left to them (%i)',
  async (_, model) => {
    const document = fc
      .tuple(
        list(list(number, 4), 4),
        fc.constantFrom('', '"data"', '"instances"', '"\\u0061"', '"é"', '""', '"__proto__"', '"a\tb"'),
        space,
      )
      .map(([rows, key, gap]) => (key === '' ? rows + gap : `{${gap}${key}${gap}:${gap}${rows}${gap}}`));
    await fc.assert(
      fc.asyncProperty(document, (text) => compare(text, model).then(() => undefined)),
      { numRuns: runs(400) },
    );
  },
);

test.each(SIGNATURES.map((model, i) => [i, model] as const))(
  'plain numbers are not left to the general way (%i)',
  async (i, model) => {
    if (i === 2) return; // values beyond its maximum are
    await fc.assert(
      fc.asyncProperty(
        rowsOf(model.columns.length),
        fc.constantFrom(undefined, 1),
        fc.boolean(),
        async (rows, indent, keyed) => {
          const compact = `[${rows.map((row) => `[${row.join(indent === undefined ? ',' : ', ')}]`).join(',')}]`;
          expect(await compare(keyed ? `{"data": ${compact}}` : compact, model)).toBe(true);
        },
      ),
      { numRuns: runs(100) },
    );
  },
);

test('a large body is read in turns, to the same tensor', async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => [i, -i / 8, i / 1000]);
  const text = JSON.stringify({ data: rows });
  const [model] = SIGNATURES;
  const quick = await PlainRowReader.for(model!)!.read(Buffer.from(text), 5000);
  expect(quick!.rows).toBe(5000);
  expect(quick!.tensors).toStrictEqual(encodeRows(model!, JSON.parse(text).data));
  expect(await PlainRowReader.for(model!)!.read(Buffer.from(text), 4999)).toBeUndefined();
  expect(await PlainRowReader.for(model!)!.read(Buffer.from(text.slice(0, -30)), 5000)).toBeUndefined();
});

test('two small bodies do not share their numbers', async () => {
  const reader = PlainRowReader.for(SIGNATURES[0]!)!;
  const first = await reader.read(Buffer.from('[[1,2,3]]'), 10);
  await reader.read(Buffer.from('[[4,5,6]]'), 10);
  expect(first!.tensors).toStrictEqual(encodeRows(SIGNATURES[0]!, [[1, 2, 3]]));
});

test.each<[string, Signature]>([
  ['categories', signature('float64', [{ categories: [1, 2] }])],
  ['a bound from below', signature('float64', [{ above: 0 }])],
  ['an exception', signature('float64', [{ except: 0 }])],
  ['a column that is not looked at', signature('float64', [{ unused: true }])],
  [
    'text',
    { ...signature('float64', [{ type: 'string' }]), inputs: [{ name: 'input', type: 'string', columns: [0] }] },
  ],
  [
    'several inputs',
    {
      ...signature('float64', [{}, {}]),
      inputs: [
        { name: 'a', type: 'float64', columns: [0] },
        { name: 'b', type: 'float64', columns: [1] },
      ],
    },
  ],
])('columns with %s are not plain', (_, model) => {
  expect(PlainRowReader.for(model)).toBeUndefined();
});

test('numbers that are there already become the tensor that the general way makes of them, or are left to it', async () => {
  const near = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 100, 100.5, -0, 3.5e38);
  const values = fc.array(fc.oneof(fc.double({ min: -100, max: 100, noNaN: true }), near), {
    minLength: 6,
    maxLength: 6,
  });
  let straight = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...SIGNATURES), values, async (model, all) => {
      const width = model.columns.length;
      const numbers = model.inputs[0]!.type === 'float64' ? Float64Array.from(all) : Float32Array.from(all);
      const tensors = await PlainRowReader.for(model)!.tensorsOf(numbers);
      if (tensors === undefined) return;
      straight++;
      const rows = Array.from({ length: 6 / width }, (_, row) => [...numbers.subarray(row * width, (row + 1) * width)]);
      expect(tensors).toStrictEqual(encodeRows(model, rows));
    }),
  );
  expect(straight).toBeGreaterThan(10);
});

test('numbers of another width than the tensor are left to the general way', async () => {
  const [model] = SIGNATURES;
  expect(await PlainRowReader.for(model!)!.tensorsOf(new Float32Array(3))).toBeUndefined();
  expect(await PlainRowReader.for(model!)!.tensorsOf(new Float64Array(3))).toBeDefined();
});
