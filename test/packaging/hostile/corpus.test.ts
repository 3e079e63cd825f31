import { SlipwayError } from '../../../lib/model/error';
import { convertModelFile, openModelBytes } from '../../../lib/packaging/conversion/model-file';
import { corpus } from '../../../testing/hostile/corpus';

const CORPUS = corpus();

// the heavy ones, and how long each takes with how much memory: `npm run proof:fuzz`, in processes of their own
const LIGHT = CORPUS.filter(({ heavy }) => !heavy);

test.each(LIGHT.map((hostile) => [hostile.name, hostile] as const))(
  '%s: our own error',
  async (_name, { bytes, codes }) => {
    const error = await openModelBytes('model.joblib', bytes())
      .then(convertModelFile)
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    expect(error).toBeInstanceOf(SlipwayError);
    expect((error as SlipwayError).code).toMatch(codes);
    expect((error as SlipwayError).message.length).toBeLessThan(3000);
  },
);

test('leaves the prototypes as they were', () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('names every file once', () => {
  expect(new Set(CORPUS.map(({ name }) => name)).size).toBe(CORPUS.length);
});
