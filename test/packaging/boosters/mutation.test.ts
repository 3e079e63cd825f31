import fc from 'fast-check';
import { SlipwayError } from '../../../lib/model/error';
import { runs } from '../../runs';
import { boosterBytes, convertBytes, LIGHTGBM, XGBOOST } from './fixtures';

const ORIGINALS = (
  [
    [XGBOOST, 'binary.json'],
    [XGBOOST, 'binary.ubj'],
    [XGBOOST, 'categories.ubj'],
    [XGBOOST, 'linear.json'],
    [XGBOOST, 'dart.ubj'],
    [LIGHTGBM, 'binary.txt'],
    [LIGHTGBM, 'categories.txt'],
    [LIGHTGBM, 'frame.txt'],
  ] as const
).map(([release, file]) => ({ file, bytes: boosterBytes(release, file) }));

const mutated = fc
  .record({
    original: fc.constantFrom(...ORIGINALS),
    flips: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
    digits: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'0123456789-eN.,]}"')), { maxLength: 4 }),
    cut: fc.option(fc.nat(), { freq: 4 }),
    splice: fc.option(fc.record({ from: fc.nat(), to: fc.nat(), length: fc.nat(200) }), { freq: 3 }),
  })
  .map(({ original, flips, digits, cut, splice }) => {
    const bytes = Buffer.from(original.bytes);
    const { length } = bytes;
    for (const [at, value] of flips) bytes[at % length] = value;
    for (const [at, character] of digits) bytes.write(character, at % length, 'latin1');
    if (splice) bytes.copyWithin(splice.to % length, splice.from % length, (splice.from % length) + splice.length);
    return { file: original.file, bytes: cut === null ? bytes : bytes.subarray(0, cut % length) };
  });

test('only ever gives our own errors, whatever is wrong with the file', async () => {
  const property = fc.asyncProperty(mutated, async ({ file, bytes }) => {
    try {
      await convertBytes(file, bytes);
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      expect(error.code).toMatch(/^E_(FORMAT|UNSAFE|LIMIT|UNSUPPORTED)$/);
    }
  });
  await fc.assert(property, { numRuns: Number(process.env.MUTATIONS ?? runs(400)), seed: 20261124 });
}, 600_000);
