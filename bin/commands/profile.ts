import { existsSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../../lib/config/load';
import { located } from '../../lib/config/located';
import { packageKey } from '../../lib/config/model-place';
import { SlipwayError } from '../../lib/model/error';
import { replaceFile } from '../../lib/model/files/replace-file';
import { requireWritable } from '../../lib/model/files/require-writable';
import { jsonText } from '../../lib/model/formats/json';
import { type ModelPackage, readModelPackage, readProfile, writeProfile } from '../../lib/model/package/model-package';
import {
  ADDRESS_FORM,
  fetchedPackage,
  isBucketAddress,
  parsePackageAddress,
} from '../../lib/model/package/package-address';
import type { ComputeProfile } from '../../lib/model/package/profile';
import { profileModel } from '../../lib/profiling/profile';
import { agreementText, compareProfiles, profileText, staysAsItWas } from '../../lib/report';
import { DEFAULT_REGION } from '../../lib/sizing/catalogue/catalogue';
import { handlerToProfile } from '../local/handler';
import { fetchAddresses } from '../project/registry';
import { workspace } from '../project/workspace';
import * as read from '../terminal/arguments';
import { hint, print, printJson, progress } from '../terminal/output';
import { shellWord } from '../terminal/shell-word';

interface ProfileFlags {
  json?: boolean;
  rows: number;
  on?: string;
  region: string;
  subnet?: string;
  config: string;
  model?: string;
  shadow?: boolean;
  yes?: boolean;
}

export function addProfile(program: Command): void {
  program
    .command('profile')
    .description(
      'Run the engine that will serve, and the handler itself, and measure CPU time, wall time, memory and start. ' +
        'The result is written to profile.json in the model package; the sizing plan is computed from it. A second run on ' +
        'the same machine says whether it agrees with the first, which then stays.',
    )
    .argument(
      '[folder]',
      'a model package made by "slipway pack", or its address in a registry (default: the model of slipway.yaml)',
    )
    .option(
      '--rows <number>',
      'measure requests of so many rows too, where throughput is flat before',
      read.positiveInteger,
      1,
    )
    .option(
      '--on <types>',
      'measure on instances of your AWS account instead, e.g. c8g.medium,m7a.medium; what it costs is said first, and all is ' +
        'removed afterwards. Of several types the one with the cheapest requests gives the profile',
    )
    .option('--region <region>', 'with --on: where they are started', read.region, DEFAULT_REGION)
    .option('--subnet <id>', 'with --on: a subnet with a way to the internet, where the account has no default network')
    .option('--yes', 'with --on: do not ask')
    .option('--config <file>', 'configuration file, without a folder', 'slipway.yaml')
    .option('--model <name>', 'which model of slipway.yaml, where it has several')
    .option('--shadow', 'without a folder: the shadow that slipway.yaml names, in place of its model')
    .option('--json', 'print the profile as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway profile models/screening\n  slipway profile models/screening --on c8g.medium --region eu-west-1',
    )
    .action(async (folder: string | undefined, flags: ProfileFlags, command: Command) => {
      requireOn(flags, command);
      const { modelPackage, write, place } =
        folder === undefined ? configured(flags) : inFolder(await folderOf(folder));
      requireWritable(place);
      const before = existingProfile(modelPackage);
      const profile = flags.on === undefined ? await here(modelPackage, flags) : await elsewhere(modelPackage, flags);
      if (!profile) return;
      const stays = before !== undefined && before.batches.at(-1)!.rows >= flags.rows && staysAsItWas(before, profile);
      if (!stays) {
        write(profile);
        if (isBucketAddress(folder ?? '')) {
          progress(
            `this profile is in ${relative('', place)} alone; push that folder to another prefix for other machines`,
          );
        }
      }
      const kept = stays ? before : profile;
      if (flags.json) printJson(kept);
      else print(profileText(kept));
      for (const line of before ? agreementText(compareProfiles(before, profile), stays).split('\n') : [])
        progress(line);
      hint(afterProfile(folder));
    });
}

/** Options of a measurement elsewhere, which would be of no use here. */
const WITH_ON = ['region', 'subnet', 'yes'];

function requireOn({ on }: ProfileFlags, command: Command): void {
  if (on !== undefined) {
    if (typesOf(on).length > 0) return;
    throw new SlipwayError('E_USAGE', `--on names no type, got "${on}"; e.g. --on c8g.medium,m7a.medium`);
  }
  const given = WITH_ON.filter((flag) => command.getOptionValueSource(flag) === 'cli');
  if (given.length === 0) return;
  const flags = given.map((flag) => `--${flag}`).join(', ');
  throw new SlipwayError('E_USAGE', `${flags} go with --on, which says on which types of instances to measure`);
}

const typesOf = (on: string) =>
  on
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

function afterProfile(folder: string | undefined): string {
  if (existsSync('slipway.yaml')) return 'npx slipway plan --stage with one of the stages of slipway.yaml';
  return `npx slipway plan ${shellWord(folder ?? '')} --rps 20 --p99 100ms --availability single`;
}

interface Profiled {
  readonly modelPackage: ModelPackage;
  readonly write: (profile: ComputeProfile) => void;
  /** Folder of the profile. */
  readonly place: string;
}

/** Of an address in a registry the folder that it is fetched to, whose profile plans here use from then on. */
async function folderOf(named: string): Promise<string> {
  if (!isBucketAddress(named)) return named;
  const address = parsePackageAddress(named);
  if (!address) throw new SlipwayError('E_USAGE', `"${named}" is no address of a package; write ${ADDRESS_FORM}`);
  await fetchAddresses([address]);
  return fetchedPackage(address.digest);
}

function inFolder(folder: string): Profiled {
  const modelPackage = readModelPackage(folder);
  return { modelPackage, write: (profile) => writeProfile(modelPackage, profile), place: folder };
}

/** The model of slipway.yaml. Of a model file the profile lies beside it: its package is not committed. */
function configured({ config: path, model, shadow }: ProfileFlags): Profiled {
  const config = loadConfig(path);
  const models = new Map(config.stages.map((stage) => [stage.place?.name, stage] as const));
  const known = [...models.keys()].filter((name) => name !== undefined).join(', ');
  if (model === undefined && known !== '') {
    throw new SlipwayError('E_USAGE', `${path} has several models: say which with --model; it has ${known}`);
  }
  const stage = models.get(model);
  if (!stage) throw new SlipwayError('E_USAGE', `${path} has no model "${model}"; ${known || 'leave out --model'}`);
  const shadowed = shadow ? config.stages.find((each) => each.place?.name === model && each.shadow) : undefined;
  if (shadow && !shadowed) throw new SlipwayError('E_USAGE', `no stage of ${path} has a shadow; leave out --shadow`);
  const keys = shadowed ? ['stages', shadowed.name, 'shadow', 'model'] : packageKey(stage);
  const { model: folder, modelFile } = shadowed?.shadow ?? stage;
  const found = located(config, keys, () => inFolder(folder));
  if (modelFile === undefined) return found;
  const write = (profile: ComputeProfile) => {
    replaceFile(modelFile.profile, jsonText(profile));
    progress(`wrote ${relative('', modelFile.profile)}`);
  };
  return { ...found, write, place: dirname(modelFile.profile) };
}

async function here(modelPackage: ModelPackage, { rows }: ProfileFlags): Promise<ComputeProfile> {
  const handler = await handlerToProfile({ workspace: workspace(), fetch: true, onProgress: progress });
  return profileModel(modelPackage, { handler, rows, onProgress: progress });
}

/** @returns undefined where somebody does not want it, or not any more */
async function elsewhere(modelPackage: ModelPackage, flags: ProfileFlags): Promise<ComputeProfile | undefined> {
  // the AWS SDK takes a while to load
  const { profileElsewhere } = require('../project/profile-elsewhere') as typeof import('../project/profile-elsewhere');
  return profileElsewhere(modelPackage, { ...flags, on: typesOf(flags.on!) });
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
