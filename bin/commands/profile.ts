import type { Command } from 'commander';
import { readModelPackage, writeProfile } from '../../lib/model/package';
import { profileModel } from '../../lib/profiling/profile';
import { profileText } from '../../lib/report';
import { print, printJson, progress } from '../output';

export function addProfile(program: Command): void {
  program
    .command('profile')
    .summary('measure what serving one request costs')
    .description(
      'Run the real engine of the handler in its own process and measure CPU time, wall time and memory by batch size.\n' +
        'The result is written to profile.json in the model package; the sizing plan is computed from it.',
    )
    .argument('<folder>', 'a model package made by "slipway pack"')
    .option('--json', 'print the profile as JSON')
    .action(async (folder: string, flags: { json?: boolean }) => {
      const modelPackage = readModelPackage(folder);
      const profile = await profileModel(modelPackage, { onProgress: progress });
      writeProfile(modelPackage, profile);
      if (flags.json) printJson(profile);
      else print(profileText(profile));
    });
}
