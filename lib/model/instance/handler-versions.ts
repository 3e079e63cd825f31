/** Versions of one model that are served side by side, as they stand in a variable of the handler's environment. */
import * as z from 'zod';

/** One of several versions of a model. */
export interface HandlerVersion {
  /** By which clients ask for it: `/v2/models/{model}/versions/{name}`. No other has it. */
  readonly name: string;
  /** Folder of its package. @default - that of the endpoint's model, which one of them is */
  readonly model?: string;
  /** Its share of the requests that name no version; those of all are 1. */
  readonly weight: number;
}

/** Header that names the version which answers: of a request the one that is asked for, of an answer the one that gave it. */
export const VERSION_HEADER = 'x-model-version';

/** Header by which requests of one client or one visit are answered by one version. */
export const SESSION_HEADER = 'x-session-id';

export const VERSION_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,30}[A-Za-z0-9])?$/;

export const VERSION_NAME_FORM =
  'must be 1 to 32 letters, digits, dots, hyphens and underscores, and begin and end with a letter or digit, e.g. "2"';

/** Versions that an endpoint has at most: each is loaded by every worker. */
export const MOST_VERSIONS = 8;

/** What rounding may do to a sum of shares. */
const ROUNDING = 1e-9;

/** @returns what is wrong with versions as a whole, each at the index of the one that has it; -1 for all of them */
export function versionListProblems(
  versions: readonly { readonly name: string; readonly model?: unknown; readonly weight: number }[],
): { readonly at: number; readonly message: string }[] {
  const problems: { at: number; message: string }[] = [];
  const names = versions.map(({ name }) => name);
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) < i)
      problems.push({ at: i, message: `is a second version ${name}: a name is of one version` });
  }
  const own = versions.filter(({ model }) => model === undefined).length;
  if (own !== 1) {
    problems.push({
      at: -1,
      message: `must have one version without a model, which is that of the endpoint, and ${own === 0 ? 'none is' : `${own} are`} without`,
    });
  }
  const sum = versions.reduce((all, { weight }) => all + weight, 0);
  if (Math.abs(sum - 1) > ROUNDING) {
    const percent = Number((100 * sum).toPrecision(6));
    problems.push({ at: -1, message: `must have weights that add up to 100 %, and they add up to ${percent} %` });
  }
  return problems;
}

export const handlerVersions = z
  .array(
    z.strictObject({
      name: z.string().regex(VERSION_NAME, VERSION_NAME_FORM),
      model: z.string().min(1).optional(),
      weight: z.number().min(0).max(1),
    }),
  )
  .min(2)
  .max(MOST_VERSIONS)
  .superRefine((versions, context) => {
    const [problem] = versionListProblems(versions);
    if (problem) context.addIssue({ code: 'custom', message: problem.message });
  });

/** @returns the versions, or what the variable must be */
export function readVersions(written: string): { value: readonly HandlerVersion[] } | { must: string } {
  let document: unknown;
  try {
    document = JSON.parse(written);
  } catch {
    return { must: 'must be a JSON list of versions' };
  }
  const { data, error } = handlerVersions.safeParse(document);
  if (error) {
    const [{ path, message }] = error.issues as [z.core.$ZodIssue, ...z.core.$ZodIssue[]];
    return { must: `must be a JSON list of versions (${[...path.map(String), message].join(': ')})` };
  }
  return { value: data as readonly HandlerVersion[] };
}
