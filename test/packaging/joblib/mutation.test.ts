import fc from 'fast-check';
import { SlipwayError } from '../../../lib/model/error';
import { convertModel } from '../../../lib/packaging/converters';
import { readModelBytes } from '../../../lib/packaging/joblib';
import { runs } from '../../runs';
import { fixtureBytes, modelsOf } from '../fixtures';

const ORIGINALS = [
  [modelsOf('linear'), 'softmax-strings.joblib'],
  [modelsOf('linear'), 'linear-protocol0.pkl'],
  [modelsOf('linear'), 'linear-protocol2.pkl'],
  [modelsOf('trees'), 'forest-stumps.joblib'],
  [modelsOf('composition'), 'search-random.joblib'],
  [modelsOf('linear'), 'linear-zlib.joblib'],
  ['joblib/sklearn-1.9.1', 'values-protocol5.pkl'],
  ['joblib/sklearn-1.1.3', 'values-protocol1.joblib'],
].map(([folder, file]) => fixtureBytes(folder!, file!));

const mutated = fc
  .record({
    original: fc.constantFrom(...ORIGINALS),
    flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    cut: fc.option(fc.nat(), { freq: 3 }),
    splice: fc.option(fc.record({ from: fc.nat(), to: fc.nat(), length: fc.nat(200) }), { freq: 3 }),
  })
  .map(({ original, flips, cut, splice }) => {
    const bytes = Buffer.from(original);
    for (const [at, value] of flips) bytes[at % bytes.length] = value;
    if (splice)
      bytes.copyWithin(
        splice.to % bytes.length,
        splice.from % bytes.length,
        (splice.from % bytes.length) + splice.length,
      );
    return cut === null ? bytes : bytes.subarray(0, cut % bytes.length);
  });

test('only ever gives our own errors, whatever is wrong with the file', async () => {
  const property = fc.asyncProperty(mutated, async (bytes) => {
    try {
      convertModel(await readModelBytes('model.joblib', bytes));
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      expect(error.code).toMatch(/^E_(FORMAT|UNSAFE|LIMIT|UNSUPPORTED)$/);
    }
  });
  await fc.assert(property, { numRuns: runs(1500), seed: 20261123 });
}, 30_000);
