/** What EC2 tells a Spot instance: that it is taken back in two minutes, or that it may be soon. */
import { SPOT_INTERRUPTIONS_METRIC } from '../../../lib/model/instance/instance-metrics';
import { emfFields } from '../../reporting/emf';
import type { Log } from '../log/log';
import { InstanceMetadata } from './metadata';

/** As AWS advises (EC2 user guide, Spot Instance interruption notices, 2026-07). */
const LOOK_MS = 5000;

const INTERRUPTION = 'spot/instance-action';
const REBALANCE = 'events/recommendations/rebalance';

export interface Watching {
  readonly log: Log;
  /** Value of the dimension of the metric. @default - there is no metric */
  readonly endpoint?: string | undefined;
  /** Called once, when the instance is taken back. */
  readonly takenBack: () => void;
  readonly metadata?: Pick<InstanceMetadata, 'read'>;
  /** @default LOOK_MS */
  readonly lookMs?: number;
}

/** The fields of a notice; none where it is not what EC2 documents. */
function fieldsOf(text: string): { readonly action?: string; readonly at?: string } {
  try {
    const { action, time, noticeTime } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const at = time ?? noticeTime;
    return { ...(typeof action === 'string' && { action }), ...(typeof at === 'string' && { at }) };
  } catch {
    return {};
  }
}

/**
 * Looks for notices until the instance is taken back.
 *
 * A recommendation alone is for EC2 Auto Scaling, which starts another instance first and then stops this one: most instances
 * that get one run on for long, and all may get one at once.
 */
export function watchNotices({ log, endpoint, takenBack, metadata, lookMs = LOOK_MS }: Watching): void {
  const service = metadata ?? new InstanceMetadata();
  let atRisk = false;
  let silent = false;

  /** @returns whether there is no more to look for */
  const look = async (): Promise<boolean> => {
    const notice = await service.read(INTERRUPTION);
    if (notice !== undefined) {
      const counted = [{ name: SPOT_INTERRUPTIONS_METRIC, unit: 'Count', value: 1 }] as const;
      log('warn', 'taken back', {
        ...fieldsOf(notice),
        ...(endpoint !== undefined && emfFields(endpoint, counted, Date.now())),
      });
      takenBack();
      return true;
    }
    const advice = atRisk ? undefined : await service.read(REBALANCE);
    if (advice !== undefined) {
      atRisk = true;
      log('info', 'may be taken back', fieldsOf(advice));
    }
    return false;
  };

  const looking = async (): Promise<void> => {
    const over = await look().then(
      (found) => {
        silent = false;
        return found;
      },
      (error: Error) => {
        if (!silent) log('warn', 'no notices', { error: error.message });
        silent = true;
        return false;
      },
    );
    if (!over) setTimeout(() => void looking(), lookMs).unref();
  };
  void looking();
}
