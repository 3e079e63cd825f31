import fc from 'fast-check';
import { csvText, parseCsv } from '../../../../lambda/inference/protocols/csv';
import { encodeRows, InputError } from '../../../../lib/model/rows/row';
import type { Signature } from '../../../../lib/model/rows/signature';
import { runs } from '../../../runs';
import { send } from '../http-client';
import {
  expectNear,
  labels,
  modelPackage,
  probabilities,
  rows,
  type Serving,
  startServing,
  stopServings,
} from '../serving';

const signature: Signature = {
  columns: [
    { name: 'age', type: 'float64', missing: true },
    { name: 'id', type: 'string', missing: true, unused: true },
    { name: 'city', type: 'string', missing: true },
    { name: 'member', type: 'bool', missing: false },
    { name: 'visits', type: 'int64', missing: false },
  ],
  namedColumns: true,
  inputs: [
    { name: 'float', type: 'float64', columns: [0] },
    { name: 'text', type: 'string', columns: [2] },
    { name: 'bool', type: 'bool', columns: [3] },
    { name: 'integer', type: 'int64', columns: [4] },
  ],
  outputs: [{ name: 'predict', type: 'float64', width: 1 }],
};

const parse = (text: string, header?: boolean) => parseCsv(Buffer.from(text), header, signature, 4);

async function problemsOf(
  text: string,
  header?: boolean,
): Promise<readonly { pointer: string; expected: string; got: string }[]> {
  try {
    const { rows: parsed, locate } = await parse(text, header);
    encodeRows(signature, parsed, locate);
  } catch (error) {
    if (error instanceof InputError) return error.fields;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('rows of CSV', () => {
  test.each([
    ['without a header', '41,a,Oslo,true,3\n7,b,Bergen,0,-2\n'],
    ['with the index of pandas', ',visits,city,age,member,id\n204,3,Oslo,41,True,a\n7,-2,Bergen,7,false,b'],
    ['with a header in another order', 'visits,city,age,member,id\n3,Oslo,41,True,a\n-2,Bergen,7,false,b'],
    [
      'with a header that leaves out what the model does not look at',
      'age,city,member,visits\r\n41,Oslo,1,3\r\n7,Bergen,FALSE,-2\r\n',
    ],
    [
      'quoted, with a byte order mark and blank lines',
      '\ufeff"age","id","city","member","visits"\n\n"41","a","Oslo","1","3"\n\n7,b,Bergen,0,-2\n\n',
    ],
  ])('%s', async (_, text) => {
    const { float, text: city, bool, integer } = encodeRows(signature, (await parse(text)).rows);
    expect([...(float!.data as Float64Array)]).toEqual([41, 7]);
    expect(city!.data).toEqual(['Oslo', 'Bergen']);
    expect([...(bool!.data as Uint8Array)]).toEqual([1, 0]);
    expect([...(integer!.data as BigInt64Array)]).toEqual([3n, -2n]);
  });

  test('have quotation marks, commas and line breaks in quoted fields', async () => {
    expect((await parse('1,x,"a ""b"", c\r\nd",1,1\n')).rows).toEqual([[1, 'x', 'a "b", c\r\nd', 1, 1]]);
  });

  test('miss a value where a field is empty or nan, and have empty text where it is quoted', async () => {
    expect((await parse(',,,1,1\nnan,"","",1,1\n')).rows).toEqual([
      [null, null, null, 1, 1],
      [null, '', '', 1, 1],
    ]);
  });

  test('keep integers that a double cannot hold', async () => {
    const { integer } = encodeRows(signature, (await parse('1,a,b,1,9007199254740993\n')).rows);
    expect([...(integer!.data as BigInt64Array)]).toEqual([9007199254740993n]);
  });

  test('may be names of columns where the content type says that there is no header', async () => {
    expect((await parse('1,age,city,1,2\n', false)).rows).toEqual([[1, 'age', 'city', 1, 2]]);
  });

  test.each<[string, string, boolean | undefined, object]>([
    ['a number that is none', '1,a,b,1,1\n1e,a,b,1,1\n', undefined, { pointer: '#cell=2,1', got: 'the string "1e"' }],
    [
      'a cell below a header',
      'visits,city,age,member\n1,a,2,yes\n',
      undefined,
      { pointer: '#cell=2,4', got: 'the string "yes"' },
    ],
    ['a cell after a blank line', '1,a,b,1,1\n\n1,a,b,1,x\n', undefined, { pointer: '#cell=3,5' }],
    [
      'a field too few',
      '1,a,b,1\n',
      undefined,
      { pointer: '#row=1', expected: '5 values, one for each column', got: '4' },
    ],
    ['a field too many', '1,a,b,1,1,1\n', undefined, { pointer: '#row=1', got: '6' }],
    ['many fields too many', '1,a,b,1,1,1,1,1\n', undefined, { pointer: '#row=1', got: 'more' }],
    [
      'a column without a name that is not the first',
      ',age,id,city,member,\n',
      undefined,
      { pointer: '#cell=1,6', got: '"", which the model does not have' },
    ],
    ['a name twice', 'age,age,city,member,visits\n', undefined, { pointer: '#cell=1,2', expected: 'each column once' }],
    [
      'a name too few',
      'age,city\n1,2\n',
      undefined,
      { pointer: '#row=1', expected: 'column "member" among the names' },
    ],
    ['no names where the content type says so', '1,a,b,1,1\n', true, { pointer: '#cell=1,1' }],
    ['a header without rows', 'age,id,city,member,visits\n', undefined, { pointer: '', expected: 'at least one row' }],
    ['nothing', '', undefined, { pointer: '', expected: 'at least one row' }],
    ['a missing value where none may be', '1,a,b,,1\n', undefined, { pointer: '#cell=1,4', got: 'null' }],
  ])('%s is told with where it is', async (_, text, header, problem) => {
    expect((await problemsOf(text, header))[0]).toMatchObject(problem);
  });

  test.each([
    ['a quoted field without an end', '1,"a,b,1,1\n', /record 1: a quoted field has no end/],
    ['text after a quoted field', '1,"a"b,b,1,1\n', /record 1: text follows a quoted field/],
    ['a quotation mark in a bare field', '1,a,b,1,1\n1,a"b",b,1,1\n', /record 2: a field with a quotation mark/],
    ['too many rows', '1,a,b,1,1\n'.repeat(5), /more than 4 rows/],
  ])('%s is no CSV of ours', async (_, text, message) => {
    await expect(parse(text)).rejects.toThrow(message);
  });
});

describe('of a model without names of columns', () => {
  const unnamed: Signature = {
    columns: ['x0', 'x1', 'x2'].map((name) => ({ name, type: 'float64', missing: false })),
    namedColumns: false,
    inputs: [{ name: 'X', type: 'float64', columns: [0, 1, 2] }],
    outputs: [{ name: 'predict', type: 'float64', width: 1 }],
  };
  const rowsOf = async (text: string, header?: boolean) => (await parseCsv(Buffer.from(text), header, unnamed, 4)).rows;

  test('the numbers that pandas writes over the columns, beside its index, are no row', async () => {
    expect(await rowsOf(',0,1,2\n204,5,6,7\n')).toEqual([[5, 6, 7]]);
  });

  test('without an index they may be a row, and nobody guesses', async () => {
    await expect(rowsOf('0,1,2\n5,6,7\n')).rejects.toThrow(/header=present or header=absent/);
    expect(await rowsOf('0,1,2\n5,6,7\n', true)).toEqual([[5, 6, 7]]);
    expect(await rowsOf('0,1,2\n5,6,7\n', false)).toEqual([
      [0, 1, 2],
      [5, 6, 7],
    ]);
  });

  test('other numbers are a row', async () => {
    expect(await rowsOf('0,1,3\n')).toEqual([[0, 1, 3]]);
    expect(await rowsOf('x2,x0,x1\n7,5,6\n')).toEqual([[5, 6, 7]]);
  });
});

test('whatever text and numbers are written are read again', async () => {
  const texts = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ', '1') });
  const row = fc.tuple(
    fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0)),
    fc.option(texts),
  );
  const two: Signature = { ...signature, columns: [signature.columns[0]!, signature.columns[2]!] };
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('\n', '\r\n'),
      async (written, end) => {
        const quoted = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);
        const text = written.map(([number, words]) => `${number ?? ''},${quoted(words)}`).join(end);
        expect((await parseCsv(Buffer.from(text), false, two, 4)).rows).toEqual(
          written.map(([number, words]) => [number, words]),
        );
      },
    ),
    { numRuns: runs(200) },
  );
});

