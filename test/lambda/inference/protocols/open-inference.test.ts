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

let serving: Serving;
beforeAll(async () => {
  serving = await startServing({ settings: { queueRows: 50 } });
});
afterAll(stopServings);

const MODEL = '/v2/models/breast-cancer';
const VERSION = modelPackage.digest.slice(0, 12);
const infer = (body: unknown, path = `${MODEL}/infer`) => send(serving.base, path, { body });
const tensor = (over: object = {}) => ({
  name: 'input',
  shape: [rows.length, 30],
  datatype: 'FP64',
  data: rows.flat(),
  ...over,
});
const byColumn = modelPackage.manifest.signature.columns.map((column, c) => ({
  name: column.name,
  shape: [rows.length],
  datatype: 'FP64',
  data: rows.map((row) => row[c]),
}));

interface Output {
  readonly name: string;
  readonly datatype: string;
  readonly shape: number[];
  readonly data: unknown[];
}

describe('metadata', () => {
  test.each(['/v2', '/v2/'])('of the server at %s', async (path) => {
    const { json } = await send(serving.base, path);
    expect(json).toEqual({
      name: 'slipway',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      extensions: ['binary_tensor_data', 'classification', 'model_repository'],
    });
  });

  test.each([MODEL, `${MODEL}/versions/${VERSION}`])('of the model at %s', async (path) => {
    expect((await send(serving.base, path)).json).toEqual({
      name: 'breast-cancer',
      versions: [VERSION],
      platform: 'onnx_onnxv1',
      parameters: { engine: 'held' },
      inputs: [{ name: 'input', datatype: 'FP64', shape: [-1, 30] }],
      outputs: [
        { name: 'predict', datatype: 'INT64', shape: [-1] },
        { name: 'predict_proba', datatype: 'FP64', shape: [-1, 2] },
        { name: 'decision_function', datatype: 'FP64', shape: [-1] },
      ],
    });
  });

  test.each([
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { ready: true }],
    [`${MODEL}/ready`, { name: 'breast-cancer', ready: true }],
    [`${MODEL}/versions/${VERSION}/ready`, { name: 'breast-cancer', ready: true }],
  ])('health at %s', async (path, body) => {
    const { status, json } = await send(serving.base, path);
    expect([status, json]).toEqual([200, body]);
  });

  test.each([
    ['/v2/models/other', 404, /no model "other" here; there is "breast-cancer"/],
    ['/v2/models/other/ready', 404, /no model "other"/],
    [`${MODEL}/versions/1`, 404, /no version "1"; it has "[0-9a-f]{12}"/],
    ['/v2/modules', 404, /there is no \/v2\/modules here/],
    [`${MODEL}/infer`, 405, /GET is not allowed/],
  ])('%s is %i in the form of the protocol', async (path, status, message) => {
    const reply = await send(serving.base, path);
    expect(reply.status).toBe(status);
    expect(reply.headers['content-type']).toBe('application/json');
    expect(reply.json).toEqual({ error: expect.stringMatching(message) });
  });
});

