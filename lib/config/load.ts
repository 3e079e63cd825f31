/** Reads slipway.yaml and reports all its mistakes at once, each with its line. */
import { isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { readImages } from '../image/image-file';
import { SlipwayError } from '../model/error';
import { readRegularFile } from '../model/files/read-file';
import { isRecord } from '../model/formats/json';
import { MODEL_CACHE } from '../model/package/model-package';
import { fetchedPackage, type PackageAddress, parsePackageAddress } from '../model/package/package-address';
import { keyPath, quoted } from '../model/text/quote';
import { type ModelFile, packedFile } from '../packaging/model-file';
import { LONGEST_RECORD, recordedBursts } from '../sizing/demand/recorded-traffic';
import type { Bursts } from '../sizing/service-level/arrivals';
import { betweenStages } from './between-stages';
import type { ModelPlace, SlipwayConfig, StageConfig, StageFleet } from './config';
import { explain } from './explain';
import { follows } from './follow-on';
import { located } from './located';
import type { Mistake } from './mistake';
import { packageKey } from './model-place';
import { modelOf } from './model-source';
import { merge, type ResolvedStage, resolveStage } from './resolve';
import { documentSchema, modelSchema, ownSchema, stageSchema } from './schema';
import { resolveModels, type StageModel } from './stage-models';
import { MOST_BYTES, readYaml, refuse, type YamlText } from './yaml-text';

/**
 * Read and check a configuration file.
 *
 * @param path of slipway.yaml; `model` in it is relative to the file's folder, in which the pinned machine images lie too, or
 *   an address in a registry: what is there is fetched by others, into a folder of the working directory
 * @throws SlipwayError E_CONFIG listing every mistake as `file:line: key: message`
 */
export function loadConfig(path: string): SlipwayConfig {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(path, MOST_BYTES);
  } catch (cause) {
    if (!SlipwayError.is(cause)) throw cause;
    throw new SlipwayError(
      'E_CONFIG',
      `${cause.message}; "npx slipway init FILE" makes one for a model file, and docs/reference/configuration.md has its keys`,
      {
        cause,
      },
    );
  }
  if (!isUtf8(bytes)) throw new SlipwayError('E_CONFIG', `${path}: is not text in UTF-8; save it in that encoding`);
  return { ...parseConfig(bytes.toString('utf8'), path), images: readImages(path) };
}

/**
 * Check the text of a configuration file.
 *
 * @param path of the file, for messages and because paths in it are relative to its folder
 * @param read a file that it names: a record of traffic; undefined when there is none
 * @param packed the folder of the package of a model file that it names, which is in the cache of the second
 * @throws SlipwayError E_CONFIG listing every mistake as `file:line: key: message`; as `packedFile`, with the line
 */
export function parseConfig(
  text: string,
  path: string,
  read: ReadFile = onDisk,
  packed: (model: ModelFile, cache: string) => string = packedFile,
): SlipwayConfig {
  const yaml = readYaml(text, path);
  const { config, mistakes } = check(yaml.content, dirname(resolve(path)), read);
  if (mistakes.length > 0) {
    const placed = mistakes.map((mistake) => ({ line: lineOf(yaml, mistake.path), mistake }));
    placed.sort((a, b) => a.line - b.line);
    refuse(
      path,
      placed.map(({ line, mistake }) => `${path}:${line}: ${keyPath(mistake.path) || 'the file'} ${mistake.message}`),
    );
  }
  const where = (keys: readonly string[]) => `${path}:${lineOf(yaml, keys)}`;
  const cache = join(dirname(resolve(path)), MODEL_CACHE);
  const stages = config!.stages.map((stage) => {
    const made = (file: ModelFile | undefined, keys: readonly string[]) =>
      file && { model: located({ stages: [], where }, keys, () => packed(file, cache)) };
    const { modelFile, shadow } = stage;
    return {
      ...stage,
      ...made(modelFile, packageKey(stage)),
      ...(shadow?.modelFile && {
        shadow: { ...shadow, ...made(shadow.modelFile, ['stages', stage.name, 'shadow', 'model']) },
      }),
    };
  });
  return { ...config!, stages, where };
}

/** @param path absolute */
export type ReadFile = (path: string) => Buffer | undefined;

const onDisk: ReadFile = (path) => (existsSync(path) ? readRegularFile(path, LONGEST_RECORD) : undefined);

