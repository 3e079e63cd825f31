/** The models of a handler that are endpoints of their own, as they stand in a variable of its environment. */
import * as z from 'zod';
import { isOrigin, ORIGIN } from '../stage/origins';
import { type HandlerMember, LONGEST_DEADLINE_MS, MOST_QUEUE_ROWS, MOST_ROWS_PER_RUN } from './handler-settings';
import { handlerVersions } from './handler-versions';

const text = z.string().min(1);

const access = z
  .strictObject({
    apiKeys: text.optional(),
    jwt: z.strictObject({ issuer: text, audience: text, keySet: text, scope: text.optional() }).optional(),
    requestLog: z.boolean().optional(),
  })
  .refine(({ apiKeys, jwt }) => apiKeys !== undefined || jwt !== undefined, 'has neither keys nor tokens');

const member = z
  .strictObject({
    model: text,
    versions: handlerVersions.optional(),
    endpoint: text,
    basePath: z.string().regex(/^\//).optional(),
    host: text.optional(),
    queueRows: z.int().min(1).max(MOST_QUEUE_ROWS),
    queueBytes: z.int().min(1).optional(),
    weight: z.number().positive(),
    deadlineMs: z.int().min(1).max(LONGEST_DEADLINE_MS).optional(),
    rowsPerRun: z.int().min(1).max(MOST_ROWS_PER_RUN).optional(),
    access: access.optional(),
    origins: z.array(z.string().refine(isOrigin, ORIGIN)).min(1).optional(),
    publicMetrics: z.boolean().optional(),
  })
  .refine(
    ({ basePath, host }) => (basePath === undefined) !== (host === undefined),
    'has a basePath or a host, one of both',
  );

const members = z.array(member).min(1);

/** @returns the models, or what the variable must be */
export function readMembers(written: string): { value: readonly HandlerMember[] } | { must: string } {
  let document: unknown;
  try {
    document = JSON.parse(written);
  } catch {
    return { must: 'must be a JSON list of models' };
  }
  const { data, error } = members.safeParse(document);
  if (error) {
    const [{ path, message }] = error.issues as [z.core.$ZodIssue, ...z.core.$ZodIssue[]];
    return { must: `must be a JSON list of models (${[...path.map(String), message].join(': ')})` };
  }
  for (const key of ['endpoint', 'basePath', 'host'] as const) {
    const values = data.flatMap((each) => each[key] ?? []);
    const twice = values.find((value, i) => values.indexOf(value) !== i);
    if (twice !== undefined) return { must: `must be a JSON list of models of which no two have the ${key} ${twice}` };
  }
  return { value: data as readonly HandlerMember[] };
}
