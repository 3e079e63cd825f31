/** The program that sends the logs of an instance to CloudWatch: one JavaScript file, the same for every architecture. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programCode } from './program';

/** Name of the file to run. */
export const LOG_SHIPPER_FILE = 'log-shipper.cjs';

/** What the program is. */
export const logShipperCode = (): Uint8Array =>
  programCode(LOG_SHIPPER_FILE, { entryPoints: ['lambda/shipping/main.ts'] });

/** Writes the program into a folder. Same sources, same bytes. @returns its path */
export function buildLogShipper(folder: string): string {
  const path = join(folder, LOG_SHIPPER_FILE);
  writeFileSync(path, logShipperCode());
  return path;
}
