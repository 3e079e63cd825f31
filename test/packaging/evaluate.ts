import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../lambda/inference/engine';
import type { ElementType } from '../../lib/model/rows/signature';
import type { Tensor } from '../../lib/model/rows/tensor';
import { GraphBuilder, serializeModel, type Value } from '../../lib/packaging/onnx';
import { temporaryFolder } from '../../testing/temporary-folder';

/**
 * What the engine makes of a graph of one input and one output.
 *
 * @param rows the input, shape `[rows, columns]`
 * @param width of the output, whose shape is `[rows]` for 1
 */
export async function evaluate(
  build: (graph: GraphBuilder, input: Value<'float64'>) => Value<ElementType>,
  rows: readonly (readonly number[])[],
  width = 1,
): Promise<Tensor> {
  const graph = new GraphBuilder('test');
  const columns = rows[0]!.length;
  graph.output('predict', build(graph, graph.input('input', 'float64', columns)), width);
  const folder = temporaryFolder();
  try {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, serializeModel(graph.finish()));
    const engine = await createEngine(path);
    try {
      const data = Float64Array.from(rows.flat());
      const inputs = { input: { type: 'float64', shape: [rows.length, columns], data } } as const;
      return (await engine.run(inputs, ['predict'])).predict!;
    } finally {
      await engine.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
