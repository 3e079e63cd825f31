import type { Command } from 'commander';
import { SlipwayError } from '../../lib/model/error';
import { requireWritable } from '../../lib/model/files/require-writable';
import { type ModelPackage, readModelPackage, readProfile, writeProfile } from '../../lib/model/package/model-package';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { profileModel } from '../../lib/profiling/profile';
import { agreementText, compareProfiles, profileText } from '../../lib/report';
import * as read from '../arguments';
import { handlerToProfile } from '../local/handler';
import { print, printJson, progress } from '../output';
import { workspace } from '../workspace';

export function addProfile(program: Command): void {
  program
    .command('profile')
    .description(
      'Run the engine that will serve, and the handler itself, and measure CPU time, wall time, memory and start.\n' +
        'The result is written to profile.json in the model package; the sizing plan is computed from it. A second run on\n' +
        'the same machine says whether it agrees with the first.',
    )
    .argument('<folder>', 'a model package made by "slipway pack"')
    .option(
      '--rows <number>',
      'measure requests of so many rows too, where throughput is flat before',
      read.positiveInteger,
      1,
    )
    .option('--json', 'print the profile as JSON')
    .action(async (folder: string, flags: { json?: boolean; rows: number }) => {
      const modelPackage = readModelPackage(folder);
      requireWritable(folder);
      const before = existingProfile(modelPackage);
      const handler = await handlerToProfile({ workspace: workspace(), fetch: true, onProgress: progress });
      const profile = await profileModel(modelPackage, { handler, rows: flags.rows, onProgress: progress });
      writeProfile(modelPackage, profile);
      if (flags.json) printJson(profile);
      else print(profileText(profile));
      if (before) for (const line of agreementText(compareProfiles(before, profile)).split('\n')) progress(line);
    });
}

/** The profile that is there, if it can be read. */
function existingProfile(modelPackage: ModelPackage): ComputeProfile | undefined {
  try {
    return readProfile(modelPackage);
  } catch (error) {
    if (SlipwayError.is(error) && error.code === 'E_PACKAGE') return undefined; // none, or one of another version or model
    throw error;
  }
}
