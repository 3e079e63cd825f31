/** What somebody sends who has a frame of pandas and has not read how: answered right, or told how to send it. */
import { readModelPackage } from '../../../../lib/model/package/model-package';
import { LOAN_MODEL } from '../../../example';
import { send } from '../http-client';
import { type Serving, startServing, stopServings } from '../serving';

const ROWS = [
  [41, 38000, 'home'],
  [29, null, 'car'],
] as const;
const NAMES = ['age', 'income', 'purpose'] as const;

let serving: Serving;
let expected: unknown;

beforeAll(async () => {
  serving = await startServing({ package_: readModelPackage(LOAN_MODEL) });
  expected = { result: ['approve', 'review'] };
});
afterAll(stopServings);

const column = (c: number) => Object.fromEntries(ROWS.map((row, r) => [r, row[c]!]));
const record = (r: number) => Object.fromEntries(NAMES.map((name, c) => [name, ROWS[r]![c]!]));

/** As pandas 2.3.3 writes this frame (`npm run proof:clients` sends what pandas itself writes). */
const FORMS: Readonly<Record<string, unknown>> = {
  'to_json()': Object.fromEntries(NAMES.map((name, c) => [name, column(c)])),
  'to_json(orient="index")': { 0: record(0), 1: record(1) },
  'to_json(orient="table")': {
    schema: {
      fields: [{ name: 'index', type: 'integer' }, ...NAMES.map((name) => ({ name, type: 'number' }))],
      primaryKey: ['index'],
      pandas_version: '1.4.0',
    },
    data: ROWS.map((_, index) => ({ index, ...record(index) })),
  },
  'to_json(orient="records")': ROWS.map((_, r) => record(r)),
  'to_json(orient="split")': { columns: NAMES, index: [204, 7], data: ROWS },
  'to_json(orient="values")': ROWS,
  'to_dict("list")': Object.fromEntries(NAMES.map((name, c) => [name, ROWS.map((row) => row[c])])),
};

const post = (path: string, body: unknown, type = 'application/json') =>
  send(serving.base, path, { body: body as never, headers: { 'content-type': type } });

describe('frame.', () => {
  test.each(['to_json()', 'to_json(orient="index")', 'to_json(orient="table")'])(
    '%s is refused with the orients that keep the order of the rows',
    async (form) => {
      for (const body of [FORMS[form], { inputs: FORMS[form] }, { columns: FORMS[form] }]) {
        const { status, text } = await post('/predict', body);
        expect([form, status]).toEqual([form, 400]);
        expect(JSON.parse(text).detail ?? text).toMatch(/to_json\(orient="records"\)/);
      }
    },
  );

  test.each(Object.keys(FORMS).slice(3))('%s is answered', async (form) => {
    const { status, json } = await post('/predict', FORMS[form]);
    expect([status, json]).toEqual([200, expected]);
  });

  test.each([
    ['to_csv()', ',age,income,purpose\n0,41,38000,home\n1,29,,car\n'],
    ['to_csv(index=False)', 'age,income,purpose\n41,38000,home\n29,,car\n'],
    ['to_csv(index=False, header=False)', '41,38000,home\n29,,car\n'],
  ])('%s is answered', async (_, text) => {
    const { status, json } = await post('/predict', text, 'text/csv');
    expect([status, json]).toEqual([200, expected]);
  });

  test.each([
    ['to_csv(index_label="id")', 'id,age,income,purpose\n0,41,38000,home\n', /"id", which the model does not have/],
    ['to_csv(header=False)', '0,41,38000,home\n', /to_csv\(index=False\)/],
    ['to_csv(), whose columns begin with capitals', 'Age,Income,Purpose\n41,38000,home\n', /"Age", which the model/],
  ])('%s is refused with what is wrong', async (_, body, message) => {
    const { status, text } = await post('/predict', body, 'text/csv');
    expect([status, text]).toEqual([422, expect.stringMatching(/./)]);
    expect(
      JSON.parse(text)
        .errors.map((error: object) => JSON.stringify(error))
        .join()
        .replaceAll('\\"', '"'),
    ).toMatch(message);
  });

  test('to_json() in any form is no request of the open inference protocol, which says what one is', async () => {
    for (const body of Object.values(FORMS)) {
      const { status, text } = await post(`/v2/models/loan/infer`, body);
      expect([status, text]).toEqual([
        400,
        expect.stringMatching(/expected an (object with \\"inputs\\"|array of at least one tensor)/),
      ]);
    }
  });
});

test('a series, which is one row, is answered as an array of one', async () => {
  expect((await post('/predict', record(0))).json).toEqual({ result: ['approve'] });
});
