/** What the command line prints: results on stdout, progress and errors on stderr. Here text of others becomes printable. */
import { fstatSync, writeSync } from 'node:fs';
import { type ErrorCode, SlipwayError } from '../lib/model/error';
import { fileError, systemError } from '../lib/model/files/file-error';
import { printable, printableLines } from '../lib/model/text/printable';

/** Of one message; a value of others that it quotes may have any length. */
const LONGEST_MESSAGE = 4000;

/** A line of progress; never on stdout, which belongs to results. */
export function progress(line: string): void {
  process.stderr.write(`${printable(shortened(line))}\n`);
}

/** A line that may be of others. @returns whether more may follow at once, as of `stream.write` */
export function printLine(line: string): boolean {
  return process.stdout.write(`${printable(line)}\n`);
}

/** A result. What others have written in it, its composer has made `printable`, lest it begins lines of its own. */
export function print(text: string): void {
  const lines = printableLines(text);
  process.stdout.write(lines.endsWith('\n') ? lines : `${lines}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
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
    progress(`error ${error.code}: ${error.message}`);
    for (const problem of error.problems) progress(`  - ${problem}`);
    if (json) printError(error.code, error.message, error.problems);
    return error.exitStatus;
  }
  progress('error E_INTERNAL: a fault of Slipway, not of yours; please report it with the lines below');
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  for (const line of stack.split('\n')) progress(line);
  if (json) printError('E_INTERNAL', `a fault of Slipway: ${error instanceof Error ? error.message : error}`, []);
  return 3;
}

/** Report what is wrong with the command line; in words, commander has done so. */
export function reportUsage(message: string, json: boolean): number {
  if (json) printError('E_USAGE', message.replace(/^error: /, ''), []);
  return 2;
}
