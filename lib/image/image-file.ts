/**
 * The file that pins machine images: which one the instances of a region boot, until somebody moves it. It lies beside
 * slipway.yaml and is committed, so that stages of one commit run one operating system, and a newer one is a change to review.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { LIMITS } from '../aws/limits';
import { SlipwayError } from '../model/error';
import { readRegularFile } from '../model/files/read-file';
import { MIB } from '../model/units';

export const IMAGE_FILE = 'slipway.image.json';

/** What an image is asked for by: Amazon names its newest in a public parameter of each region. */
export interface WantedImage {
  readonly region: string;
  /** Name of the SSM parameter. */
  readonly parameter: string;
  readonly architecture: 'x86_64' | 'arm64';
}

export interface PinnedImage extends WantedImage {
  /** AMI id. */
  readonly id: string;
  /** As Amazon calls it, with its version. */
  readonly name: string;
  /** The day on which Amazon made it, `YYYY-MM-DD`. */
  readonly created: string;
}

const imageSchema = z.strictObject({
  region: z.string().refine((text) => LIMITS.region.problem(text) === undefined, 'must be a region'),
  parameter: z.string().regex(/^\/aws\/service\/[\w./-]{1,1000}$/, 'must be a public parameter of AWS'),
  architecture: z.enum(['x86_64', 'arm64']),
  id: z.string().refine((text) => LIMITS.machineImage.problem(text) === undefined, 'must be the id of an AMI'),
  name: z.string().min(1).max(256),
  created: z.iso.date(),
});

const fileSchema = z.strictObject({
  schemaVersion: z.literal(1),
  images: z.array(imageSchema).max(1000),
});

const key = ({ region, parameter }: Pick<WantedImage, 'region' | 'parameter'>) => `${region} ${parameter}`;

/** The path of the file beside a configuration file. */
export const imagePath = (configPath: string) => join(dirname(configPath), IMAGE_FILE);

/** @throws SlipwayError E_CONFIG when it is not such a file */
export function parseImages(text: string, path: string): PinnedImage[] {
  const refuse = (problems: string[]) =>
    new SlipwayError('E_CONFIG', `${path}: is no file of pinned machine images; "slipway image" writes one`, {
      problems,
    });
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw refuse([(cause as Error).message]);
  }
  const result = fileSchema.safeParse(raw);
  if (!result.success) throw refuse(result.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`));
  const { images } = result.data;
  const twice = images.filter((image, i) => images.findIndex((other) => key(other) === key(image)) < i);
  if (twice.length > 0) throw refuse(twice.map((image) => `${key(image)} is there twice`));
  return images;
}

/** The images that a configuration pins; none without the file. @throws SlipwayError E_CONFIG, E_FILE */
export function readImages(configPath: string): PinnedImage[] {
  const path = imagePath(configPath);
  return existsSync(path) ? parseImages(readRegularFile(path, MIB).toString('utf8'), path) : [];
}

/** Text of the file: one image a line, in an order of its own, so that a difference shows what moved. */
export function imagesText(images: readonly PinnedImage[]): string {
  const lines = [...images]
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(({ region, architecture, id, created, name, parameter }) =>
      JSON.stringify({ region, architecture, id, created, name, parameter }),
    );
  return `{\n  "schemaVersion": 1,\n  "images": [\n${lines.map((line) => `    ${line}`).join(',\n')}\n  ]\n}\n`;
}

/** The image that is pinned for what is wanted, if one is. */
export function imageFor(images: readonly PinnedImage[], wanted: Omit<WantedImage, 'architecture'>) {
  return images.find((image) => key(image) === key(wanted));
}

/** Days since Amazon made an image. */
export function daysOld({ created }: PinnedImage, now: Date): number {
  return Math.floor((now.getTime() - Date.parse(created)) / (24 * 3600 * 1000));
}
