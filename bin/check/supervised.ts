/**
 * A check in a process of its own, under a clock that nothing stops. In one process a name server that does not answer
 * would keep it from ending: Node.js waits for its threads, whatever the exit status.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { leashed } from '../../lib/model/process/leash';
import { type Outcome, STATES, stated } from '../../lib/watching/check/outcome';

/** Set in the process that checks. */
const CHECKING_VARIABLE = 'SLIPWAY_CHECKING';

const LAUNCHER = join(__dirname, '..', 'launcher.js');

/** What printing and ending takes. */
const ENDING_MS = 200;

/** Of what a check prints; it is a line and some details. */
const MOST_CHARACTERS = 64 * 1024;

export const isSupervised = () => process.env[CHECKING_VARIABLE] !== undefined;

/** @param words of the command line @param seconds since this process began */
export function supervised(check: string, words: readonly string[], seconds: number): Promise<Outcome> {
  const { execArgv, env, stdin } = leashed({ seconds: seconds + 1, thread: false });
  const child = spawn(process.execPath, [...execArgv, LAUNCHER, ...words], {
    env: { ...process.env, ...env, [CHECKING_VARIABLE]: '1' },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  let [text, reason] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(0, MOST_CHARACTERS);
  });
  child.stderr!.setEncoding('utf8').on('data', (part: string) => {
    reason = (reason + part).slice(-MOST_CHARACTERS);
  });
  return new Promise((resolve) => {
    const end = (outcome: Outcome) => {
      clearTimeout(clock);
      resolve(outcome);
    };
    const clock = setTimeout(
      () => {
        child.kill('SIGKILL');
        end(stated(check, 'CRITICAL', `no result within ${seconds} s`));
      },
      Math.max(0, seconds * 1000 - ENDING_MS - performance.now()),
    );
    child.once('error', ({ message }) => end(stated(check, 'UNKNOWN', `the check cannot be started: ${message}`)));
    child.once('close', (code) => {
      const state = STATES[code ?? -1];
      if (state !== undefined && text !== '') return end({ state, text: text.trimEnd() });
      const last = reason.trim().split('\n').at(-1);
      end(stated(check, 'UNKNOWN', `the check ended without a result${last ? `: ${last}` : ''}`));
    });
  });
}
