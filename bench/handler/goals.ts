/** What the handler should reach, as ratios of what was measured in the same run. */
import type { ModelName } from './models';
import type { Server } from './servers';
import { type Rounds, ratio } from './visits';

export interface Goal {
  readonly what: string;
  readonly bound: 'at least' | 'at most';
  readonly goal: number;
  readonly found: number;
}

/** How many times Flask's CPU time for one row is to be that of the handler. */
const FLASK: Readonly<Record<ModelName, number>> = {
  logistic: 45,
  'forest-100': 200,
  'forest-500': 500,
  'boosting-200': 40,
  'mlp-3x256': 30,
};

const ENGINES = {
  native: { raw: 0.95, startMs: 100, residentMb: 60 },
  onnxruntime: { raw: 0.8, startMs: 250, residentMb: 110 },
} as const;

export function requestGoals(model: ModelName, rows: number, connections: number, rounds: Rounds): Goal[] {
  const goals: Goal[] = [];
  const add = (what: string, bound: Goal['bound'], goal: number, found: number | undefined) => {
    if (found !== undefined) goals.push({ what: `${model}: ${what}`, bound, goal, found });
  };
  if (rows !== 1) return goals;
  const engine = rounds.has('native') ? 'native' : 'onnxruntime';
  if (connections === 1) {
    add(
      `p50 of one row, ${engine} over raw`,
      'at most',
      1.15,
      ratio(rounds, engine, 'raw', (visit) => visit.p50Ms),
    );
  }
  if (connections === 16) {
    for (const [name, { raw }] of Object.entries(ENGINES)) {
      const found = ratio(rounds, 'raw', name as keyof typeof ENGINES, (visit) => visit.cpuMicroseconds);
      add(`CPU time of one row, raw over ${name}`, 'at least', raw, found);
    }
    const flask = ratio(rounds, 'flask', engine, (visit) => visit.cpuMicroseconds);
    add(`CPU time of one row, Flask over ${engine}`, 'at least', FLASK[model], flask);
    const auto = ratio(rounds, engine, 'no-metrics', (visit) => visit.cpuMicroseconds);
    add(`CPU time of one row, ${engine} over the same without metrics`, 'at most', 1.05, auto);
  }
  return goals;
}

export function processGoals(model: ModelName, servers: readonly Server[]): Goal[] {
  if (model !== 'logistic') return [];
  return servers.flatMap(({ name, startMs, residentMb }) => {
    if (name !== 'native' && name !== 'onnxruntime') return [];
    const goal = ENGINES[name];
    return [
      {
        what: `${model}: start to the first answer of ${name}, ms`,
        bound: 'at most' as const,
        goal: goal.startMs,
        found: startMs,
      },
      {
        what: `${model}: resident memory of ${name}, MB`,
        bound: 'at most' as const,
        goal: goal.residentMb,
        found: residentMb,
      },
    ];
  });
}

export const met = ({ bound, goal, found }: Goal): boolean => (bound === 'at least' ? found >= goal : found <= goal);
