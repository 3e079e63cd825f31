/**
 * The profile of a model package on a machine that has nothing of ours but the bundle that this is part of:
 *
 *     node elsewhere.cjs PACKAGE ROWS RESULT
 *
 * The profile is written to RESULT; progress and errors go to stderr.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../model/error';
import { HANDLER, MEASURE } from '../model/instance/profiler-files';
import { readModelPackage } from '../model/package/model-package';
import { profileModel } from './profile';

async function main([folder, rows, result]: readonly string[]): Promise<void> {
  const profile = await profileModel(readModelPackage(folder!), {
    handler: { file: join(__dirname, HANDLER), node: process.execPath },
    measure: [join(__dirname, MEASURE)],
    rows: Number(rows),
    onProgress: (text) => console.error(text),
  });
  writeFileSync(result!, JSON.stringify(profile));
}

main(process.argv.slice(2)).catch((error: Error) => {
  const { code, problems } = SlipwayError.is(error) ? error : { code: 'E_INTERNAL', problems: [] };
  console.error([`error ${code} ${error.message}`, ...problems].join('\n  '));
  process.exitCode = 1;
});
