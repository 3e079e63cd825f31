/** Reads slipway.yaml and reports all its mistakes at once, each with its line. */
import { dirname, resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { SlipwayError } from '../model/error';
import { readRegularFile } from '../model/files/read-file';
import type { SlipwayConfig, StageConfig } from './config';
import { type Mistake, resolveStage } from './resolve';
import { documentSchema, type StageDocument, stageSchema } from './schema';

/** Bytes at most; a stage takes some hundred. */
const MAXIMUM_BYTES = 4 * 1024 * 1024;

/**
 * Read and check a configuration file.
 *
 * @param path of slipway.yaml; `model` in it is relative to the file's folder
 * @throws SlipwayError E_CONFIG listing every mistake as `file:line: key: message`
 */
export function loadConfig(path: string): SlipwayConfig {
  let text: string;
  try {
    text = readRegularFile(path, MAXIMUM_BYTES).toString('utf8');
  } catch (cause) {
    if (!SlipwayError.is(cause)) throw cause;
    throw new SlipwayError('E_CONFIG', `${cause.message}; docs/configuration.md shows how to write one`, { cause });
  }
  return parseConfig(text, path);
}

/**
 * Check the text of a configuration file.
 *
 * @param path of the file, for messages and because `model` is relative to its folder; nothing is read
 * @throws SlipwayError E_CONFIG listing every mistake as `file:line: key: message`
 */
export function parseConfig(text: string, path: string): SlipwayConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    fail(
      path,
      document.errors.map((error) => `${path}:${lines.linePos(error.pos[0]).line}: ${firstLine(error.message)}`),
    );
  }
  const { config, mistakes } = check(contentOf(document, path), dirname(resolve(path)));
  if (mistakes.length > 0) {
    const located = mistakes.map((mistake) => ({ line: lineOf(document, lines, mistake.path), mistake }));
    located.sort((a, b) => a.line - b.line);
    fail(
      path,
      located.map(({ line, mistake }) => `${path}:${line}: ${mistake.path.join('.') || 'the file'} ${mistake.message}`),
    );
  }
  return config!;
}

/** @throws SlipwayError E_CONFIG for an alias of an anchor that is not there, or for so many that they fill the memory */
function contentOf(parsed: Document.Parsed, path: string): unknown {
  try {
    return parsed.toJS() as unknown;
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    fail(path, [`${path}: ${firstLine(error.message)}`]);
  }
}

function fail(path: string, problems: string[]): never {
  const count = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
  throw new SlipwayError('E_CONFIG', `${path} has ${count}`, { problems });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

const STAGE_NAME = /^[a-z][a-z0-9-]{0,19}$/;

function check(raw: unknown, folder: string): { config?: SlipwayConfig; mistakes: Mistake[] } {
  const result = documentSchema.safeParse(raw ?? {});
  const mistakes = result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, raw));
  const record = (isRecord(raw) ? raw : {}) as { defaults?: unknown; stages?: unknown; model?: unknown };
  const defaults = sound(record.defaults);
  const stages: StageConfig[] = [];
  for (const [name, value] of Object.entries(isRecord(record.stages) ? record.stages : {})) {
    if (!STAGE_NAME.test(name)) {
      mistakes.push({ path: ['stages', name], message: 'must be lower-case letters, digits and hyphens, at most 20' });
    }
    const resolved = resolveStage(name, defaults, sound(value));
    // what is "missing" only because its value was wrong has been reported already
    const known = (path: Mistake['path']) =>
      mistakes.some((mistake) => isPrefix(mistake.path, path) || isPrefix(path, mistake.path));
    const fresh = resolved.mistakes.filter(
      (mistake) => !known(mistake.path) && !known(['defaults', ...mistake.path.slice(2)]),
    );
    mistakes.push(...fresh);
    if (resolved.stage) stages.push(resolved.stage);
  }
  if (mistakes.length > 0) return { mistakes };
  return { mistakes, config: { model: resolve(folder, record.model as string), stages } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPrefix(prefix: Mistake['path'], path: Mistake['path']): boolean {
  return prefix.length <= path.length && prefix.every((key, i) => key === path[i]);
}

/** The parts of a stage that are well formed, so that its other mistakes show in the same run. */
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

/** A zod issue in our own words: what was found, what is allowed, the nearest right spelling. */
function explain(issue: z.core.$ZodIssue, raw: unknown): Mistake[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const value = path.reduce<unknown>(
    (node, key) => (node as Record<string, unknown> | undefined)?.[key as string],
    raw,
  );
  // JSON has no NaN and no infinity, and writes null for them
  const found = value === undefined ? '' : `, got ${typeof value === 'number' ? value : JSON.stringify(value)}`;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = allowedKeys(path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `is not known${suggestion(key, allowed)}; allowed are ${allowed.join(', ')}`,
      }));
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      return [{ path, message: `must be one of ${allowed.join(', ')}${found}${suggestion(String(value), allowed)}` }];
    }
    case 'invalid_type':
      if (value === undefined) return [{ path, message: 'is missing' }];
      return [
        {
          path,
          message: `${/^must /.test(issue.message) ? issue.message : `must be ${article(issue.expected)}`}${found}`,
        },
      ];
    default:
      return [
        { path, message: `${/^must /.test(issue.message) ? issue.message : `is wrong: ${issue.message}`}${found}` },
      ];
  }
}

function article(type: string): string {
  const names: Record<string, string> = {
    record: 'a mapping',
    object: 'a mapping',
    array: 'a list',
    boolean: 'true or false',
  };
  return names[type] ?? `a ${type}`;
}

/** The keys that may stand at a path of the document. */
function allowedKeys(path: readonly (string | number)[]): string[] {
  const [top, ...rest] = path;
  if (top === undefined) return Object.keys(documentSchema.shape);
  const inStage = top === 'stages' ? rest.slice(1) : rest;
  let schema: unknown = stageSchema;
  for (const key of inStage) {
    const inner = schema instanceof z.ZodObject ? (schema.shape[key as string] as z.ZodType | undefined) : undefined;
    schema = inner instanceof z.ZodOptional ? inner.unwrap() : inner;
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function suggestion(text: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return '';
  const nearest = closest(text, allowed as string[]);
  return distance(text, nearest) <= Math.max(2, text.length / 3) ? `; did you mean ${nearest}?` : '';
}

/** Line of the key at `path`, or of the deepest part of it that exists. */
function lineOf(document: Document.Parsed, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    const key = isMap(parent) ? parent.items.find((pair) => String(pair.key) === String(last))?.key : undefined;
    const node = key ?? document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
