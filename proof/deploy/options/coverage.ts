/** Which options of slipway.yaml no stage of the proof has: told by walking the schema beside the stages. */
import type { z } from 'zod';
import { stageSchema } from '../../../lib/config/schema';
import type { Report } from '../../report';

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

/** Options of a stage that none of these stages has, and where they are deployed, or why not. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  account: 'the emulator has one account',
  'traffic.bursts.file': 'traffic.bursts is, and a file changes the plan as it does',
  ...Object.fromEntries(
    ['file', 'golden', 'name', 'data', 'labels', 'select', 'threshold', 'missing', 'batch'].map((key) => [
      `shadow.model.${key}`,
      'a file is packed into a folder first, which shadow.model is here',
    ]),
  ),
  'monitoring.lean': 'as monitoring: lean, which is the same',
};

/** Those that other sections of this proof deploy. */
const OTHER_SECTIONS = ['region', 'models', 'fleets', 'compute'];

/** Options of a form that none of the documents says. */
export function unsaid(schema: z.ZodType, documents: readonly unknown[]): string[] {
  const all = new Set(documents.flatMap((document) => said(document)));
  return optionsOf(schema).filter((option) => !all.has(option));
}

/** One line for each option that is not deployed, with the reason; one that nobody has thought of makes the proof fail. */
export function sayUnsaid(report: Report, stages: readonly unknown[]): void {
  const options = optionsOf(stageSchema);
  const missing = unsaid(stageSchema, stages).filter((option) => !OTHER_SECTIONS.includes(option));
  const known = (option: string) =>
    Object.entries(ELSEWHERE).find(([path]) => option === path || option.startsWith(`${path}.`));
  for (const option of missing) {
    const [, reason] = known(option) ?? [];
    if (reason !== undefined) report.unproved(option, reason);
  }
  report.equal(
    missing.filter((option) => !known(option)),
    [],
    `each of ${options.length} options of a stage is deployed, or it is said why not`,
  );
}