describe('infer', () => {
  test.each([
    ['flat data', [tensor()]],
    ['nested data', [tensor({ data: rows })]],
    ['one tensor for each column', byColumn],
    [
      'columns as [rows, 1], nested',
      byColumn.map((t) => ({ ...t, shape: [rows.length, 1], data: t.data.map((v) => [v]) })),
    ],
  ])('takes %s and answers all outputs', async (_, inputs) => {
    const { status, json } = await infer({ id: 'a-1', inputs });
    expect(status).toBe(200);
    const { outputs, ...head } = json as { outputs: Output[] };
    expect(head).toEqual({ model_name: 'breast-cancer', model_version: VERSION, id: 'a-1' });
    const [predict, proba, decision] = outputs;
    expect(predict).toEqual({ name: 'predict', datatype: 'INT64', shape: [rows.length], data: labels });
    expect(proba).toMatchObject({ name: 'predict_proba', datatype: 'FP64', shape: [rows.length, 2] });
    const flat = proba!.data as number[];
    expectNear(
      rows.map((_, r) => flat.slice(2 * r, 2 * r + 2)),
      probabilities,
    );
    expect(decision).toMatchObject({ name: 'decision_function', shape: [rows.length] });
  });

  test('answers only the outputs that are requested, in their order, and no id when none was sent', async () => {
    const body = { inputs: [tensor()], outputs: [{ name: 'decision_function' }, { name: 'predict' }] };
    const { json } = await infer(body, `${MODEL}/versions/${VERSION}/infer`);
    expect((json as { outputs: Output[] }).outputs.map((output) => output.name)).toEqual([
      'decision_function',
      'predict',
    ]);
    expect(json).not.toHaveProperty('id');
  });

  test('takes null for what may be left out', async () => {
    const inputs = [tensor({ parameters: null })];
    const { status, json } = await infer({ id: null, parameters: null, outputs: null, inputs });
    expect(status).toBe(200);
    expect(json).not.toHaveProperty('id');
  });

  test.each([
    ['BOOL', true],
    ['UINT8', 255],
    ['UINT16', 65535],
    ['UINT32', 4294967295],
    ['UINT64', 9007199254740991],
    ['INT8', -128],
    ['INT16', -32768],
    ['INT32', -2147483648],
    ['INT64', -9007199254740991],
    ['FP32', 0.5],
    ['FP64', 1e300],
    ['INT64', '-9223372036854775808'],
    ['UINT64', '18446744073709551615'],
  ])('takes %s for numbers', async (datatype, value) => {
    const { status } = await infer({ inputs: [tensor({ shape: [1, 30], datatype, data: Array(30).fill(value) })] });
    expect(status).toBe(200);
  });

  const first = rows[0]!;
  test.each<[string, unknown, RegExp]>([
    ['no object', [1], /expected an object with "inputs", got an array of 1/],
    ['no inputs', {}, /inputs: expected an array of at least one tensor, got nothing/],
    ['an id that is no string', { id: 5, inputs: [tensor()] }, /id: expected a string, got 5/],
    ['an input that is no object', { inputs: [7] }, /inputs\[0\]: expected an object, got 7/],
    [
      'an unknown tensor',
      { inputs: [tensor({ name: 'x' })] },
      /inputs must be "input", or one tensor for each of the 30 columns; got "x"/,
    ],
    ['a tensor too many', { inputs: [tensor(), tensor({ name: 'x' })] }, /the model does not have "x"/],
    ['a tensor twice', { inputs: [tensor(), tensor()] }, /"input" is given twice/],
    ['a column too few', { inputs: byColumn.slice(1) }, /one tensor for each of the 30 columns/],
    [
      'a column of other length',
      { inputs: [{ ...byColumn[0], shape: [1], data: [1] }, ...byColumn.slice(1)] },
      /has \d+ rows, but "mean radius" has 1/,
    ],
    [
      'a wrong width',
      { inputs: [tensor({ shape: [1, 29], data: first.slice(1) })] },
      /expected shape \[rows, 30\], got \[1,29\]/,
    ],
    [
      'a wrong count',
      { inputs: [tensor({ shape: [2, 30], data: first })] },
      /shape \[2,30\] needs 60 values, but data has 30/,
    ],
    [
      'ragged data',
      { inputs: [tensor({ shape: [2, 30], data: [first, first.slice(1)] })] },
      /in dimension 1 expected an array of 30, got an array of 29/,
    ],
    [
      'data nested too deeply',
      { inputs: [tensor({ shape: [1, 30], data: [first.map((value) => [value])] })] },
      /element 0 is not FP64: an array of 1/,
    ],
    ['no rows', { inputs: [tensor({ shape: [0, 30], data: [] })] }, /has no rows/],
    [
      'a shape that is none',
      { inputs: [tensor({ shape: [-1, 30] })] },
      /shape must be \[rows\] or \[rows, columns\], got \[-1,30\]/,
    ],
    [
      'an unknown datatype',
      { inputs: [tensor({ datatype: 'FP8' })] },
      /datatype must be one of BOOL, .*got the string "FP8"/,
    ],
    ['a datatype of the prototype', { inputs: [tensor({ datatype: 'constructor' })] }, /datatype must be one of/],
    [
      'a datatype that JSON has no form for',
      { inputs: [tensor({ datatype: 'BF16' })] },
      /BF16 has no form in JSON; send it/,
    ],
    [
      'bytes that are not there',
      { inputs: [tensor({ data: undefined, parameters: { binary_data_size: 8 } })] },
      /binary_data_size is 8, but the body has 0 bytes left/,
    ],
    ['neither data nor bytes', { inputs: [tensor({ data: undefined })] }, /data must be an array, got nothing/],
    ['shared memory', { inputs: [tensor({ parameters: { shared_memory_region: 'x' } })] }, /no shared memory/],
    [
      'an integer that a double cannot hold',
      { inputs: [tensor({ shape: [1, 30], datatype: 'INT64', data: Array(30).fill(2 ** 53) })] },
      /element 0 is not INT64: 9007199254740992; send integers beyond 2\^53 - 1 as strings/,
    ],
    [
      'an integer beyond 64 bits',
      { inputs: [tensor({ shape: [1, 30], datatype: 'UINT64', data: Array(30).fill('18446744073709551616') })] },
      /element 0 is not UINT64: the string "18446744073709551616"/,
    ],
    [
      'classification',
      { inputs: [tensor()], outputs: [{ name: 'predict', parameters: { classification: 1 } }] },
      /output "predict": classification is for outputs that have a value for each class/,
    ],
    [
      'a parameter of another type',
      { inputs: [tensor()], parameters: { binary_data_output: 1 } },
      /the request: binary_data_output must be true or false, got 1/,
    ],
    [
      'an element of another type',
      { inputs: [tensor({ shape: [1, 30], data: first.map((v, c) => (c === 4 ? 'a' : v)) })] },
      /element 4 is not FP64: the string "a"/,
    ],
    [
      'an integer that is none',
      { inputs: [tensor({ shape: [1, 30], datatype: 'INT32', data: first })] },
      /element 0 is not INT32: \d+\.\d+/,
    ],
    [
      'BYTES for numbers',
      { inputs: [tensor({ shape: [1, 30], datatype: 'BYTES', data: Array(30).fill('1') })] },
      /input "input", row 0, column "mean radius": expected a number.*got the string "1"/,
    ],
    [
      'a null',
      { inputs: [tensor({ shape: [1, 30], data: [null, ...first.slice(1)] })] },
      /row 0, column "mean radius": expected a number.*got null/,
    ],
    [
      'an unknown output',
      { inputs: [tensor()], outputs: [{ name: 'x' }] },
      /outputs\[0\].name: expected one of predict, .*got the string "x"/,
    ],
    ['outputs that are no array', { inputs: [tensor()], outputs: 'predict' }, /outputs: expected an array/],
  ])('refuses %s', async (_, body, message) => {
    const { status, json } = await infer(body);
    expect(status).toBe(400);
    expect(json).toEqual({ error: expect.stringMatching(message) });
  });

  test('refuses more rows than may wait', async () => {
    const { status, json } = await infer({ inputs: [tensor({ shape: [51, 30], data: [] })] });
    expect([status, json]).toEqual([413, { error: 'input "input": 51 rows in one request; at most 50 are taken' }]);
  });

  test('refuses the binary extension by its media type, in the form of the protocol', async () => {
    const reply = await send(serving.base, `${MODEL}/infer`, {
      body: 'x',
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect([reply.status, Object.keys(reply.json as object)]).toEqual([415, ['error']]);
  });
});
