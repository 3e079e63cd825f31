import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '../../../lambda/inference/engine';
import { SlipwayError } from '../../../lib/model/error';
import { DATA_TYPE } from '../../../lib/model/formats/onnx-fields';
import { replayGolden } from '../../../lib/model/package/golden-replay';
import { ProtobufWriter } from '../../../lib/packaging/onnx/protobuf';
import { importOnnx } from '../../../lib/packaging/onnx-import/import';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { expectedAnswers, fixtureBytes } from '../fixtures';

const TOLERANCE = { absolute: 1e-6, relative: 1e-6 }; // the files compute in float32, scikit-learn did in float64
const imported = (name: string) => importOnnx(`${name}.onnx`, fixtureBytes('inputs', `${name}.onnx`));
let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});

test.each([
  ['zipmap-int', ['predict', 'predict_proba'], [0, 1]],
  ['zipmap-string', ['predict', 'predict_proba'], ['high', 'low', 'médium']],
  ['zipmap-forest', ['predict', 'predict_proba'], [0, 1, 2]],
  ['zipmap-columns', ['predict', 'predict_proba'], [0, 1]],
  ['plain', ['predict', 'predict_proba'], [0, 1]],
  ['double', ['predict', 'predict_proba'], [0, 1]],
  ['mixed', ['predict', 'predict_proba'], [0, 1]],
  ['regressor', ['predict'], undefined],
])('%s.onnx answers as scikit-learn did, in plain tensors', async (name, outputs, classes) => {
  const { onnx, signature } = imported(name);
  expect(signature.outputs.map((output) => output.name)).toEqual(outputs);
  expect(signature.classes).toEqual(classes);
  const path = join(folder, `${name}.onnx`);
  writeFileSync(path, onnx);
  const engine = await createEngine(path);
  try {
    const replay = await replayGolden(expectedAnswers('inputs')[name]!, signature, TOLERANCE, (rows, methods) =>
      engine.run(rows, methods),
    );
    expect(replay.differences).toEqual([]);
  } finally {
    await engine.close();
  }
});

test('keeps the types of the columns, and their names where each is an input of its own', () => {
  const { signature, estimators, libraries } = imported('mixed');
  expect(signature.columns).toEqual([
    { name: 'age', type: 'float32', missing: false },
    { name: 'visits', type: 'int64', missing: false },
    { name: 'plan', type: 'string', missing: false },
  ]);
  expect(signature.namedColumns).toBe(true);
  expect(estimators).toContain('ai.onnx.ml.OneHotEncoder');
  expect(libraries).toEqual({ skl2onnx: '1.17.0', onnx: 'opset 13' });
  expect(imported('double').signature.columns.map(({ name, type }) => [name, type])).toEqual(
    ['x0', 'x1', 'x2', 'x3'].map((name) => [name, 'float64']),
  );
});

interface Parts {
  inputs?: [name: string, type: number, shape: (number | null)[]][];
  outputs?: [name: string, type: number, shape: (number | null)[]][];
  domain?: string;
  external?: boolean;
}

/** A model of one node, as an exporter that we do not know could write it. */
function model({
  inputs = [['X', 1, [null, 2]]],
  outputs = [['y', 1, [null, 2]]],
  domain = '',
  external,
}: Parts): Buffer {
  const value = (writer: ProtobufWriter, name: string, type: number, shape: (number | null)[]) => {
    writer.text(1, name);
    writer.message(2, (outer) =>
      outer.message(1, (tensor) => {
        tensor.integer(1, type);
        tensor.message(2, (axes) => {
          for (const axis of shape) axes.message(1, (one) => axis !== null && one.integer(1, axis));
        });
      }),
    );
  };
  const writer = new ProtobufWriter();
  writer.integer(1, 8);
  writer.message(7, (graph) => {
    graph.message(1, (node) => {
      node.text(1, 'X');
      node.text(2, 'y');
      node.text(4, 'Identity');
      if (domain) node.text(7, domain);
      if (external) {
        node.message(5, (attribute) =>
          attribute.message(5, (tensor) => {
            tensor.message(13, (entry) => entry.text(2, '/etc/passwd'));
            tensor.integer(14, 1);
          }),
        );
      }
    });
    for (const [name, type, shape] of inputs) graph.message(11, (input) => value(input, name, type, shape));
    for (const [name, type, shape] of outputs) graph.message(12, (output) => value(output, name, type, shape));
  });
  writer.message(8, (set) => set.integer(2, 17));
  return Buffer.from(writer.finish());
}

const FLOAT = DATA_TYPE.float32;

test.each<[string, Parts, string]>([
  [
    'an input of a type without a word',
    { inputs: [['X', 10, [null, 2]]] },
    'input "X" is a tensor of type 10; tensors of',
  ],
  [
    'an image',
    { inputs: [['X', FLOAT, [null, 3, 8, 8]]] },
    'input "X" has 4 axes; a model of tables takes [rows, columns]',
  ],
  [
    'a fixed number of rows',
    { inputs: [['X', FLOAT, [1, 2]]] },
    'input "X" takes exactly 1 rows; export the model with',
  ],
  ['an unknown number of columns', { inputs: [['X', FLOAT, [null, null]]] }, 'does not say how many columns it takes'],
  ['an operator of another library', { domain: 'ai.acme' }, 'uses the operator ai.acme.Identity, which ONNX Runtime'],
  ['data in another file', { external: true }, 'keeps some of its data in other files; save it in one'],
  [
    'outputs that cannot be told apart',
    {
      outputs: [
        ['a', FLOAT, [null, 2]],
        ['b', FLOAT, [null, 2]],
      ],
    },
    'has the outputs "a" (a tensor of float32), "b" (a tensor of float32), and which of them is the prediction',
  ],
])('refuses %s', (_name, parts, message) => {
  expect(() => importOnnx('model.onnx', model(parts))).toThrow(
    expect.objectContaining({
      code: 'E_UNSUPPORTED',
      message: expect.stringMatching(/^model\.onnx: /),
    }),
  );
  expect(() => importOnnx('model.onnx', model(parts))).toThrow(message);
});

test('takes the number of columns from the rows that it is given', () => {
  const { signature } = importOnnx('model.onnx', model({ inputs: [['X', FLOAT, [null, null]]] }), 2);
  expect(signature.columns).toHaveLength(2);
  expect(signature.outputs).toEqual([{ name: 'predict', type: 'float32', width: 2 }]);
});

test('gives our own error for every cut and for every flipped bit', () => {
  const bytes = fixtureBytes('inputs', 'mixed.onnx');
  const attempt = (damaged: Buffer) => {
    try {
      importOnnx('model.onnx', damaged);
    } catch (error) {
      if (!SlipwayError.is(error)) throw error;
      expect(error.code).toMatch(/^E_(FORMAT|LIMIT|UNSUPPORTED)$/);
    }
  };
  for (let at = 0; at < bytes.length; at++) {
    attempt(bytes.subarray(0, at));
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << (at % 8);
    attempt(flipped);
  }
});
