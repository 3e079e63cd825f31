/** What a new stage can be, and which of it costs least: a stage without a domain has a choice, and its plans make it. */
import { SlipwayError } from '../../lib/model/error';
import { usd } from '../../lib/model/units';
import type { FunctionPlan, SizingPlan } from '../../lib/sizing';
import { type Answers, CHEAPEST, NONE } from './questions';

/** Instances behind the load balancer of a domain, behind CloudFront or API Gateway; a function of AWS Lambda behind an HTTP API. */
export type Door = 'alb' | 'cloudfront' | 'api' | 'lambda';

export type Plan = SizingPlan | FunctionPlan;

/** As a phrase, behind "chosen: ". */
const NAMES: Readonly<Record<Door, string>> = {
  alb: 'instances behind a load balancer',
  cloudfront: 'instances behind CloudFront',
  api: 'instances behind an HTTP API of API Gateway',
  lambda: 'a function of AWS Lambda behind an HTTP API',
};

/** Those that the answers leave open, the usual one first. */
export function doorsOf({ compute, domain = NONE }: Pick<Answers, 'compute' | 'domain'>): readonly Door[] {
  if (compute === 'lambda') return ['lambda'];
  if (domain !== NONE) return ['alb'];
  return compute === CHEAPEST ? ['cloudfront', 'api', 'lambda'] : ['cloudfront', 'api'];
}

/** One door, or why it cannot be had. */
export type Tried<T> = readonly (readonly [door: Door, made: T | SlipwayError])[];

/**
 * What is made of each door.
 *
 * @throws SlipwayError of the first where none can be had
 */
export function tryEach<T>(doors: readonly Door[], make: (door: Door) => T): Tried<T> {
  const tried = doors.map((door): Tried<T>[number] => {
    try {
      return [door, make(door)];
    } catch (error) {
      if (SlipwayError.is(error)) return [door, error];
      throw error;
    }
  });
  const [[, first]] = tried as [Tried<T>[number]];
  if (SlipwayError.is(first) && tried.every(([, made]) => SlipwayError.is(made))) throw first;
  return tried;
}

export interface Choice {
  readonly door: Door;
  readonly plan: Plan;
  /** Why, in one sentence; undefined where there was no choice. */
  readonly reason?: string;
}

/** The cheapest plan that keeps the service level; of those that cost the same the usual one. */
export function cheapest(tried: Tried<Plan>): Choice {
  const plans = tried.flatMap(([door, plan]) => (SlipwayError.is(plan) ? [] : [{ door, plan }]));
  const [chosen, ...others] = plans.sort((a, b) => a.plan.cost.usdPerMonth - b.plan.cost.usdPerMonth) as [
    Choice,
    ...Choice[],
  ];
  if (tried.length === 1) return chosen;
  const cost = ({ plan }: Choice) => `${usd(plan.cost.usdPerMonth)} USD/month`;
  const refused = tried.flatMap(([door, plan]) =>
    SlipwayError.is(plan) ? [`${NAMES[door]} cannot be had: ${[plan.message, ...plan.problems].join('; ')}`] : [],
  );
  const parts = [...others.map((other) => `${NAMES[other.door]} would cost ${cost(other)}`), ...refused];
  return { ...chosen, reason: `${NAMES[chosen.door]}, for ${cost(chosen)}, is the cheapest: ${parts.join('; ')}` };
}
