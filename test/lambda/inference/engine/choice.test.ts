/** Which engine a model gets: by its graph, or by order. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../../../lambda/inference/engine';
import { GraphBuilder, serializeModel, type Value } from '../../../../lib/packaging/onnx';
import { temporaryFolder } from '../../../../testing/temporary-folder';

const folder = temporaryFolder();
const path = join(folder, 'model.onnx');

function write(columns: number, build: (graph: GraphBuilder, input: Value<'float64'>) => Value<'float64'>): void {
  const graph = new GraphBuilder('test');
  graph.output('predict', build(graph, graph.input('input', 'float64', columns)), 2);
  writeFileSync(path, serializeModel(graph.finish()));
}

const product = (columns: number) => (graph: GraphBuilder, input: Value<'float64'>) =>
  graph.matmul(input, graph.doubles(new Float64Array(columns * 2).fill(1), [columns, 2]));

const engineOf = async (engine: 'auto' | 'native' | 'onnxruntime') => {
  const made = await createEngine(path, { engine });
  await made.close();
  return made.name;
};

test('a small graph of operators that the native engine has is evaluated natively', async () => {
  write(30, product(30));
  expect(await engineOf('auto')).toMatch(/^native \d+$/);
  expect(await engineOf('native')).toMatch(/^native \d+$/);
  expect(await engineOf('onnxruntime')).toMatch(/^onnxruntime \d/);
});

test.each([
  [
    'an operator that the native engine lacks',
    2,
    (graph: GraphBuilder, input: Value<'float64'>) => graph.topK(input, 2, 'largest')[0],
    'it has the operator TopK',
  ],
  [
    'a graph that works across rows',
    2,
    (graph: GraphBuilder, input: Value<'float64'>) => graph.add(input, graph.sum(input, 0, true)),
    'ReduceSum works across rows',
  ],
])('%s is left to ONNX Runtime', async (_, columns, build, reason) => {
  write(columns, build);
  expect(await engineOf('auto')).toMatch(/^onnxruntime \d/);
  await expect(engineOf('native')).rejects.toMatchObject({
    code: 'E_PACKAGE',
    message: `${path}: the native engine does not evaluate it: ${reason}; choose the engine auto or onnxruntime`,
  });
});

test('a graph whose arithmetic is faster in ONNX Runtime is left to it, unless the native engine is asked for', async () => {
  write(2000, product(2000));
  expect(await engineOf('auto')).toMatch(/^onnxruntime \d/);
  expect(await engineOf('native')).toMatch(/^native \d/);
});

test('a GPU is asked for by order alone, and what is missing for it is said', async () => {
  write(30, product(30));
  // the npm package has no library for GPUs, so that it is missing on any machine
  await expect(createEngine(path, { engine: 'cuda' })).rejects.toMatchObject({
    code: 'E_PLATFORM',
    message: expect.stringMatching(
      /cannot use a GPU here .* NVIDIA GPU with its driver, CUDA 13, .*choose the engine auto$/,
    ),
  });
});
