/** A mistake of a client is never told as a fault of ours: no body gives a 5xx, nor do values that a foreign graph cannot take. */
import { writeFileSync } from 'node:fs';
import * as http from 'node:http';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { createEngine, type Engine } from '../../../lambda/inference/engine';
import type { Signature } from '../../../lib/model/rows/signature';
import { type OnnxGraph, rawBytes, serializeModel } from '../../../lib/packaging/onnx';
import { documents } from '../../../testing/hostile/request-bodies';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { runs } from '../../runs';
import { send } from './http-client';
import { modelPackage, rows, type Serving, startServing, stopServings } from './serving';

jest.setTimeout(120_000);

const folder = temporaryFolder();
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
afterAll(async () => {
  agent.destroy();
  await stopServings();
});

const names = modelPackage.manifest.signature.columns.map(({ name }) => name);

test('no generated document of any protocol gives a 5xx', async () => {
  const serving = await startServing();
  await fc.assert(
    fc.asyncProperty(documents(rows, names), async ({ path, type, body }) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const { status } = await send(serving.base, path, { method: 'POST', body, agent, headers });
      expect(status).toBeLessThan(500);
    }),
    { numRuns: runs(1500) },
  );
  expect(serving.events.filter(({ level }) => level === 'error')).toEqual([]);
});

test.each<[string, object]>([
  ['a deeply nested shape', { shape: nested(5000) }],
  ['deeply nested data beside a shape of one axis', { shape: [1], data: nested(9000) }],
  ['an object that cannot be made a number', { data: [[{ toString: 1, valueOf: 2 }]], shape: [1, 30] }],
  ['an object in flat data', { data: Array(30).fill({ toString: null }), shape: [1, 30], datatype: 'INT64' }],
  ['an object as a shape', { shape: [{ toString: 1 }, 30] }],
])('a tensor with %s is refused with the reason', async (_, parts) => {
  const serving = await startServing();
  const tensor = { name: 'input', datatype: 'FP64', shape: [1, 30], data: rows[0], ...parts };
  const text = JSON.stringify({ inputs: [tensor] }).replace(/"(\[+\]+)"/, '$1');
  const { status, json } = await send(serving.base, '/v2/models/breast-cancer/infer', { body: text });
  expect(status).toBe(400);
  expect((json as { error: string }).error).toMatch(/^input "input": /);
});

/** As text, which no JSON.stringify would have to go through. */
function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

const whole = (name: string, values: readonly number[]) => ({
  name,
  type: 'int64' as const,
  shape: [values.length],
  bytes: rawBytes(BigInt64Array.from(values, BigInt)),
});
const step = (operator: string, inputs: readonly string[], output: string, attributes = {}) => ({
  operator,
  domain: '' as const,
  inputs,
  outputs: [output],
  attributes,
});
const toWhole = step('Cast', ['x'], 'i', { to: 7 });

/** Graphs as other exporters make them, of which not every value has an answer: [row] -> [row]. */
const FOREIGN: Readonly<Record<string, Pick<OnnxGraph, 'nodes' | 'constants'>>> = {
  'looks up in a table': {
    nodes: [toWhole, step('Gather', ['table', 'i'], 'predict')],
    constants: [whole('table', [10, 20])],
  },
  'divides whole numbers': {
    nodes: [toWhole, step('Div', ['seven', 'i'], 'predict')],
    constants: [whole('seven', [7])],
  },
};

async function startForeign(graph: string, engine: 'auto' | 'onnxruntime'): Promise<Serving> {
  const file = join(folder, `${graph} ${engine}.onnx`);
  const inputs = [{ name: 'x', type: 'float64' as const, shape: [null, 1] }];
  const outputs = [{ name: 'predict', type: 'int64' as const, shape: [null, 1] }];
  writeFileSync(file, serializeModel({ name: 'foreign', inputs, outputs, ...FOREIGN[graph]! }));
  const { golden: _golden, manifest, ...rest } = modelPackage;
  const { golden: _tolerance, ...others } = manifest;
  const signature: Signature = {
    columns: [{ name: 'x', type: 'float64', missing: true }],
    namedColumns: true,
    inputs: [{ name: 'x', type: 'float64', columns: [0] }],
    outputs: [{ name: 'predict', type: 'int64', width: 1 }],
  };
  const foreign = await createEngine(file, { engine });
  const wrap = (): Engine => foreign;
  return startServing({ package_: { ...rest, manifest: { ...others, signature } }, wrap });
}

test.each([
  ['looks up in a table', 'auto', 1, 7, /indices that the model has, got 7/],
  ['looks up in a table', 'onnxruntime', 1, 7, /indices that the model has, got 7/],
  ['divides whole numbers', 'auto', 2, 0, /in its step Div, got values for which it says: Integer division by zero/],
] as const)('a graph that %s (%s)', async (graph, engine, right, wrong, reason) => {
  const serving = await startForeign(graph, engine);
  const post = (value: number | null) => send(serving.base, '/predict', { body: [[value]], agent });
  expect((await post(right)).status).toBe(200);
  const refused = await post(wrong);
  expect(refused.status).toBe(422);
  expect((refused.json as { detail: string }).detail).toMatch(reason);
  const infer = { inputs: [{ name: 'x', shape: [1], datatype: 'FP64', data: [wrong] }] };
  expect((await send(serving.base, `/v2/models/${serving.model.name}/infer`, { body: infer })).status).toBe(400);
  await fc.assert(
    fc.asyncProperty(fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })), async (value) => {
      expect([200, 422]).toContain((await post(value)).status);
    }),
    { numRuns: runs(100) },
  );
  expect((await post(right)).status).toBe(200);
  expect(serving.events.filter(({ level }) => level === 'error')).toEqual([]);
});
