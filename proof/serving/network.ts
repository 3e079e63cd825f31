/** A model package of which one row takes some ten milliseconds: a network, whose weights nobody trained. */
import { sha256 } from '../../lib/model/formats/digest';
import { writeModelPackage } from '../../lib/model/package/model-package';
import { GraphBuilder, type Value } from '../../lib/packaging/onnx/graph';
import { serializeModel } from '../../lib/packaging/onnx/model';

const COLUMNS = 30;
/** Three products with matrices of this side: 12 million parameters, 96 MB. */
const SIDE = 2000;
const LAYERS = 3;

/** Small numbers of both signs, the same in every run (Park and Miller). */
function weights(length: number): Float64Array {
  let seed = 1;
  return Float64Array.from({ length }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return (seed / 2_147_483_647 - 0.5) / 16;
  });
}

/** Writes it into a folder. Nobody knows what it must answer, so it has no golden rows. */
export function writeNetwork(directory: string): void {
  const graph = new GraphBuilder('network');
  let value: Value<'float64'> = graph.input('input', 'float64', COLUMNS);
  for (let layer = 0, rows = COLUMNS; layer <= LAYERS; layer++, rows = SIDE) {
    value = graph.sigmoid(graph.matmul(value, graph.doubles(weights(rows * SIDE), [rows, SIDE])));
  }
  graph.output('predict', graph.sum(value, 1, false), 1);
  const positions = Array.from({ length: COLUMNS }, (_, i) => i);
  writeModelPackage(directory, {
    manifest: {
      name: 'network',
      signature: {
        columns: positions.map((i) => ({ name: `c${i}`, type: 'float64', missing: false })),
        namedColumns: false,
        inputs: [{ name: 'input', type: 'float64', columns: positions }],
        outputs: [{ name: 'predict', type: 'float64', width: 1 }],
      },
      computeClass: 'gemm',
      source: { file: 'none', sha256: sha256(''), bytes: 0, format: 'onnx', estimators: [], libraries: {} },
      packedBy: 'proof',
    },
    model: serializeModel(graph.finish()),
  });
}
