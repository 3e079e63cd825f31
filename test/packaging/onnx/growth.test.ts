/** Graphs of somebody else that make much out of nothing are refused before anything is allocated or run. */
import { importOnnx } from '../../../lib/packaging/onnx-import/import';
import { endless, graphOf, integers, large, node } from '../../lambda/inference/engine/unbounded';

const zeros = (shape: string, output = 'z') =>
  node('ConstantOfShape', [shape], [output], { value: { type: 'float64', shape: [1], bytes: new Uint8Array(8) } });
/** What was made is added up, and to the answer. */
const answer = (made = 'z') => [
  node('ReduceSum', [made], ['total'], { keepdims: 0 }),
  node('Add', ['sum', 'total'], ['predict']),
];
const doublings = Array.from({ length: 40 }, (_, i) => node('Concat', [`z${i}`, `z${i}`], [`z${i + 1}`], { axis: 0 }));
const turns = (count: number, scan: number) =>
  graphOf(
    [
      node('Loop', ['count', 'yes', 'sum'], ['predict', 'gathered'], {
        body: {
          name: 'body',
          inputs: [
            { name: 'turn', type: 'int64', shape: [] },
            { name: 'goes', type: 'bool', shape: [] },
            { name: 'before', type: 'float64', shape: [null] },
          ],
          outputs: [
            { name: 'goes_on', type: 'bool', shape: [] },
            { name: 'after', type: 'float64', shape: [null] },
            { name: 'row', type: 'float64', shape: [scan] },
          ],
          constants: [integers('width', [scan])],
          nodes: [
            node('Identity', ['goes'], ['goes_on']),
            node('Identity', ['before'], ['after']),
            zeros('width', 'row'),
          ],
        },
      }),
    ],
    [integers('count', [count], []), { name: 'yes', type: 'bool', shape: [], bytes: Uint8Array.of(1) }],
  );

test.each([
  ['a constant', large(8192), /makes a tensor of 8192 x 131072 elements, 8192 MiB \(ConstantOfShape, "zeros"\)/],
  [
    'a value for each row',
    graphOf(
      [node('Unsqueeze', ['sum', 'columns'], ['u']), node('Expand', ['x', 's'], ['z']), ...answer()],
      [integers('s', [1, 2 ** 30, 4])],
    ),
    /makes a tensor of 1 x 1073741824 x 4 elements, 32768 MiB for one row \(Expand, "z"\)/,
  ],
  [
    'a tile',
    graphOf([node('Tile', ['x', 's'], ['z']), ...answer()], [integers('s', [1, 2 ** 30])]),
    /rows x 4294967296 elements, 32768 MiB for one row \(Tile/,
  ],
  [
    'a shape that is computed',
    graphOf([node('Mul', ['s', 's'], ['t']), zeros('t'), ...answer()], [integers('s', [2 ** 10, 2 ** 9])]),
    /makes a tensor of 1048576 x 262144 elements, 2097152 MiB \(ConstantOfShape/,
  ],
  [
    'doubling',
    graphOf([zeros('s', 'z0'), ...doublings, ...answer('z40')], [integers('s', [1024])]),
    /MiB \(Concat, "z18"\)|constants that it does not hold/,
  ],
  [
    'an outer product',
    graphOf(
      [zeros('s', 'a'), zeros('t', 'b'), node('MatMul', ['a', 'b'], ['z']), ...answer()],
      [integers('s', [2 ** 17, 1]), integers('t', [1, 2 ** 17])],
    ),
    /131072 x 131072 elements, 131072 MiB \(MatMul/,
  ],
  [
    'a range',
    graphOf(
      [node('Range', ['from', 'to', 'by'], ['r']), node('Cast', ['r'], ['z'], { to: 11 }), ...answer()],
      [integers('from', [0], []), integers('to', [2 ** 40], []), integers('by', [1], [])],
    ),
    /1099511627776 elements, 8388608 MiB \(Range/,
  ],
  [
    'many constants, each of which would do',
    graphOf([...[0, 1, 2, 3].map((i) => zeros('s', `z${i}`)), ...answer('z3')], [integers('s', [64, 2 ** 20])]),
    /makes 1536 MiB of constants that it does not hold; the limit is 1024 MiB/,
  ],
  ['a loop that nobody counts', endless(), /has a Loop without end \("predict"\); the limit is 16777216 turns/],
  ['a loop of many turns', turns(2 ** 40, 1), /has a Loop of 1099511627776 turns/],
  ['what a loop gathers', turns(2 ** 20, 2 ** 12), /makes a tensor of 1048576 x 4096 elements, 32768 MiB .*\(Loop/],
])('%s', (_, onnx, message) => {
  expect(() => importOnnx('model.onnx', Buffer.from(onnx))).toThrow(
    expect.objectContaining({ code: 'E_LIMIT', message: expect.stringMatching(/^model\.onnx: /) }),
  );
  expect(() => importOnnx('model.onnx', Buffer.from(onnx))).toThrow(message);
});

test.each([
  ['a constant of some size', large(64)],
  ['a loop of some turns', turns(100, 16)],
])('%s is taken', (_, onnx) => {
  expect(importOnnx('model.onnx', Buffer.from(onnx)).signature.outputs).toHaveLength(1);
});
