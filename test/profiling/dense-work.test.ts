import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Signature } from '../../lib/model/rows/signature';
import { type OnnxGraph, serializeModel } from '../../lib/packaging/onnx';
import { denseWork } from '../../lib/profiling/dense-work';
import { temporaryFolder } from '../../testing/temporary-folder';

const folder = temporaryFolder();

type Node = OnnxGraph['nodes'][number];

const COLUMNS = 16;
const signature: Signature = {
  columns: Array.from({ length: COLUMNS }, (_, i) => ({ name: `x${i}`, type: 'float32', missing: false })),
  namedColumns: false,
  inputs: [{ name: 'X', type: 'float32', columns: Array.from({ length: COLUMNS }, (_, i) => i) }],
  outputs: [{ name: 'predict', type: 'float32', width: 1 }],
};

const node = (operator: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): Node => ({
  domain: '',
  operator,
  inputs,
  outputs: [output],
  attributes,
});

const weights = (name: string, ...shape: number[]): OnnxGraph['constants'][number] => {
  const length = shape.reduce((product, side) => product * side, 1);
  return { name, type: 'float32', shape, bytes: new Uint8Array(Float32Array.from({ length }, () => 0.5).buffer) };
};

const integers = (name: string, values: number[]): OnnxGraph['constants'][number] => ({
  name,
  type: 'int64',
  shape: [values.length],
  bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});

let count = 0;
function work(nodes: Node[], constants: OnnxGraph['constants']) {
  const path = join(folder, `${count++}.onnx`);
  const inputs = [{ name: 'X', type: 'float32' as const, shape: [null, COLUMNS] }];
  const outputs = [{ name: 'predict', type: 'float32' as const, shape: [null] }];
  writeFileSync(path, serializeModel({ name: 'model', inputs, outputs, constants, nodes }));
  return denseWork(
    path,
    signature,
    Array.from({ length: COLUMNS }, (_, i) => i / 10),
    folder,
  );
}

const flat = (from: string) => node('Reshape', [from, 'flat'], 'predict');
const FLAT = integers('flat', [-1]);

test('of two matrix products and a Gemm with transposed weights', async () => {
  const found = await work(
    [
      node('MatMul', ['X', 'a'], 'hidden'),
      node('Relu', ['hidden'], 'active'),
      node('Gemm', ['active', 'b', 'c'], 'second', { transB: 1 }),
      node('MatMul', ['second', 'd'], 'last'),
      flat('last'),
    ],
    [weights('a', COLUMNS, 32), weights('b', 8, 32), weights('c', 8), weights('d', 8, 1), FLAT],
  );
  expect(found).toEqual({
    precision: 'float32',
    operationsPerRow: 2 * (16 * 32 + 32 * 8 + 8 * 1),
    parameterBytes: 4 * (16 * 32 + 8 * 32 + 8 + 8),
    activationBytesPerRow: 4 * (32 + 8 + 1),
    nodes: 5,
  });
});

test('of a product of two results, as in attention: no parameters, but work', async () => {
  const found = await work(
    [
      node('Reshape', ['X', 'square'], 'q'), // [1, 4, 4]
      node('MatMul', ['q', 'w'], 'k'), // 4 x 4 by 4 x 4
      node('MatMul', ['q', 'k'], 'scores'), // 4 x 4 by 4 x 4
      node('Softmax', ['scores'], 'shares', { axis: -1 }),
      node('ReduceMax', ['shares', 'axes'], 'most', { keepdims: 0 }),
      flat('most'),
    ],
    [integers('square', [-1, 4, 4]), weights('w', 4, 4), integers('axes', [1, 2]), FLAT],
  );
  expect(found).toMatchObject({ operationsPerRow: 2 * (64 + 64), parameterBytes: 64, activationBytesPerRow: 128 });
});

/**
 * X to float16, two products of float16 with 16 x 2 and 2 x 1 parameters, and back: onnx.helper.make_model(...), since our
 * own writer has no float16.
 */
const HALF =
  'CAgSADqUAgoXCgFYEgF4IgRDYXN0KgkKAnRvGAqgAQIKEQoBeAoBYRIBaCIGTWF0TXVsChEKAWgKAWISAXkiBk1hdE11bAoXCgF5EgF6IgRDYXN0KgkKAnRvGAGgAQIKGwoBegoEZmxhdBIHcHJlZGljdCIHUmVzaGFwZRIBZypLCBAIAhAKQgFhSkAAPAA8ADwAPAA8ADwAPAA8ADwAPAA8ADwAPAA8ADwAPAA8ADwAPAA8ADwAPAA8ADwAPAA8ADwAPAA8ADwAPAA8Kg8IAggBEApCAWJKBAA8ADwqFAgBEAdCBGZsYXRKCP//////////WhEKAVgSDAoKCAESBgoACgIIEGITCgdwcmVkaWN0EggKBggBEgIKAEIECgAQEQ==';

test('in float16, which the engine computes with but does not give out', async () => {
  const path = join(folder, 'half.onnx');
  writeFileSync(path, Buffer.from(HALF, 'base64'));
  expect(await denseWork(path, signature, new Array(COLUMNS).fill(0.5), folder)).toEqual({
    precision: 'float16',
    operationsPerRow: 2 * (16 * 2 + 2),
    parameterBytes: 2 * (16 * 2 + 2),
    activationBytesPerRow: 2 * (2 + 1),
    nodes: 3,
  });
});

test('of a convolution: the filter at every place', async () => {
  const found = await work(
    [
      node('Reshape', ['X', 'image'], 'pixels'), // [1, 1, 4, 4]
      node('Conv', ['pixels', 'filter'], 'maps'), // [1, 2, 2, 2] with 3 x 3 filters
      node('ReduceMax', ['maps', 'axes'], 'most', { keepdims: 0 }),
      flat('most'),
    ],
    [integers('image', [-1, 1, 4, 4]), weights('filter', 2, 1, 3, 3), integers('axes', [1, 2, 3]), FLAT],
  );
  expect(found).toMatchObject({ operationsPerRow: 2 * 8 * 9, parameterBytes: 4 * 18, activationBytesPerRow: 32 });
});

test('a model without products of constants has none', async () => {
  const nodes = [node('ReduceMax', ['X', 'axes'], 'most', { keepdims: 0 }), flat('most')];
  expect(await work(nodes, [integers('axes', [1]), FLAT])).toBeUndefined();
});
