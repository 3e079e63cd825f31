/** Model files with some of their bytes changed: refused with a word, left to ONNX Runtime, or evaluated; never anything else. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Engine } from '../../../../../lambda/inference/engine';
import { createNativeEngine } from '../../../../../lambda/inference/engine/native';
import { SlipwayError } from '../../../../../lib/model/error';
import { encodeRows } from '../../../../../lib/model/rows/row';
import { convertModel } from '../../../../../lib/packaging/converters';
import { temporaryFolder } from '../../../../../testing/temporary-folder';
import { expectedAnswers, load, modelsOf } from '../../../../packaging/fixtures';
import { runs } from '../../../../runs';

const folder = temporaryFolder();
const path = join(folder, 'model.onnx');

/** @returns why there is no engine */
async function attempt(bytes: Uint8Array, use: (engine: Engine) => Promise<unknown>): Promise<string> {
  writeFileSync(path, bytes);
  try {
    const engine = await createNativeEngine(path, true);
    if (typeof engine === 'string') return engine;
    await use(engine).catch((error: Error) => {
      // what a damaged graph may still do is ask for an index that is not there, or for other columns
      if (!/^index .* is outside|is not \d+ columns|the graph has no output/.test(error.message)) throw error;
    });
    return '';
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    expect(error.message.startsWith(path)).toBe(true);
    expect(['E_PACKAGE', 'E_LIMIT']).toContain(error.code);
    return error.message;
  }
}

test.each([
  ['composition', 'table-forest.joblib'],
  ['encoding', 'one-hot.joblib'],
  ['scaling', 'quantiles-normal.joblib'],
])('%s: %s', async (family, file) => {
  const { onnx, signature } = convertModel(await load(modelsOf(family), file));
  const inputs = encodeRows(signature, expectedAnswers(modelsOf(family))[file]!.inputs.slice(0, 3));
  const methods = signature.outputs.map((output) => output.name);
  const run = (engine: Engine) => engine.run(inputs, methods);
  expect(await attempt(onnx, run)).toBe('');
  const change = fc.tuple(fc.nat(onnx.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255)));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), async (changes, cut) => {
      const bytes = Uint8Array.from(onnx);
      for (const [at, byte] of changes) bytes[at] = byte;
      await attempt(cut ? bytes.subarray(0, changes[0]![0]) : bytes, run);
    }),
    { numRuns: runs(300) },
  );
});