test.each([
  ['nothing but line breaks', '\n'.repeat(50_000)],
  ['nothing but quotation marks', '"'.repeat(100_000)],
])('others have their turn while %s are read', async (_, text) => {
  // every look at the clock finds that the turn is over, whatever this machine can do in it
  let now = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => ++now);
  let turns = 0;
  let reading = true;
  const count = () => {
    turns++;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  await parse(text).catch(() => {}); // whether it is refused is not the question here
  reading = false;
  clock.mockRestore();
  expect(turns).toBeGreaterThan(1);
});

test('labels with commas, quotation marks and nothing in them are quoted', async () => {
  const data = ['plain', 'a,b', 'say "x"', '', 'two\nlines'];
  expect(await csvText({ type: 'string', shape: [5], data })).toBe('plain\n"a,b"\n"say ""x"""\n""\n"two\nlines"\n');
});

describe('over HTTP', () => {
  let serving: Serving;
  beforeAll(async () => {
    serving = await startServing();
  });
  afterAll(stopServings);
  const body = rows.map((row) => row.join(',')).join('\n');
  const named = `${modelPackage.manifest.signature.columns.map(({ name }) => name).join(',')}\n${body}\n`;
  const post = (path: string, headers: object, text = body) =>
    send(serving.base, path, { body: text, headers: { 'content-type': 'text/csv', ...headers } });

  test('rows are answered in JSON, or in CSV where that is accepted', async () => {
    expect((await post('/predict', {}, named)).json).toEqual({ result: labels });
    expect((await post('/invocations', { accept: '*/*' })).json).toEqual({ predictions: labels });
    const reply = await post('/predict', { accept: 'text/csv' });
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(reply.text).toBe(`${labels.join('\n')}\n`);
    const { text } = await post(
      '/predict_proba',
      { accept: 'application/json;q=0.5, text/*', 'content-type': 'text/csv; charset=utf-8; header=present' },
      named,
    );
    expect(text).toMatch(/^\{/); // text/* has no CSV in it by name
    const lines = (await post('/predict_proba', { accept: 'application/json;q=0.5, text/csv' })).text
      .trim()
      .split('\n');
    expectNear(
      lines.map((line) => line.split(',').map(Number)),
      probabilities,
    );
  });

  test('what is wrong is told as RFC 9457 does, whatever is accepted', async () => {
    const reply = await post('/predict', { accept: 'text/csv' }, 'x\n');
    expect([reply.status, reply.headers['content-type']]).toEqual([422, 'application/problem+json']);
    expect((await post('/predict', {}, '"')).status).toBe(400);
    expect(
      (await send(serving.base, '/predict', { body: Buffer.from([0xff]), headers: { 'content-type': 'text/csv' } }))
        .status,
    ).toBe(400);
    expect((await post('/predict', { 'content-type': 'text/csv; charset=latin1' })).status).toBe(415);
  });
});
