import type { Command } from 'commander';
import { SlipwayError } from '../../lib/model/error';
import { requireWritable } from '../../lib/model/files/require-writable';
import { type ModelPackage, readModelPackage, readProfile, writeProfile } from '../../lib/model/package/model-package';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { profileModel } from '../../lib/profiling/profile';
import { agreementText, compareProfiles, profileText, staysAsItWas } from '../../lib/report';
import { DEFAULT_REGION } from '../../lib/sizing/catalogue/catalogue';
import * as read from '../arguments';
import { handlerToProfile } from '../local/handler';
import { print, printJson, progress } from '../output';
import { workspace } from '../workspace';

interface ProfileFlags {
  json?: boolean;
  rows: number;
  on?: string;
  region: string;
  subnet?: string;
  yes?: boolean;
}

export function addProfile(program: Command): void {
  program
    .command('profile')
    .description(
      'Run the engine that will serve, and the handler itself, and measure CPU time, wall time, memory and start.\n' +
        'The result is written to profile.json in the model package; the sizing plan is computed from it. A second run on\n' +
        'the same machine says whether it agrees with the first, which then stays.',
    )
    .argument('<folder>', 'a model package made by "slipway pack"')
    .option(
      '--rows <number>',
      'measure requests of so many rows too, where throughput is flat before',
      read.positiveInteger,
      1,
    )
    .option(
      '--on <types>',
      'measure on instances of your AWS account instead, e.g. c8g.medium,m7a.medium; what it costs is said first, and all is\n' +
        'removed afterwards. Of several types the one with the cheapest requests gives the profile',
    )
    .option('--region <region>', 'with --on: where they are started', read.region, DEFAULT_REGION)
    .option('--subnet <id>', 'with --on: a subnet with a way to the internet, where the account has no default network')
    .option('--yes', 'with --on: do not ask')
    .option('--json', 'print the profile as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway profile models/screening\n  slipway profile models/screening --on c8g.medium --region eu-west-1',
    )
    .action(async (folder: string, flags: ProfileFlags) => {
      const modelPackage = readModelPackage(folder);
      requireWritable(folder);
      const before = existingProfile(modelPackage);
      const profile = flags.on === undefined ? await here(modelPackage, flags) : await elsewhere(modelPackage, flags);
      if (!profile) return;
      const stays = before !== undefined && before.batches.at(-1)!.rows >= flags.rows && staysAsItWas(before, profile);
      if (!stays) writeProfile(modelPackage, profile);
      const kept = stays ? before : profile;
      if (flags.json) printJson(kept);
      else print(profileText(kept));
      if (!before) return;
      for (const line of agreementText(compareProfiles(before, profile), stays).split('\n')) progress(line);
    });
}

async function here(modelPackage: ModelPackage, { rows }: ProfileFlags): Promise<ComputeProfile> {
  const handler = await handlerToProfile({ workspace: workspace(), fetch: true, onProgress: progress });
  return profileModel(modelPackage, { handler, rows, onProgress: progress });
}

/** @returns undefined where somebody does not want it, or not any more */
async function elsewhere(modelPackage: ModelPackage, flags: ProfileFlags): Promise<ComputeProfile | undefined> {
  // the AWS SDK takes a while to load
  const { profileElsewhere } = require('../profile-elsewhere') as typeof import('../profile-elsewhere');
  return profileElsewhere(modelPackage, { ...flags, on: flags.on!.split(',').map((name) => name.trim()) });
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
