import { parseInferRequest } from '../../../../lambda/inference/protocols/open-inference/request';
import { encodeRows } from '../../../../lib/model/rows/row';
import type { Signature } from '../../../../lib/model/rows/signature';

const signature: Signature = {
  columns: [
    { name: 'age', type: 'float64', missing: false },
    { name: 'id', type: 'string', missing: true, unused: true },
    { name: 'city', type: 'string', missing: false },
    { name: 'note', type: 'string', missing: true, unused: true },
  ],
  namedColumns: true,
  inputs: [
    { name: 'input', type: 'float64', columns: [0] },
    { name: 'text', type: 'string', columns: [2] },
  ],
  outputs: [{ name: 'predict', type: 'float64', width: 1 }],
};

const age = { name: 'age', shape: [2], datatype: 'FP64', data: [41, 7] };
const city = { name: 'city', shape: [2], datatype: 'BYTES', data: ['Oslo', 'Bergen'] };
const id = { name: 'id', shape: [2], datatype: 'BYTES', data: ['a', 'b'] };

test.each([
  ['a tensor for each column that the model looks at', [city, age]],
  ['a tensor for every column', [age, id, city, { ...id, name: 'note' }]],
  [
    'the tensors of the model',
    [
      { ...age, name: 'input', shape: [2, 1] },
      { ...city, name: 'text', shape: [2, 1] },
    ],
  ],
])('takes %s', (_case, inputs) => {
  const { rows } = parseInferRequest({ inputs }, signature, 10);
  const { input, text } = encodeRows(signature, rows.slice(0, rows.length));
  expect([...(input!.data as Float64Array)]).toEqual([41, 7]);
  expect(text!.data).toEqual(['Oslo', 'Bergen']);
});

test('still asks for the columns that the model looks at', () => {
  expect(() => parseInferRequest({ inputs: [age, id] }, signature, 10)).toThrow('one tensor for each of the 4 columns');
});
