/** A canary from its first instance to its last share: sees, decides, acts, as long as one run of the function has time. */
import { SlipwayError } from '../../lib/model/error';
import type { Judged } from '../../lib/model/stage/deployment';
import { begin, type CanaryState, decide } from './canary-decision';
import type { CanaryWorld } from './canary-world';
import type { Clock } from './checks';
import { reasonOf } from './custom-resource';

const PAUSE_MS = 10_000;

/** So often in a row AWS may fail to answer, each time after the attempts of its own SDK. */
const BLIND_ROUNDS = 6;

export interface CanaryRun {
  readonly judged: Judged;
  readonly world: Pick<CanaryWorld, 'see' | 'resize' | 'give' | 'withdraw' | 'alarm'>;
  /** Whether the stack is being changed, and not changed back. */
  readonly forward: () => Promise<boolean>;
  /** Sends the golden rows to the small group. @throws SlipwayError when they do not hold */
  readonly replay: () => Promise<void>;
  readonly tell: (withdrawn: boolean) => void;
  readonly clock: Clock;
  /** Where the run before has stopped. @default - this is the first */
  readonly from?: CanaryState;
  /** Milliseconds of the epoch at which this run has to stop. */
  readonly until: number;
  /** Whether no run comes after it. */
  readonly last: boolean;
}

/**
 * @returns where it has stopped
 * @throws SlipwayError E_PARITY when the canary is withdrawn; nothing of it is then left
 */
export async function runCanary(run: CanaryRun): Promise<CanaryState> {
  const { judged, world, clock, until, last } = run;
  const steps = (judged.canary ?? judged.shift)!;
  let state = run.from ?? begin(clock.now());
  for (let blind = 0; ; ) {
    try {
      const [seen, forward] = await Promise.all([world.see(state), run.forward()]);
      if (!forward) {
        await world.withdraw();
        return { ...state, phase: 'skipped' };
      }
      const step = decide(state, { ...seen, forward }, steps, judged.p99Ms);
      if (step.kind === 'done') return step.state;
      if (step.kind === 'withdraw') throw withdrawal(step.reason);
      if (step.kind === 'resize') await world.resize(step.instances);
      if (step.kind === 'replay') {
        await run.replay();
        await world.give(step.share);
        state = step.state;
      }
      blind = 0;
    } catch (error) {
      if (!isFinal(error) && ++blind < BLIND_ROUNDS) {
        await clock.wait(PAUSE_MS);
        continue;
      }
      return await withdrawn(run, reasonOf(error));
    }
    if (clock.now() + PAUSE_MS >= until) {
      return last ? await withdrawn(run, 'it was not through in the time that there is') : state;
    }
    await clock.wait(PAUSE_MS);
  }
}

/** A connection that breaks, and an interface of AWS that is busy, are tried again. */
const isFinal = (error: unknown) => SlipwayError.is(error) && error.code === 'E_PARITY';

const withdrawal = (reason: string) => new SlipwayError('E_PARITY', reason);

async function withdrawn({ world, tell }: CanaryRun, reason: string): Promise<never> {
  const text = `the canary was withdrawn: ${reason}`;
  await world.withdraw();
  tell(true);
  // who is told is no reason to leave the deployment without an answer
  await world.alarm('ALARM', text).catch((error) => console.error('the alarm was not set:', error));
  throw withdrawal(text);
}
