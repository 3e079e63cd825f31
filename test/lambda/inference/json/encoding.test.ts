import { encodeInTurns } from '../../../../lambda/inference/json/encoding';
import { encodeRows } from '../../../../lib/model/rows/row';
import type { Signature } from '../../../../lib/model/rows/signature';

const signature: Signature = {
  columns: [
    { name: 'age', type: 'float64', missing: true },
    { name: 'city', type: 'string', missing: false, categories: ['a', 'b'] },
  ],
  namedColumns: true,
  inputs: [
    { name: 'numbers', type: 'float64', columns: [0] },
    { name: 'text', type: 'string', columns: [1] },
  ],
  outputs: [{ name: 'predict', type: 'float64', width: 1 }],
};

const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => (i % 2 === 0 ? [i / 4, 'a'] : { age: i % 5 === 0 ? null : i, city: 'b' }));

test.each([0, 1, 127, 128, 129, 256, 1000])(
  '%i rows are the same tensors as at once, or the same refusal',
  async (count) => {
    const outcome = async (encode: () => unknown) => {
      try {
        return await encode();
      } catch (error) {
        return { fields: (error as { fields?: unknown }).fields };
      }
    };
    const expected = await outcome(() => encodeRows(signature, rows(count), '/data'));
    expect(await outcome(() => encodeInTurns(signature, rows(count), '/data'))).toStrictEqual(expected);
  },
);

test.each([[[3]], [[127, 128]], [[600, 5, 300]], [Array.from({ length: 40 }, (_, i) => i * 20)]])(
  'wrong rows at %j are told as at once',
  async (places) => {
    const wrong: unknown[] = rows(1000);
    for (const place of places) wrong[place] = [1, 'nowhere'];
    const fields = (error: unknown) => (error as { fields: unknown }).fields;
    let expected: unknown;
    try {
      encodeRows(signature, wrong, '/data');
    } catch (error) {
      expected = fields(error);
    }
    expect(expected).toHaveLength(Math.min(10, places.length));
    const got = await encodeInTurns(signature, wrong, '/data').catch(fields);
    expect(got).toEqual(expected);
  },
);
