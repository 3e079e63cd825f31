import type { Command } from 'commander';
import type { SlipwayConfig, StageConfig } from '../../lib/config/config';
import { endpointTitle } from '../../lib/config/model-place';
import {
  daysOld,
  imageFor,
  imagePath,
  imagesText,
  type PinnedImage,
  type WantedImage,
} from '../../lib/image/image-file';
import { replaceFile } from '../../lib/model/files/replace-file';
import { imageParameter, OLD_IMAGE_DAYS } from '../../lib/sizing/plan/machine-image';
import { loadWithPackages } from '../project/registry';
import { plannedModels } from '../stage/plan-models';
import { stagesNamed } from '../stage/stage-named';
import * as read from '../terminal/arguments';
import { print, printJson, progress } from '../terminal/output';

interface ImageFlags {
  config: string;
  stage?: string;
  check?: boolean;
  olderThan: number;
  json?: boolean;
}

/** What one stage wants, and what is pinned for it. */
interface StageImage {
  readonly stage: string;
  readonly wanted: WantedImage;
  readonly pinned?: PinnedImage;
}

export function addImage(program: Command): void {
  program
    .command('image')
    .description(
      'Ask AWS for the newest machine image of every region and architecture that the stages use, and write their ids to ' +
        'slipway.image.json beside slipway.yaml. Commit it: deployments then boot these until you move them. With --check nothing ' +
        'is asked and nothing is written: exit status 1 says that an image is not pinned, or old.',
    )
    .option('--config <file>', 'configuration file', 'slipway.yaml')
    .option('--stage <name>', 'only the image of this stage, e.g. where stages need credentials of different clouds')
    .option('--check', 'say how old the pinned images are')
    .option(
      '--older-than <days>',
      'with --check: days from which an image is old',
      read.positiveInteger,
      OLD_IMAGE_DAYS,
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExamples:\n  slipway image\n  slipway image --check --older-than 45')
    .action(async (flags: ImageFlags) => {
      const config = await loadWithPackages(flags.config);
      const stages = flags.stage ? stagesNamed(flags.stage, config.stages, flags.config) : config.stages;
      const images = wantedImages(config, stages);
      if (flags.check) check(images, flags);
      else await renew(config, images, flags);
    });
}

/** Of stages that name a machine image themselves there is nothing to pin. */
function wantedImages(config: SlipwayConfig, stages: readonly StageConfig[]): StageImage[] {
  const wanting = stages.filter(({ machineImage }) => machineImage === undefined);
  const names = new Set(wanting.map(({ name }) => name));
  const planned = [...names].flatMap((name) =>
    plannedModels(
      config,
      config.stages.filter((stage) => stage.name === name), // models of a fleet share its instances
    ).flatMap(({ endpoints }) => endpoints),
  );
  return wanting.map((stage) => {
    const { plan } = planned.find((one) => one.stage === stage)!;
    const { region } = stage;
    const wanted = { region, parameter: imageParameter(plan), architecture: plan.choice.architecture };
    return { stage: endpointTitle(stage), wanted, pinned: imageFor(config.images ?? [], wanted) };
  });
}

function check(images: readonly StageImage[], { olderThan, json }: ImageFlags): void {
  const now = new Date();
  const found = images.map(({ stage, pinned }) => ({ stage, pinned, days: pinned && daysOld(pinned, now) }));
  if (found.some(({ days }) => days === undefined || days > olderThan)) process.exitCode = 1;
  if (json) {
    printJson(found.map(({ stage, pinned, days }) => ({ stage, image: pinned?.id ?? null, days: days ?? null })));
    return;
  }
  const lines = found.map(({ stage, pinned, days }) => {
    if (!pinned) return `${stage}: no image is pinned; run "npx slipway image"`;
    const old = days! > olderThan ? `, more than ${olderThan}: run "npx slipway image", commit and deploy` : '';
    return `${stage}: ${pinned.id} (${pinned.name}) is ${days} days old${old}`;
  });
  print(lines.join('\n') || 'every stage names its machine image in slipway.yaml');
}

async function renew(config: SlipwayConfig, images: readonly StageImage[], flags: ImageFlags): Promise<void> {
  // the AWS SDK takes a while to load
  const { newestImage } = require('../../lib/image/newest-image') as typeof import('../../lib/image/newest-image');
  const newest: PinnedImage[] = [];
  const changes: { region: string; architecture: string; before: PinnedImage | null; after: PinnedImage }[] = [];
  for (const { wanted, pinned } of images) {
    if (imageFor(newest, wanted)) continue;
    progress(`asking for ${wanted.parameter} in ${wanted.region}`);
    const after = await newestImage(wanted);
    newest.push(after);
    if (pinned?.id !== after.id) {
      changes.push({ region: wanted.region, architecture: wanted.architecture, before: pinned ?? null, after });
    }
  }
  // with --stage those of the others stay; else what no stage uses any more goes
  const kept = flags.stage ? (config.images ?? []).filter((image) => !imageFor(newest, image)) : [];
  const file = imagePath(flags.config);
  replaceFile(file, imagesText([...kept, ...newest]));
  if (flags.json) {
    printJson(changes);
    return;
  }
  const shown = (image: PinnedImage | null) => (image ? `${image.id} (${image.created})` : 'none');
  const lines = changes.map(
    ({ region, architecture, before, after }) => `${region}, ${architecture}: ${shown(before)} -> ${shown(after)}`,
  );
  print(
    lines.length > 0 ? [...lines, `wrote ${file}; commit it`].join('\n') : 'the images that are pinned are the newest',
  );
}
