/** What the command line prints: results on stdout, progress and errors on stderr. */
import { SlipwayError } from '../lib/model/error';

/** A line of progress; never on stdout, which belongs to results. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/**
 * Report an error and give the exit status: 1 a check failed, 2 the input is wrong, 3 a fault of ours.
 * Only a fault of ours shows a stack trace.
 */
export function reportError(error: unknown): number {
  if (SlipwayError.is(error)) {
    progress(`error ${error.code}: ${error.message}`);
    for (const problem of error.problems) progress(`  - ${problem}`);
    return error.exitStatus;
  }
  progress('error E_INTERNAL: a fault of Slipway, not of yours; please report it with the lines below');
  progress(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 3;
}