/** How bursty the traffic of a file is that slipway.yaml names. @throws SlipwayError with a message that names the file */
function trafficIn(file: string, folder: string, read: ReadFile): Bursts {
  const bytes = read(resolve(folder, file));
  if (!bytes) throw new SlipwayError('E_FILE', `${file}: does not exist, seen from the folder of the configuration`);
  return recordedBursts(bytes, file);
}

/** The line of a key; of the default that a stage has it from, where the stage does not say. */
function lineOf(yaml: YamlText, path: Mistake['path']): number {
  const [top, , ...rest] = path;
  const inDefaults = ['defaults', ...rest];
  const shared = top === 'stages' && rest.length > 0 && yaml.depthOf(path) < path.length;
  return yaml.lineOf(shared && yaml.depthOf(inDefaults) === inDefaults.length ? inDefaults : path);
}

/** What is wrong with the name of a model, which is in the names of its stack and of its path. */
function modelNameProblem(name: string): string | undefined {
  if (/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name) && name.length >= 2 && name.length <= 30 && !(name in {})) {
    return undefined;
  }
  return `must be 2 to 30 lower-case letters, digits and single hyphens, and begin with a letter, got ${quoted(name)}`;
}

/** What is wrong with the name of a stage, which is the id of a construct and a selector of the CDK. */
function stageNameProblem(name: string): string | undefined {
  const got = `, got ${quoted(name)}`;
  if (!/^[a-z]/.test(name)) return `must begin with a lower-case letter${got}`;
  if (!/^[a-z0-9-]+$/.test(name)) return `must be lower-case letters, digits and hyphens${got}`;
  if (name.length < 2 || name.length > 20) return `must have 2 to 20 characters${got}`;
  if (name in {}) return `must be another word: JavaScript, and so the CDK, keeps ${name} for itself`;
  return undefined;
}

interface RawDocument {
  readonly defaults?: unknown;
  readonly stages?: unknown;
  readonly model?: unknown;
  readonly models?: unknown;
}

function check(raw: unknown, folder: string, read: ReadFile): { config?: SlipwayConfig; mistakes: Mistake[] } {
  const result = documentSchema.safeParse(raw ?? {});
  const record: RawDocument = isRecord(raw) ? raw : {};
  const mistakes = isRecord(raw ?? {}) ? whichModels(record) : [];
  if (!result.success) mistakes.push(...result.error.issues.flatMap((issue) => explain(issue, raw)));
  const { models: _, ...defaults } = sound(record.defaults, stageSchema);
  const models = record.model === undefined && isRecord(record.models) ? record.models : undefined;
  for (const name of Object.keys(models ?? {})) {
    const message = modelNameProblem(name);
    if (message !== undefined) mistakes.push({ path: ['models', name], message });
  }
  const stages: StageConfig[] = [];
  const recorded = (file: string) => trafficIn(file, folder, read);
  const addresses = new Map<string, PackageAddress>();
  const placed = (model: string) => {
    const address = parsePackageAddress(model);
    if (!address) return resolve(folder, model);
    addresses.set(model, address);
    return fetchedPackage(address.digest);
  };
  const packageOf = (model: unknown, name?: string) =>
    modelOf(typeof model === 'string' ? placed(model) : model, folder, name);
  for (const [name, value] of Object.entries(isRecord(record.stages) ? record.stages : {})) {
    const nameProblem = stageNameProblem(name);
    if (nameProblem !== undefined) mistakes.push({ path: ['stages', name], message: nameProblem });
    const { models: inStage, ...own } = isRecord(value) ? value : {};
    const { models: _none, ...stage } = sound(own, stageSchema);
    const found = models
      ? resolveModels(name, merge(defaults, stage), stageModels(models, inStage), recorded)
      : alone(resolveStage(name, defaults, stage, recorded));
    mistakes.push(...strangers(name, models, inStage));
    if (!models && (stage.fleets ?? defaults.fleets)) {
      mistakes.push({ path: ['stages', name, 'fleets'], message: 'are of several models, and the file has no models' });
    }
    mistakes.push(
      ...found.mistakes.filter((mistake) => !isKnown(mistakes, mistake.path) && !follows(mistakes, mistake)),
    );
    for (const { stage, place, fleet } of found.placed) {
      const written: unknown = place ? models![place.name] : record;
      const model = isRecord(written) ? written.model : undefined; // told already where there is none
      const { shadow, versions, ...own } = stage;
      stages.push({
        ...own,
        ...(shadow && { shadow: { ...shadow, ...packageOf(shadow.model) } }),
        ...(versions && {
          versions: versions.map((version) =>
            version.model === undefined ? version : { ...version, model: placed(version.model) },
          ),
        }),
        ...packageOf(model, place?.name),
        ...(place && { place }),
        ...(fleet && { fleet }),
      });
    }
  }
  mistakes.push(...betweenStages(stages));
  if (mistakes.length > 0) return { mistakes };
  return { mistakes, config: { stages, ...(addresses.size > 0 && { addresses: [...addresses.values()] }) } };
}

