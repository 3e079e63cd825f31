/** The binary tensor extension over HTTP; `npm run proof:clients` speaks it with Triton's own client. */
import * as zlib from 'node:zlib';
import {
  type Datatype,
  readElements,
  tensorBytes,
} from '../../../../lambda/inference/protocols/open-inference/datatypes';
import { type Reply, send } from '../http-client';
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

const LENGTH = 'inference-header-content-length';
const PATH = '/v2/models/breast-cancer/infer';
const bytes = Buffer.from(Float64Array.from(rows.flat()).buffer);
const tensor = (over: object = {}) => ({
  name: 'input',
  shape: [rows.length, 30],
  datatype: 'FP64',
  parameters: { binary_data_size: bytes.length },
  ...over,
});

function post(document: object, tensors: readonly Buffer[] = [bytes], headers: object = {}): Promise<Reply> {
  const json = Buffer.from(JSON.stringify(document));
  const type = { 'content-type': 'application/octet-stream', [LENGTH]: json.length };
  return send(serving.base, PATH, { body: Buffer.concat([json, ...tensors]), headers: { ...type, ...headers } });
}

interface Output {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data?: readonly unknown[];
  readonly parameters?: { readonly binary_data_size: number };
}

const elementsOf = (datatype: Datatype, bytes: Buffer, count: number) =>
  readElements(datatype, bytes, count).slice(0, count);

/** Elements of each output, from the JSON or from the bytes behind it. */
function outputsOf(reply: Reply): Record<string, readonly unknown[]> {
  expect(reply.status).toBe(200);
  const length = reply.headers[LENGTH] === undefined ? reply.bytes.length : Number(reply.headers[LENGTH]);
  let rest = reply.bytes.subarray(length);
  const { outputs } = JSON.parse(reply.bytes.subarray(0, length).toString()) as { outputs: readonly Output[] };
  const elements = Object.fromEntries(
    outputs.map(({ name, datatype, shape, data, parameters }) => {
      if (!parameters) return [name, data!];
      const taken = rest.subarray(0, parameters.binary_data_size);
      rest = rest.subarray(taken.length);
      return [
        name,
        elementsOf(
          datatype,
          taken,
          shape.reduce((product, size) => product * size, 1),
        ),
      ];
    }),
  );
  expect(rest).toHaveLength(0);
  return elements;
}

function expectRight(outputs: Record<string, readonly unknown[]>): void {
  expect(outputs.predict).toEqual(labels);
  const flat = outputs.predict_proba as readonly number[];
  expectNear(
    rows.map((_, r) => flat.slice(2 * r, 2 * r + 2)),
    probabilities,
  );
}

test('bytes in, JSON out', async () => {
  const reply = await post({ inputs: [tensor()] });
  expect(reply.headers['content-type']).toBe('application/json');
  expectRight(outputsOf(reply));
});

