/** The program that sends the logs of an instance to CloudWatch: one JavaScript file, the same for every architecture. */
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { PROGRAM } from './program';

/** Name of the file to run. */
export const LOG_SHIPPER_FILE = 'log-shipper.cjs';

/** Writes the program into a folder. Same sources, same bytes. @returns its path */
export function buildLogShipper(folder: string): string {
  const outfile = join(folder, LOG_SHIPPER_FILE);
  buildSync({ ...PROGRAM, entryPoints: ['lambda/shipping/main.ts'], outfile });
  return outfile;
}
