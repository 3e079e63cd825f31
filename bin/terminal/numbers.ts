/** Numbers of command line options; apart, since `check` starts each minute and needs no others. */
import { InvalidArgumentError } from 'commander';

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(Number.isFinite(value) && value > 0)) throw new InvalidArgumentError('It must be a number greater than 0.');
  return value;
}

export function positiveInteger(text: string): number {
  const value = positiveNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

export function port(text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isInteger(value) || value < 1 || value > 65535) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 65535.');
  }
  return value;
}

const DAY_SECONDS = 24 * 3600;

/** A clock of Node.js holds 24 days at most. */
export function seconds(text: string): number {
  const value = positiveNumber(text);
  if (value > DAY_SECONDS) throw new InvalidArgumentError(`It must be at most ${DAY_SECONDS}, a day.`);
  return value;
}
