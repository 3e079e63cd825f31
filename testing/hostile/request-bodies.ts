/** Bodies that are JSON, or were before they were damaged: made by fast-check, of the forms that the routes take. */
import * as fc from 'fast-check';

export interface SentDocument {
  readonly path: string;
  readonly type: string | undefined;
  readonly body: Buffer;
}

const PATHS = [
  '/predict',
  '/predict?proba=true',
  '/predict?proba=perhaps',
  '/predict_proba',
  '/decision_function',
  '/invocations',
  '/v2/models/breast-cancer/infer',
  '/v2/models/breast-cancer/versions/1/infer',
  '/v2/models/%00/infer',
  '/v2/repository/index',
  '/nowhere',
  '/readyz',
];

const TYPES = [
  undefined,
  'application/json',
  'application/json; charset=utf-16',
  'text/csv',
  'text/csv; header=present',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  '',
];

const NUMBERS = [
  '1e999',
  '-1e999',
  '1e-999',
  '0.1e1',
  '-0',
  '9007199254740993',
  '1'.repeat(400),
  `0.${'3'.repeat(400)}`,
  '1e',
  '--1',
  '01',
];

const KEYS = [
  'data',
  'instances',
  'inputs',
  'columns',
  'dataframe_split',
  'dataframe_records',
  '__proto__',
  'constructor',
  'outputs',
  'id',
  'parameters',
  '',
];

function texts(rows: readonly (readonly number[])[], names: readonly string[]): fc.Arbitrary<string> {
  const row = fc.constantFrom(...rows);
  const scalar = fc.oneof(
    fc.constantFrom('null', 'true', '"1"', '""', '[]', '{}', 'NaN', 'Infinity', ...NUMBERS),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text)),
  );
  /** A row with one value replaced, or too many, or too few. */
  const nearlyRow = fc
    .tuple(row, fc.nat(), fc.option(scalar), fc.integer({ min: -1, max: 1 }))
    .map(([values, at, other, more]) => {
      const cells = values.map(String);
      if (other !== null) cells[at % cells.length] = other;
      if (more > 0) cells.push('1');
      if (more < 0) cells.pop();
      return `[${cells.join(',')}]`;
    });
  const record = fc.tuple(row, fc.nat(), fc.constantFrom(...names, ...KEYS), scalar).map(([values, at, key, value]) => {
    const fields = values.map((number, i) => `${JSON.stringify(names[i])}:${number}`);
    fields.splice(at % fields.length, 1, `${JSON.stringify(key)}:${value}`); // a name twice, or one that there is not
    return `{${fields.join(',')}}`;
  });
  const rowsText = fc.array(fc.oneof(nearlyRow, record, scalar), { maxLength: 5 }).map((list) => `[${list.join(',')}]`);
  const tensor = fc
    .tuple(
      rowsText,
      fc.constantFrom('FP64', 'FP32', 'INT64', 'BYTES', 'BOOL', 'FP16', 'x'),
      fc.array(fc.integer({ min: -2, max: 40 }), { maxLength: 3 }),
    )
    .map(
      ([data, type, shape]) =>
        `{"inputs":[{"name":"input","shape":${JSON.stringify(shape)},"datatype":"${type}","data":${data}}]}`,
    );
  const keyed = fc
    .tuple(fc.array(fc.constantFrom(...KEYS), { minLength: 1, maxLength: 3 }), rowsText)
    .map(([keys, list]) => `{${keys.map((key) => `${JSON.stringify(key)}:${list}`).join(',')}}`);
  const deep = fc
    .tuple(fc.constantFrom('[', '{"a":', '[[1],', '{"data":['), fc.integer({ min: 1, max: 3000 }))
    .map(([open, depth]) => open.repeat(depth));
  return fc.oneof(
    { arbitrary: rowsText, weight: 2 },
    { arbitrary: keyed, weight: 3 },
    { arbitrary: tensor, weight: 2 },
    { arbitrary: fc.json(), weight: 1 },
    { arbitrary: deep, weight: 1 },
    { arbitrary: fc.constantFrom('', ' ', '[', 'null', '"', '{', '\u0000', '1', '[[]]', '{"data":{}}'), weight: 1 },
  );
}

