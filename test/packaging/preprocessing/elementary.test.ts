import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../../../lambda/inference/engine';
import type { Method } from '../../../lib/model/signature';
import { GraphBuilder, serializeModel } from '../../../lib/packaging/onnx';
import { expm1, log1p } from '../../../lib/packaging/sklearn/elementary';

async function evaluate(build: typeof log1p, points: readonly number[]): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
  try {
    const graph = new GraphBuilder('elementary');
    graph.output('predict', build(graph, graph.input('input', 'float64', 2)), 2);
    writeFileSync(join(folder, 'm.onnx'), serializeModel(graph.finish()));
    const engine = await createEngine(join(folder, 'm.onnx'));
    const data = Float64Array.from(points.flatMap((point) => [point, -point]));
    const outputs = await engine.run({ input: { type: 'float64', shape: [points.length, 2], data } }, [
      'predict' satisfies Method,
    ]);
    await engine.close();
    return Array.from(outputs.predict!.data as Float64Array);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const POINTS = [
  ...[0, 5e-324, 1e-300, 1e-17, 1e-16, 2.3e-16, 1e-12, 1e-9, 1.5e-9, 1e-8, 1e-5, 1e-3, 0.1, 0.5, 0.69, 0.999999, 1],
  ...[1.0000001, 2, 10, 700, 709, 1e10, 1e300],
];

it.each([
  ['log1p', log1p, Math.log1p],
  ['expm1', expm1, Math.expm1],
] as const)('%s keeps the last digits, near 0 and far from it', async (_name, build, exact) => {
  const got = await evaluate(build, POINTS);
  POINTS.flatMap((point) => [point, -point]).forEach((x, i) => {
    const expected = exact(x);
    if (!Number.isFinite(expected)) expect([x, got[i]]).toEqual([x, expected]);
    else expect(Math.abs(got[i]! - expected)).toBeLessThanOrEqual(4e-15 * Math.abs(expected));
  });
});
