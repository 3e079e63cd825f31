/** A fault that the schema finds, in our own words: what was found, what is allowed, the nearest right spelling. */
import { z } from 'zod';
import { isRecord } from '../model/formats/json';
import { nearestOf } from '../model/text/nearest';
import { quoted } from '../model/text/quote';
import type { Mistake } from './mistake';
import { documentSchema } from './schema';

/** Keys that a message lists; of more nobody reads them to the end. */
const MOST_LISTED = 24;

const listed = (allowed: readonly string[]) =>
  allowed.length <= MOST_LISTED
    ? `allowed are ${allowed.join(', ')}`
    : `allowed are the ${allowed.length} keys of docs/reference/configuration.md`;

/** @param raw the whole document */
export function explain(issue: z.core.$ZodIssue, raw: unknown): Mistake[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  const value = path.reduce<unknown>((node, key) => (hasOwn(node, key) ? node[key as string] : undefined), raw);
  const found = value === undefined ? '' : `, got ${quoted(value)}`;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const allowed = allowedKeys(path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `is not known${suggestion(key, allowed)}; ${listed(allowed)}`,
      }));
    }
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      return [{ path, message: `must be one of ${allowed.join(', ')}${found}${suggestion(String(value), allowed)}` }];
    }
    case 'invalid_type':
      if (value === undefined) return [{ path, message: 'is missing' }];
      return [{ path, message: `${ours(issue.message) ?? `must be ${article(issue.expected)}`}${found}` }];
    case 'too_small':
    case 'too_big':
      return [{ path, message: `${ours(issue.message) ?? bound(issue)}${found}` }];
    case 'invalid_union': {
      if (ours(issue.message) !== undefined) break;
      const branch = isRecord(value) ? issue.errors.at(-1)! : issue.errors[0]!;
      return branch.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }, raw));
    }
    default:
  }
  return [{ path, message: withFound(ours(issue.message) ?? 'is not what is allowed here', found) }];
}
function hasOwn(node: unknown, key: string | number): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null && Object.hasOwn(node, key);
}

/** What was found stands before the question whether something else was meant. */
function withFound(message: string, found: string): string {
  const [what, meant] = message.split('; did you mean ');
  return `${what}${found}${meant === undefined ? '' : `; did you mean ${meant}`}`;
}

/** The schema's own message, where it is one of ours. */
function ours(message: string): string | undefined {
  return /^(must|is|has) /.test(message) ? message : undefined;
}

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const unit = { array: ' entries', string: ' characters' }[issue.origin as string] ?? '';
  return issue.code === 'too_small'
    ? `must have at least ${issue.minimum}${unit}`
    : `must have at most ${issue.maximum}${unit}`;
}

function article(type: string): string {
  const names: Record<string, string> = {
    record: 'a mapping',
    object: 'a mapping',
    array: 'a list',
    boolean: 'true or false',
    string: 'text',
  };
  return names[type] ?? `a ${type}`;
}

/** The keys that may stand at a path of the document. */
function allowedKeys(path: readonly (string | number)[]): string[] {
  let schema: unknown = documentSchema;
  for (const key of path) {
    const inner = withKeys(schema);
    if (inner instanceof z.ZodRecord) schema = inner.valueType;
    else if (inner instanceof z.ZodArray) schema = inner.element;
    else schema = inner instanceof z.ZodObject ? inner.shape[key as string] : undefined;
  }
  const found = withKeys(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** A schema without what stands around it. */
function withKeys(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional) return withKeys(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject);
  return schema instanceof z.ZodPipe ? withKeys(schema.out) : schema;
}

function suggestion(text: string, allowed: readonly string[]): string {
  const nearest = nearestOf(text, allowed);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}