const nest = (depth: number, open: string, close: string) => `${open.repeat(depth)}${close.repeat(depth)}`;

/** What no place of a document expects, and what JavaScript would rather not make a text or a number of. */
const strange = fc.oneof(
  fc.integer({ min: 2, max: 12_000 }).map((depth) => nest(depth, '[', ']')),
  fc.integer({ min: 2, max: 4000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.constantFrom(
    '{"toString":1,"valueOf":2}',
    '[{"toString":null}]',
    '[[{"valueOf":[]}]]',
    '{"length":1e9}',
    '{"__proto__":{"length":3}}',
    'null',
    'true',
    '1e999',
    '-1',
    '0.5',
    '9007199254740993',
    '""',
    '"9223372036854775808"',
    '"\\ud800"',
    '[]',
    '{}',
    '[null]',
  ),
);

const MARK = '\u0000';

/** The document once for each of its places, with the mark there. */
function marked(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [MARK];
  const keys = Object.keys(value).slice(0, 6);
  return [
    MARK,
    ...keys.flatMap((key) =>
      marked((value as Record<string, unknown>)[key]).map((part) =>
        Array.isArray(value) ? value.map((one, i) => (i === Number(key) ? part : one)) : { ...value, [key]: part },
      ),
    ),
  ];
}

/** Right requests of every form, with something strange in one of their places. */
function misplaced(rows: readonly (readonly number[])[], names: readonly string[]): fc.Arbitrary<SentDocument> {
  const [row] = rows;
  const record = Object.fromEntries(names.map((name, i) => [name, row![i]]));
  const columns = Object.fromEntries(names.map((name, i) => [name, [row![i]]]));
  const split = { columns: names, index: [0], data: [row] };
  const tensor = { name: 'input', shape: [1, names.length], datatype: 'FP64', parameters: { a: 1 }, data: row };
  const infer = (input: object) => ({
    id: '7',
    inputs: [input],
    outputs: [{ name: 'predict', parameters: { binary_data: false } }],
    parameters: { binary_data_output: false },
  });
  const forms: readonly (readonly [path: string, document: unknown])[] = [
    ...[[row], { data: [record] }, { columns }, columns, split].map((document) => ['/predict', document] as const),
    ...[
      { instances: [row], signature_name: 'serving_default', params: {} },
      { inputs: columns },
      { dataframe_split: split },
      { dataframe_records: [record] },
    ].map((document) => ['/invocations', document] as const),
    ...[
      tensor,
      { ...tensor, shape: [1], datatype: 'INT64' },
      { ...tensor, datatype: 'BYTES', data: [row!.map(String)] },
      { ...tensor, parameters: { binary_data_size: 0 } },
    ].map((input) => ['/v2/models/breast-cancer/infer', infer(input)] as const),
  ];
  const places = forms.flatMap(([path, document]) =>
    marked(document).map((each) => ({ path, text: JSON.stringify(each) })),
  );
  return fc.tuple(fc.constantFrom(...places), strange).map(([{ path, text }, value]) => ({
    path,
    type: 'application/json',
    body: Buffer.from(text.replace(JSON.stringify(MARK), () => value)),
  }));
}

/** @param rows that the model takes, to be spoilt */
export function documents(rows: readonly (readonly number[])[], names: readonly string[]): fc.Arbitrary<SentDocument> {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.nat(2)), { maxLength: 3 });
  const body = fc.tuple(texts(rows, names), fc.option(damage, { freq: 2 })).map(([text, damages]) => {
    let bytes = Buffer.from(text);
    for (const [at, byte, kind] of damages ?? []) {
      const place = at % (bytes.length + 1);
      const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
      const put = Buffer.of(byte);
      if (kind === 0) bytes = Buffer.concat([before, put, after]);
      else if (kind === 1) bytes = Buffer.concat([before, after.subarray(1)]);
      else bytes = Buffer.concat([before, put, after.subarray(1)]);
    }
    return bytes;
  });
  return fc.oneof(
    { arbitrary: fc.record({ path: fc.constantFrom(...PATHS), type: fc.constantFrom(...TYPES), body }), weight: 2 },
    { arbitrary: misplaced(rows, names), weight: 1 },
  );
}
