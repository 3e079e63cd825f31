/** What a person is told of a graph that somebody else made and that no engine runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from '../../../lib/packaging/conversion/prepare';
import { rawBytes } from '../../../lib/packaging/onnx/graph';
import { type OnnxNode, serializeModel } from '../../../lib/packaging/onnx/model';
import { errorOf } from '../../../testing/error-of';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { graphOf, integers, node } from '../../lambda/inference/engine/unbounded';

const folder = temporaryFolder();

async function told(onnx: Uint8Array): Promise<string> {
  const path = join(folder, 'foreign.onnx');
  writeFileSync(path, onnx);
  const error = await errorOf(prepare({ files: [path] }, () => {}));
  return `${error.code}: ${error.message}`;
}

const bytes = (values: readonly number[]) => rawBytes(Float64Array.from(values));

/** A tree whose root is its own child. */
const TREE: OnnxNode = {
  operator: 'TreeEnsemble',
  domain: 'ai.onnx.ml',
  inputs: ['x'],
  outputs: ['y'],
  attributes: {
    aggregate_function: 1,
    post_transform: 0,
    n_targets: 1,
    tree_roots: [0],
    nodes_featureids: [0],
    nodes_modes: { type: 'uint8', shape: [1], bytes: Uint8Array.of(0) },
    nodes_splits: { type: 'float64', shape: [1], bytes: bytes([0.5]) },
    nodes_truenodeids: [0],
    nodes_trueleafs: [0],
    nodes_falsenodeids: [1],
    nodes_falseleafs: [1],
    leaf_targetids: [0, 0],
    leaf_weights: { type: 'float64', shape: [2], bytes: bytes([1, 2]) },
  },
};

test.each([
  [
    'damage that the native engine finds is not told as of ONNX Runtime',
    serializeModel({
      name: 'tree',
      inputs: [{ name: 'x', type: 'float64', shape: [null, 4] }],
      outputs: [{ name: 'y', type: 'float64', shape: [null, 1] }],
      constants: [],
      nodes: [TREE],
    }),
    'E_FORMAT: foreign.onnx: is damaged, or contradicts itself: two ways lead to node 0 of the trees',
  ],
  [
    'what ONNX Runtime says when it loads a graph, without its sources',
    graphOf(
      [node('MatMul', ['x', 'w'], ['predict'])],
      [{ name: 'w', type: 'float64', shape: [3], bytes: bytes([1, 1, 1]) }],
    ),
    'E_UNSUPPORTED: foreign.onnx: ONNX Runtime does not run it: MatMul: Incompatible dimensions for matrix multiplication',
  ],
  [
    'what it says when it runs one',
    graphOf([node('Reshape', ['sum', 's'], ['r']), node('Sin', ['r'], ['predict'])], [integers('s', [7])]),
    /^E_UNSUPPORTED: foreign\.onnx: ONNX Runtime does not run it: its step Reshape( "[^"]*")? fails: The input tensor cannot be reshaped to the requested shape\. Input shape:\{1\}, requested shape:\{7\}$/,
  ],
  [
    'a graph without columns',
    serializeModel({
      name: 'zero',
      inputs: [{ name: 'x', type: 'float64', shape: [null, 0] }],
      outputs: [{ name: 'predict', type: 'float64', shape: [null] }],
      constants: [integers('columns', [1])],
      nodes: [node('ReduceSum', ['x', 'columns'], ['predict'], { keepdims: 0 })],
    }),
    'E_UNSUPPORTED: foreign.onnx: input "x" has no columns; a model of tables takes at least one',
  ],
  [
    'a part of a length below zero',
    // field 7, the graph, whose length is -1 as a varint of ten bytes
    Uint8Array.of(0x08, 10, 0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
    'E_FORMAT: foreign.onnx: is damaged or not an ONNX file: a part announces a length beyond what any file has',
  ],
])('%s', async (_, onnx, message) => {
  const text = await told(onnx);
  if (typeof message === 'string') expect(text).toBe(message);
  else expect(text).toMatch(message);
});