interface Found {
  readonly placed: readonly {
    readonly stage: ResolvedStage;
    readonly place?: ModelPlace;
    readonly fleet?: StageFleet;
  }[];
  readonly mistakes: readonly Mistake[];
}

const alone = ({ stage, mistakes }: ReturnType<typeof resolveStage>): Found => ({
  placed: stage ? [{ stage }] : [],
  mistakes,
});

/** Whether what is "missing" is so only because its value was wrong, which has been reported already. */
function isKnown(mistakes: readonly Mistake[], path: Mistake['path']): boolean {
  const meets = (known: Mistake['path'], of: Mistake['path']) => isPrefix(known, of) || isPrefix(of, known);
  const ofModel = path[0] === 'models' || path[2] === 'models';
  return mistakes.some(
    ({ path: known }) =>
      meets(known, path) ||
      meets(known, ['defaults', ...path.slice(2)]) ||
      (!ofModel && known[0] === 'models' && meets(known.slice(2), path.slice(2))) ||
      (!ofModel && known[1] === path[1] && known[2] === 'models' && meets(known.slice(4), path.slice(2))),
  );
}

function stageModels(models: Readonly<Record<string, unknown>>, inStage: unknown): StageModel[] {
  return Object.entries(models).map(([name, value]) => {
    const { model: _folder, ...document } = sound(value, modelSchema.partial({ model: true }));
    return { name, document, inStage: sound(isRecord(inStage) ? inStage[name] : undefined, ownSchema) };
  });
}

/** Models that a stage speaks of and the file does not have. */
function strangers(stage: string, models: Readonly<Record<string, unknown>> | undefined, inStage: unknown): Mistake[] {
  if (!isRecord(inStage)) return [];
  if (!models) return [{ path: ['stages', stage, 'models'], message: 'is there, and the file has no models' }];
  const names = Object.keys(models);
  return Object.keys(inStage)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: ['stages', stage, 'models', name],
      message: `is no model of this file; they are ${names.join(', ')}`,
    }));
}

/** One model, or several. */
function whichModels({ model, models, defaults }: RawDocument): Mistake[] {
  const mistakes: Mistake[] = [];
  if (model === undefined && models === undefined) mistakes.push({ path: ['model'], message: 'is missing' });
  if (model !== undefined && models !== undefined) {
    mistakes.push({ path: ['models'], message: 'stands beside model; one model is model, several are models' });
  }
  if (isRecord(defaults) && defaults.models !== undefined) {
    mistakes.push({ path: ['defaults', 'models'], message: 'is of no stage; write it as models of the file' });
  }
  return mistakes;
}

function isPrefix(prefix: Mistake['path'], path: Mistake['path']): boolean {
  return prefix.length <= path.length && prefix.every((key, i) => key === path[i]);
}

/**
 * The parts of a stage that are well formed, so that its other mistakes show in the same run.
 *
 * What the schema refuses is taken out until it takes the rest: a part that is taken out may leave its section incomplete
 * (`network` without its `vpcId`), which shows only when the rest is read again. Each time something goes, so it ends.
 */
function sound<T extends z.ZodType>(value: unknown, schema: T): z.infer<T> {
  const copy = isRecord(value) ? structuredClone(value) : {};
  for (;;) {
    const result = schema.safeParse(copy);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
      for (const [section, key] of paths) remove(copy, String(section), key === undefined ? undefined : String(key));
    }
  }
}

/** Removes `section.key`, or the whole section where that is not possible: each call removes something. */
function remove(stage: Record<string, unknown>, section: string, key: string | undefined): void {
  const inner = stage[section];
  if (key !== undefined && isRecord(inner) && Object.hasOwn(inner, key)) delete inner[key];
  else delete stage[section];
}
