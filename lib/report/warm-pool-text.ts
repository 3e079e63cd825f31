/** The warm pool of a plan, in words. */
import { usd } from '../model/units';
import type { SizingPlan } from '../sizing/plan/plan';

type Pooled = Pick<SizingPlan, 'warmPool' | 'choice' | 'serviceLevel'>;

const fleet = ({ instances, instanceType }: SizingPlan['choice']) => `${instances} x ${instanceType}`;

/** In sentences; undefined where none is asked for. */
export function warmPoolText({ warmPool, choice, serviceLevel }: Pooled): string | undefined {
  if (!serviceLevel.warmPool) return undefined;
  if (!warmPool) return 'none, though it is asked for: the group has as many instances at all times';
  const { stopped, prepared, startSeconds, launchSeconds, without } = warmPool;
  const pool = `${stopped} of ${prepared} instances are stopped while fewest run, and cost their volumes; one answers ${startSeconds} s after it is started, and a new one ${launchSeconds} s after it is launched`;
  if (!without) return `${pool}. Without it no fleet keeps the service level within the budget`;
  const saved = without.usdPerMonth - choice.usdPerMonth;
  const other = `without it ${fleet(without)} would cost ${usd(Math.abs(saved))} USD/month ${saved < 0 ? 'less' : 'more'}`;
  return saved > 0
    ? `${pool}; ${other}`
    : `${pool}; ${other}: it is not worth its price, unless shorter growth is; leave scaling.warmPool out`;
}
