/** Which options of slipway.yaml no stage of the proof has: told by walking the schema beside the stages. */
import type { z } from 'zod';

/** A part of the schema, as zod describes it to those who walk it. */
interface Described {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
  readonly element?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: Readonly<Record<string, z.ZodType>>;
}

/** Paths of all keys of a form, e.g. `waf.bodyBytes`; what a list or a choice holds is at its own path. */
export function optionsOf(schema: z.ZodType, path = ''): string[] {
  const { type, innerType, in: before, out: after, element, options, shape } = schema._zod.def as Described;
  if (type === 'object') {
    return Object.entries(shape!).flatMap(([key, value]) => {
      const own = path === '' ? key : `${path}.${key}`;
      return [own, ...optionsOf(value, own)];
    });
  }
  const parts = [innerType, before, after, element, ...(options ?? [])].filter((part) => part !== undefined);
  return [...new Set(parts.flatMap((part) => optionsOf(part, path)))];
}

/** The paths that a document says, with those of its lists as one. */
export function said(document: unknown, path = ''): string[] {
  if (Array.isArray(document)) return document.flatMap((item) => said(item, path));
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([key, value]) => {
    const own = path === '' ? key : `${path}.${key}`;
    return [own, ...said(value, own)];
  });
}

/** Options of a form that none of the documents says. */
export function unsaid(schema: z.ZodType, documents: readonly unknown[]): string[] {
  const all = new Set(documents.flatMap((document) => said(document)));
  return optionsOf(schema).filter((option) => !all.has(option));
}
