/** What is wrong with who is told of alarms. */
import { type Notify, type NotifyTarget, textKind } from '../model/stage/notify';
import { LIMITS, MOST_NOTIFIED, type TextLimit } from './limits';

/** A problem at a path of keys and positions, as a phrase that begins with "must", "is" or "has". */
export interface NotifyProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export const NOTIFY_FORM =
  'must be a list of e-mail addresses, or none to decline notifications, or page and inform with a list each';

const TARGET_FORM =
  'must be an e-mail address, an https address, the name of an SSM parameter that holds one, or slack or teams with its ids';

const TEXTS = { email: LIMITS.email, https: LIMITS.alertAddress, parameter: LIMITS.alertParameter } as const;

const CHANNELS: Readonly<Record<string, Readonly<Record<string, TextLimit>>>> = {
  slack: { workspace: LIMITS.slack, channel: LIMITS.slack },
  teams: { tenant: LIMITS.teams, team: LIMITS.teams, channel: LIMITS.teamsChannel },
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function targetProblems(target: unknown): NotifyProblem[] {
  if (!isRecord(target)) {
    const text = typeof target === 'string' ? target : '';
    const problem = TEXTS[textKind(text)].problem(text);
    return problem === undefined ? [] : [{ path: [], message: problem }];
  }
  const [kind = '', ...others] = Object.keys(target);
  const ids = target[kind];
  const wanted = CHANNELS[kind];
  if (!wanted || others.length > 0 || !isRecord(ids)) return [{ path: [], message: TARGET_FORM }];
  const unknown = Object.keys(ids).filter((key) => !(key in wanted));
  return [
    ...unknown.map((key) => ({ path: [kind], message: `has ${key}, which it does not know` })),
    ...Object.entries(wanted).flatMap(([key, limit]) => {
      const value = ids[key];
      const problem = value === undefined ? 'is missing' : limit.problem(typeof value === 'string' ? value : '');
      return problem === undefined ? [] : [{ path: [kind, key], message: problem }];
    }),
  ];
}

/** How a target is told apart from the others. */
const keyOf = (target: unknown) =>
  typeof target === 'string' && textKind(target) === 'email' ? target.toLowerCase() : JSON.stringify(target);

function listProblems(targets: unknown): NotifyProblem[] {
  if (!Array.isArray(targets) || targets.length === 0) return [{ path: [], message: NOTIFY_FORM }];
  const problems: NotifyProblem[] = [];
  if (targets.length > MOST_NOTIFIED) {
    problems.push({
      path: [],
      message: `must be at most ${MOST_NOTIFIED} addresses, has ${targets.length}; put a list of your mail system in their place`,
    });
  }
  const before = new Set<string>();
  for (const [i, target] of (targets as unknown[]).entries()) {
    const own = targetProblems(target);
    problems.push(...own.map(({ path, message }) => ({ path: [i, ...path], message })));
    if (own.length === 0 && before.has(keyOf(target))) problems.push({ path: [i], message: 'is there already' });
    before.add(keyOf(target));
  }
  return problems;
}

export function notifyProblems(notify: unknown): NotifyProblem[] {
  if (notify === 'none') return [];
  if (!isRecord(notify)) return listProblems(notify);
  const unknown = Object.keys(notify).filter((key) => key !== 'page' && key !== 'inform');
  const at = (key: 'page' | 'inform') =>
    listProblems(notify[key]).map(({ path, message }) => ({ path: [key, ...path], message }));
  return [
    ...(unknown.length > 0 ? [{ path: [], message: NOTIFY_FORM }] : []),
    ...at('page'),
    ...(notify.inform === undefined ? [] : at('inform')),
  ];
}

/** Who is told of which kind of alarm, whatever form it was written in. */
export function targetsOf(notify: Exclude<Notify, 'none'>): Record<'page' | 'inform', readonly NotifyTarget[]> {
  if ('page' in notify) return { page: notify.page, inform: notify.inform ?? [] };
  return { page: notify, inform: notify };
}
