/** A model whose rows depend on each other: its requests are runs of their own, or it is not served. */
import { join } from 'node:path';
import { createEngine } from '../../../../lambda/inference/engine';
import { ServedModel } from '../../../../lambda/inference/serving/served-model';
import { type ModelPackage, writeModelPackage } from '../../../../lib/model/package/model-package';
import { GraphBuilder, serializeModel } from '../../../../lib/packaging/onnx';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { JSON_HEADERS, send } from '../http-client';
import { startServing, stopServings } from '../serving';

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});
afterEach(stopServings);

const ROWS = Array.from({ length: 40 }, (_, i) => [i * i]);
const SUM = ROWS.reduce((sum, [value]) => sum + value!, 0);

/** Adds the sum of all rows to each. */
function summing(batch?: 'whole'): ModelPackage {
  const graph = new GraphBuilder('sum');
  const x = graph.input('input', 'float64', 1);
  graph.output('predict', graph.sum(graph.add(x, graph.sum(x, 0, true)), 1, false), 1);
  return writeModelPackage(join(folder, batch ?? 'rows'), {
    manifest: {
      name: 'sum',
      signature: {
        columns: [{ name: 'x0', type: 'float64', missing: false }],
        namedColumns: false,
        inputs: [{ name: 'input', type: 'float64', columns: [0] }],
        outputs: [{ name: 'predict', type: 'float64', width: 1 }],
      },
      computeClass: 'scalar',
      ...(batch && { batch }),
      source: { file: 'sum.onnx', format: 'onnx', estimators: [], libraries: {}, sha256: 'b'.repeat(64), bytes: 1 },
      packedBy: '0.1.0',
    },
    model: serializeModel(graph.finish()),
    golden: {
      rows: { inputs: ROWS, predict: ROWS.map(([value]) => value! + SUM) },
      tolerance: { absolute: 1e-12, relative: 1e-9 },
    },
  });
}

async function served(package_: ModelPackage): Promise<{ base: string; model: ServedModel }> {
  const events: string[] = [];
  const model = new ServedModel(package_, {
    createEngine,
    threads: 1,
    queue: { rows: 10_000, bytes: 1e8, deadlineMs: 10_000 },
    observer: { waited: () => {}, ran: () => {} },
    log: (_, event) => events.push(event),
  });
  await model.load();
  return { base: (await startServing({ others: [model] })).base, model };
}

test('is not ready where a package of an older version says nothing of it, though its golden rows hold together', async () => {
  const { model } = await served(summing());
  expect(model.stage).toBe('golden rows differ');
  expect(model.differences[1]).toEqual({ row: 1, method: 'predict', expected: SUM + 1, got: 2 });
});

test('answers each request by its own rows, however many come at once', async () => {
  const { base, model } = await served(summing('whole'));
  expect(model.stage).toBe('ready');
  const ask = async (rows: number[][]) => {
    const inputs = [{ name: 'input', shape: [rows.length, 1], datatype: 'FP64', data: rows.flat() }];
    const reply = await send(base, '/v2/models/sum/infer', { body: { inputs }, headers: JSON_HEADERS });
    return (reply.json as { outputs: { data: number[] }[] }).outputs[0]!.data;
  };
  const requests = Array.from({ length: 60 }, (_, i) => Array.from({ length: 1 + (i % 7) }, (_, k) => [i * 10 + k]));
  const answers = await Promise.all(requests.map(ask));
  expect(answers).toEqual(
    requests.map((rows) => {
      const sum = rows.reduce((total, [value]) => total + value!, 0);
      return rows.map(([value]) => value! + sum);
    }),
  );
});
