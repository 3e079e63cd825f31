import * as fc from 'fast-check';
import { answerText } from '../../../../lambda/inference/json/answer-text';
import { answers, scalars } from '../../../../lib/model/rows/answer';
import type { Tensor } from '../../../../lib/model/rows/tensor';
import { codePoint } from '../../../code-point';
import { runs } from '../../../runs';

jest.setTimeout(30_000); // the machine may be busy

const data: fc.Arbitrary<Pick<Tensor, 'type' | 'data'>> = fc.oneof(
  fc.float64Array({ maxLength: 24 }).map((values) => ({ type: 'float64' as const, data: values })),
  fc.float32Array({ maxLength: 24 }).map((values) => ({ type: 'float32' as const, data: values })),
  fc
    .array(fc.maxSafeInteger().map(BigInt), { maxLength: 24 })
    .map((values) => ({ type: 'int64' as const, data: BigInt64Array.from(values) })),
  fc.array(fc.nat(1), { maxLength: 24 }).map((values) => ({ type: 'bool' as const, data: Uint8Array.from(values) })),
  fc
    .array(fc.string({ unit: codePoint }), { maxLength: 24 })
    .map((values) => ({ type: 'string' as const, data: values })),
);

const shaped = fc.tuple(data, fc.constantFrom(undefined, 0, 1, 2, 3)).map(([values, width]) => {
  if (width === undefined) return { ...values, shape: [values.data.length] } as Tensor;
  const rows = width === 0 ? 3 : Math.floor(values.data.length / width);
  return { ...values, data: values.data.slice(0, rows * width), shape: [rows, width] } as Tensor;
});

test('an answer is written as JSON.stringify would write it', async () => {
  await fc.assert(
    fc.asyncProperty(shaped, async (tensor) => {
      expect(await answerText(tensor)).toBe(JSON.stringify(answers(tensor)));
      expect(await answerText(tensor, true)).toBe(JSON.stringify(scalars(tensor)));
    }),
    { numRuns: runs(200) },
  );
});

test.each([undefined, 3, 5000])('a long answer too, with turns for others (width %p)', async (width) => {
  const values = Float64Array.from({ length: 60_000 }, (_, i) => i / 7);
  const shape = width === undefined ? [60_000] : [60_000 / width, width];
  const tensor: Tensor = { type: 'float64', shape, data: values };
  let turns = 0;
  const writing = answerText(tensor);
  const count = () => {
    turns++;
    if (turns < 1e6) immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  const text = await writing;
  clearImmediate(immediate);
  expect(text).toBe(JSON.stringify(answers(tensor)));
  expect(turns).toBeGreaterThan(2);
});
