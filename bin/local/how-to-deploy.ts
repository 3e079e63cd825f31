/** What `start` says of deploying: a line that deploys what it has shown, or what has to be written first. */
import { relative } from 'node:path';
import type { SlipwayConfig } from '../../lib/config/config';
import { SlipwayError } from '../../lib/model/error';
import { type ModelPackage, readModelPackage } from '../../lib/model/package/model-package';
import { shellWord } from '../terminal/shell-word';
import { ASSEMBLY } from './synthesis';

export interface Shown {
  /** The package that was shown. */
  readonly package: ModelPackage;
  /** The file that it was made from, or its address in a registry. */
  readonly file: string;
  /** Of a file. */
  readonly golden?: string;
  /** Path of slipway.yaml. */
  readonly config: string;
}

/**
 * The stages belong to the model that slipway.yaml names: only that one may take their endpoints without another word.
 *
 * @returns lines
 */
export function howToDeploy({ stages }: SlipwayConfig, shown: Shown): string[] {
  const { manifest, digest } = shown.package;
  const { name: stage, model } = stages[0]!;
  const named = shortPath(model);
  const why = difference(model, digest);
  if (why === undefined) {
    return [
      `templates and assets in ${ASSEMBLY}; "npx cdk deploy --app ${ASSEMBLY} '${stage}/*'" deploys ${stage} as shown`,
    ];
  }
  const folder = shown.golden === undefined ? shown.file : `models/${manifest.name}`;
  const context = shown.config === 'slipway.yaml' ? '' : ` --context slipway:config=${shellWord(shown.config)}`;
  const write = named === folder ? [] : [`in ${shown.config}: model: ${folder}, and domains of its own for the stages`];
  return [
    `templates and assets in ${ASSEMBLY}, with ${manifest.name}, to look at; not to deploy: ${shown.config} names ${named}, ${why},`,
    `and its endpoints would be replaced. To deploy ${manifest.name}:`,
    ...(shown.golden === undefined
      ? []
      : [
          `  npx slipway pack ${shellWord(shown.file)} --golden ${shellWord(shown.golden)} --name ${manifest.name} --out ${folder}`,
          `  npx slipway profile ${folder}`,
        ]),
    ...write.map((line) => `  ${line}`),
    `  npx cdk deploy${context} '${stage}/*'`,
  ];
}

/** Why the package in a folder is not the one with this digest; undefined where it is. */
function difference(folder: string, digest: string): string | undefined {
  try {
    const { manifest, digest: other } = readModelPackage(folder);
    return other === digest ? undefined : `${manifest.name}, version ${other.slice(0, 12)}`;
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    return 'which is no usable model package';
  }
}

function shortPath(path: string): string {
  return relative(process.cwd(), path) || '.';
}