test('bytes in, bytes out, also compressed', async () => {
  const document = { id: '7', parameters: { binary_data_output: true }, inputs: [tensor()] };
  const reply = await post(document);
  expect(reply.headers['content-type']).toBe('application/octet-stream');
  expectRight(outputsOf(reply));
  expect(reply.text).toContain('"id":"7"');
  const json = Buffer.from(JSON.stringify(document));
  const packed = await send(serving.base, PATH, {
    body: zlib.gzipSync(Buffer.concat([json, bytes])),
    headers: { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip', [LENGTH]: json.length },
  });
  expectRight(outputsOf(packed));
});

test('JSON in, bytes out where they are asked for', async () => {
  const { parameters: _, ...input } = tensor({ data: rows });
  const document = {
    inputs: [input],
    parameters: { binary_data_output: true },
    outputs: [{ name: 'predict_proba' }, { name: 'predict', parameters: { binary_data: false } }],
  };
  const reply = await send(serving.base, PATH, { body: document });
  expect(reply.text).toContain('"name":"predict","datatype":"INT64"');
  expect(reply.headers[LENGTH]).toBeDefined();
  expectRight(outputsOf(reply));
});

test('the bytes of the only tensor alone', async () => {
  const reply = await send(serving.base, PATH, {
    body: bytes,
    headers: { [LENGTH]: 0, 'content-type': 'application/octet-stream' },
  });
  expect(reply.headers['content-type']).toBe('application/octet-stream');
  expectRight(outputsOf(reply));
});

test('one tensor of bytes for each column, in any order', async () => {
  const columns = modelPackage.manifest.signature.columns
    .map(({ name }, c) => ({ name, values: rows.map((row) => row[c]!) }))
    .reverse();
  const parameters = { binary_data_size: rows.length * 8 };
  const inputs = columns.map(({ name }) => ({ name, shape: [rows.length, 1], datatype: 'FP64', parameters }));
  expectRight(
    outputsOf(
      await post(
        { inputs },
        columns.map(({ values }) => Buffer.from(Float64Array.from(values).buffer)),
      ),
    ),
  );
});

test.each<[string, object, readonly Buffer[], RegExp, object?]>([
  [
    'fewer bytes than the shape needs',
    tensor({ shape: [rows.length + 1, 30] }),
    [bytes],
    /elements of FP64 are \d+ bytes, got/,
  ],
  [
    'a size beyond the body',
    tensor({ parameters: { binary_data_size: bytes.length + 1 } }),
    [bytes],
    /but the body has \d+ bytes left/,
  ],
  [
    'a size that is none',
    tensor({ parameters: { binary_data_size: -1 } }),
    [bytes],
    /binary_data_size must be a number of bytes, got -1/,
  ],
  ['data and bytes', tensor({ data: [] }), [bytes], /both data and binary_data_size/],
  ['bytes that no tensor takes', tensor(), [bytes, Buffer.alloc(3)], /3 bytes of the body belong to no tensor/],
  ['a length beyond the body', tensor(), [], /is 1000000, but the body has/, { [LENGTH]: 1_000_000 }],
  ['a length that is none', tensor(), [bytes], /must be a whole number of bytes, got "-1"/, { [LENGTH]: '-1' }],
  [
    'a NaN where no value may be missing',
    tensor({ shape: [1, 30], parameters: { binary_data_size: 240 } }),
    [Buffer.from(new Float64Array(30).fill(Number.NaN).buffer)],
    /row 0, column "mean radius": expected a number.*got null/,
  ],
  [
    'a byte that is no BOOL',
    tensor({ datatype: 'BOOL', shape: [1, 30], parameters: { binary_data_size: 30 } }),
    [Buffer.alloc(30, 2)],
    /a BOOL is one byte, 0 or 1, got 2/,
  ],
  [
    'text that is cut short',
    tensor({ datatype: 'BYTES', shape: [1, 30], parameters: { binary_data_size: 5 } }),
    [Buffer.from([9, 0, 0, 0, 65])],
    /element 0 is longer than the tensor/,
  ],
  [
    'text that is not UTF-8',
    tensor({ datatype: 'BYTES', shape: [1, 30], parameters: { binary_data_size: 5 } }),
    [Buffer.from([1, 0, 0, 0, 255])],
    /text must be UTF-8/,
  ],
  [
    'fewer texts than the shape has',
    tensor({ datatype: 'BYTES', shape: [1, 30], parameters: { binary_data_size: 4 } }),
    [Buffer.alloc(4)],
    /the shape has 30 elements, but the bytes hold 1/,
  ],
])('%s is a 400 in the form of the protocol', async (_, input, tensors, message, headers = {}) => {
  const reply = await post({ inputs: [input] }, tensors, headers);
  expect([reply.status, reply.json]).toEqual([400, { error: expect.stringMatching(message) }]);
});

test('more rows than may wait, and bytes that are no whole rows', async () => {
  const raw = (body: Buffer) => send(serving.base, PATH, { body, headers: { [LENGTH]: 0 } });
  expect((await raw(Buffer.alloc(51 * 240))).status).toBe(413);
  expect((await raw(Buffer.alloc(241))).json).toEqual({
    error: 'input "input": a row of 30 FP64 is 240 bytes, and 241 are no whole number of rows',
  });
});

const buffer = (values: ArrayBufferView) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);

test.each<[Datatype, Buffer, readonly unknown[]]>([
  ['BOOL', Buffer.from([0, 1]), [false, true]],
  ['UINT8', Buffer.from([0, 255]), [0, 255]],
  ['UINT16', buffer(Uint16Array.of(1, 65535)), [1, 65535]],
  ['UINT32', buffer(Uint32Array.of(1, 4294967295)), [1, 4294967295]],
  ['UINT64', buffer(BigUint64Array.of(1n, 18446744073709551615n)), [1, 18446744073709551615n]],
  ['INT8', buffer(Int8Array.of(-128, 127)), [-128, 127]],
  ['INT16', buffer(Int16Array.of(-32768, 7)), [-32768, 7]],
  ['INT32', buffer(Int32Array.of(-2147483648, 7)), [-2147483648, 7]],
  ['INT64', buffer(BigInt64Array.of(-9007199254740991n, -9007199254740993n)), [-9007199254740991, -9007199254740993n]],
  // 1, -2, 65504, 2^-24, 2^-14, infinity, NaN: IEEE 754 binary16
  [
    'FP16',
    buffer(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 1, 0x0400, 0x7c00, 0x7e00)),
    [1, -2, 65504, 2 ** -24, 2 ** -14, Number.POSITIVE_INFINITY, null],
  ],
  ['BF16', buffer(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x7fc0)), [1, -2, Number.POSITIVE_INFINITY, null]],
  ['FP32', buffer(Float32Array.of(0.1, Number.NaN)), [Math.fround(0.1), null]],
  ['FP64', buffer(Float64Array.of(0.1, Number.NaN)), [0.1, null]],
  ['BYTES', Buffer.from([2, 0, 0, 0, 0xc3, 0xa9, 0, 0, 0, 0]), ['é', '']],
])('%s is read from its bytes, wherever they begin', (datatype, data, expected) => {
  const shifted = Buffer.concat([Buffer.alloc(3), data]).subarray(3);
  expect(elementsOf(datatype, shifted, expected.length)).toEqual(expected);
  const elements = readElements(datatype, shifted, expected.length);
  expect([...elements.slice(0, 1), ...elements.slice(1, expected.length)]).toEqual(expected);
});

test('text is written as it is read', () => {
  const data = ['é', '', 'Oslo'];
  expect(elementsOf('BYTES', tensorBytes({ type: 'string', shape: [3], data }), 3)).toEqual(data);
});
