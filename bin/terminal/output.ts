/** What the command line prints: results on stdout, progress and errors on stderr. Here text of others becomes printable. */
import { fstatSync, writeSync } from 'node:fs';
import { type ErrorCode, SlipwayError } from '../../lib/model/error';
import { fileError, systemError } from '../../lib/model/files/file-error';
import { printable, printableLines } from '../../lib/model/text/printable';
import { asCalled } from './as-called';
import { colouredMessage, colouredText } from './colours';

/** Of one message; a value of others that it quotes may have any length. */
const LONGEST_MESSAGE = 4000;

/** What whoever called does not want to be told. */
let silent = { progress: false, hints: false };

export function silence(what: typeof silent): void {
  silent = what;
}

/** The last line of progress, while what it tells of may go on. */
let work: { readonly line: string; readonly since: number } | undefined;
let drawn = false;

/** A line that is told in any case; never on stdout, which belongs to results. */
export function notice(line: string): void {
  endOfWork();
  process.stderr.write(`${colouredMessage(process.stderr, asCalled(printable(shortened(line))))}\n`);
}

/** A line of progress, or a warning. */
export function progress(line: string): void {
  if (silent.progress && !line.startsWith('warning')) return;
  if (work?.line === printable(line)) return; // the clock tells that it goes on
  notice(line);
  work = { line: printable(line), since: Date.now() };
}

/** What may be done next, for whoever sits at a terminal. */
export function hint(command: string): void {
  if (!silent.hints && process.stderr.isTTY) notice(`next: ${command}`);
}

/** How often a terminal is told how long it has been, and everybody else. */
const TICK_MS = { terminal: 1000, others: 30_000 } as const;
const PATIENCE_MS = 2000;

/**
 * From now on the last line of progress tells how long its work takes.
 *
 * @param first what the work is until there is a line. @default - nobody waits yet
 * @returns ends that
 */
export function tellOfWork(first?: string): () => void {
  if (first !== undefined) work = { line: first, since: Date.now() };
  const terminal = process.stderr.isTTY;
  const tick = () => {
    if (work === undefined || silent.progress) return;
    const elapsed = Date.now() - work.since;
    if (elapsed < PATIENCE_MS) return;
    const seconds = `${Math.round(elapsed / 1000)} s`;
    if (!terminal) process.stderr.write(`still: ${work.line} (${seconds})\n`);
    else {
      const room = Math.max(10, (process.stderr.columns ?? 80) - 1);
      process.stderr.write(`\r\x1b[2K${`... ${seconds}`.slice(0, room)}`);
      drawn = true;
    }
  };
  const timer = setInterval(tick, terminal ? TICK_MS.terminal : TICK_MS.others);
  timer.unref();
  return () => {
    clearInterval(timer);
    endOfWork();
  };
}

/** The line of the clock goes before anything else is written. */
export function endOfWork(): void {
  work = undefined;
  if (drawn) process.stderr.write('\r\x1b[2K');
  drawn = false;
}

/** A line that may be of others. @returns whether more may follow at once, as of `stream.write` */
export function printLine(line: string): boolean {
  endOfWork();
  return process.stdout.write(`${printable(line)}\n`);
}

/** A result for people. What others have written in it, its composer has made `printable`, lest it begins lines of its own. */
export function print(text: string): void {
  printWhole(colouredText(process.stdout, asCalled(printableLines(text))));
}

/** A result for a program. */
export function printAsIs(text: string): void {
  printWhole(printableLines(text));
}

function printWhole(lines: string): void {
  endOfWork();
  process.stdout.write(lines.endsWith('\n') ? lines : `${lines}\n`);
}

export function printJson(value: unknown): void {
  printAsIs(JSON.stringify(value, null, 2));
}

/**
 * What is printed may go to a file on a full disk, or to a reader that has seen enough: that ends the command, with the reason.
 * Nobody is told of progress that cannot be told.
 */
export function watchOutput(): void {
  const { stdout, stderr } = process;
  const failed = (cause: unknown) => {
    process.exit(reportError(fileError('standard output', 'written', cause)));
  };
  stdout.on('error', failed);
  stderr.on('error', () => {});
  if (!fstatSync(stdout.fd).isFile()) return;
  // Node.js takes a file that has room for a part of the text for one that has taken all of it
  stdout.write = (text: string | Uint8Array): boolean => {
    try {
      for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(stdout.fd, rest));
    } catch (cause) {
      failed(cause);
    }
    return true;
  };
}

function shortened(text: string): string {
  if (text.length <= LONGEST_MESSAGE) return text;
  return `${text.slice(0, LONGEST_MESSAGE)} ... (${text.length - LONGEST_MESSAGE} characters more)`;
}

function printError(code: ErrorCode, message: string, problems: readonly string[]): void {
  printJson({ error: { code, message, problems } });
}

/**
 * Report an error and give the exit status: 1 a check failed, 2 the input is wrong, 3 a fault of ours.
 * Only a fault of ours shows a stack trace.
 *
 * @param json whether it is the result too, on stdout: `{"error": {"code", "message", "problems"}}`
 */
export function reportError(thrown: unknown, json = false): number {
  const error = systemError(thrown);
  if (SlipwayError.is(error)) {
    notice(`error ${error.code}: ${error.message}`);
    for (const problem of error.problems) notice(`  - ${problem}`);
    if (json) printError(error.code, error.message, error.problems);
    return error.exitStatus;
  }
  notice('error E_INTERNAL: a fault of Slipway, not of yours; please report it with the lines below');
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  for (const line of stack.split('\n')) notice(line);
  if (json) printError('E_INTERNAL', `a fault of Slipway: ${error instanceof Error ? error.message : error}`, []);
  return 3;
}

/** Report what is wrong with the command line; in words, commander has done so. */
export function reportUsage(message: string, json: boolean): number {
  if (json) printError('E_USAGE', message.replace(/^error: /, ''), []);
  return 2;
}
