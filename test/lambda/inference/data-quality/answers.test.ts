/** What versions answer, as one number each. */
import { AnswerWatch, answersWatched } from '../../../../lambda/inference/data-quality/answers';
import type { Engine } from '../../../../lambda/inference/engine';
import type { Label, Signature } from '../../../../lib/model/rows/signature';
import type { Tensor, Tensors } from '../../../../lib/model/rows/tensor';

const signature = (classes?: readonly Label[]): Signature => ({
  columns: [],
  namedColumns: false,
  inputs: [],
  outputs: [],
  ...(classes && { classes }),
});
const mean = (watch: AnswerWatch) => watch.sum / watch.rows;
const seen = (classes: readonly Label[] | undefined, outputs: Tensors) => {
  const watch = new AnswerWatch(signature(classes));
  watch.observe(outputs);
  return watch;
};
const numbers = (shape: readonly number[], ...data: number[]): Tensor => {
  return { type: 'float64', shape, data: Float64Array.from(data) };
};

test.each<[string, readonly Label[] | undefined, Tensors, number]>([
  ['numbers of a regression', undefined, { predict: numbers([3], 1, 2, 6) }, 3],
  ['probabilities of the last class', [0, 1], { predict_proba: numbers([2, 2], 0.9, 0.1, 0.5, 0.5) }, 0.3],
  [
    'labels that are whole numbers',
    [0, 1],
    { predict: { type: 'int64', shape: [4], data: BigInt64Array.from([1n, 0n, 0n, 0n]) } },
    0.25,
  ],
  ['labels of text', ['no', 'yes'], { predict: { type: 'string', shape: [2], data: ['yes', 'no'] } }, 0.5],
  ['truth values', [false, true], { predict: { type: 'bool', shape: [2], data: Uint8Array.from([1, 1]) } }, 1],
  [
    'probabilities rather than labels, where both were asked for',
    [0, 1],
    { predict: numbers([1], 1), predict_proba: numbers([1, 2], 0.4, 0.6) },
    0.6,
  ],
])('%s', (_, classes, outputs, expected) => {
  expect(mean(seen(classes, outputs))).toBeCloseTo(expected, 12);
});

test('scores alone, and numbers that are none, tell nothing', () => {
  expect(seen([0, 1], { decision_function: numbers([2], 1, 2) }).rows).toBe(0);
  expect(seen(undefined, { predict: numbers([2], Number.NaN, 4) })).toMatchObject({ rows: 1, sum: 4 });
});

test('eight rows of a run are looked at, evenly spread, and the answers go on as they are', async () => {
  const watch = new AnswerWatch(signature());
  const outputs = { predict: numbers([80], ...Array.from({ length: 80 }, (_, i) => i)) };
  const engine: Engine = { name: 'any', run: async () => outputs, close: async () => {} };
  expect(await answersWatched(engine, watch).run({}, ['predict'])).toBe(outputs);
  expect([watch.rows, mean(watch)]).toEqual([8, 35]);
});
