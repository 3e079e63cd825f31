/** Reads slipway.yaml and reports all its mistakes at once, each with its line. */
import { isUtf8 } from 'node:buffer';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readImages } from '../image/image-file';
import { SlipwayError } from '../model/error';
import { readRegularFile } from '../model/files/read-file';
import { isRecord } from '../model/formats/json';
import { keyPath, quoted } from '../model/text/quote';
import type { Bursts } from '../sizing/demand/arrivals';
import { LONGEST_RECORD, recordedBursts } from '../sizing/demand/recorded-traffic';
import { betweenStages } from './between-stages';
import type { SlipwayConfig, StageConfig } from './config';
import { explain } from './explain';
import { type Mistake, resolveStage } from './resolve';
import { documentSchema, type StageDocument, stageSchema } from './schema';
import { MOST_BYTES, readYaml, refuse, type YamlText } from './yaml-text';

/**
 * Read and check a configuration file.
 *
 * @param path of slipway.yaml; `model` in it is relative to the file's folder, in which the pinned machine images lie too
 * @throws SlipwayError E_CONFIG listing every mistake as `file:line: key: message`
 */
export function loadConfig(path: string): SlipwayConfig {
  let bytes: Buffer;
  try {
    bytes = readRegularFile(path, MOST_BYTES);
  } catch (cause) {
    if (!SlipwayError.is(cause)) throw cause;
    throw new SlipwayError('E_CONFIG', `${cause.message}; docs/reference/configuration.md shows how to write one`, {
      cause,
    });
  }
  if (!isUtf8(bytes)) throw new SlipwayError('E_CONFIG', `${path}: is not text in UTF-8; save it in that encoding`);
  return { ...parseConfig(bytes.toString('utf8'), path), images: readImages(path) };
}

/**
 * Check the text of a configuration file.
 *
 * @param path of the file, for messages and because paths in it are relative to its folder
 * @param read a file that it names: a record of traffic; undefined when there is none
 * @throws SlipwayError E_CONFIG listing every mistake as `file:line: key: message`
 */
export function parseConfig(text: string, path: string, read: ReadFile = onDisk): SlipwayConfig {
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
  return { ...config!, where: (keys) => `${path}:${lineOf(yaml, keys)}` };
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

/** What is wrong with the name of a stage, which is the id of a construct and a selector of the CDK. */
function stageNameProblem(name: string): string | undefined {
  const got = `, got ${quoted(name)}`;
  if (!/^[a-z]/.test(name)) return `must begin with a lower-case letter${got}`;
  if (!/^[a-z0-9-]+$/.test(name)) return `must be lower-case letters, digits and hyphens${got}`;
  if (name.length < 2 || name.length > 20) return `must have 2 to 20 characters${got}`;
  if (name in {}) return `must be another word: JavaScript, and so the CDK, keeps ${name} for itself`;
  return undefined;
}

function check(raw: unknown, folder: string, read: ReadFile): { config?: SlipwayConfig; mistakes: Mistake[] } {
  const result = documentSchema.safeParse(raw ?? {});
  const mistakes = result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, raw));
  const record = (isRecord(raw) ? raw : {}) as { defaults?: unknown; stages?: unknown; model?: unknown };
  const defaults = sound(record.defaults);
  const stages: StageConfig[] = [];
  for (const [name, value] of Object.entries(isRecord(record.stages) ? record.stages : {})) {
    const nameProblem = stageNameProblem(name);
    if (nameProblem !== undefined) mistakes.push({ path: ['stages', name], message: nameProblem });
    const resolved = resolveStage(name, defaults, sound(value), (file) => trafficIn(file, folder, read));
    // what is "missing" only because its value was wrong has been reported already
    const known = (path: Mistake['path']) =>
      mistakes.some((mistake) => isPrefix(mistake.path, path) || isPrefix(path, mistake.path));
    const fresh = resolved.mistakes.filter(
      (mistake) => !known(mistake.path) && !known(['defaults', ...mistake.path.slice(2)]),
    );
    mistakes.push(...fresh);
    const { stage } = resolved;
    if (stage)
      stages.push(
        stage.shadow ? { ...stage, shadow: { ...stage.shadow, model: resolve(folder, stage.shadow.model) } } : stage,
      );
  }
  mistakes.push(...betweenStages(stages));
  if (mistakes.length > 0) return { mistakes };
  return { mistakes, config: { model: resolve(folder, record.model as string), stages } };
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
function sound(value: unknown): StageDocument {
  const copy = isRecord(value) ? structuredClone(value) : {};
  for (;;) {
    const result = stageSchema.safeParse(copy);
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
