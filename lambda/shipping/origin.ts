/** Where an instance stands, and what it was started from: as cloud-init and Amazon Linux leave it in files. */
import { readFileSync } from 'node:fs';

/** What cloud-init knows of an instance, written at each boot (cloud-init documentation, "Instance-data", of v1). */
export const INSTANCE_DATA_FILE = '/run/cloud-init/instance-data.json';

/** What Amazon's images say of themselves, e.g. `image_date="20260206172131"`. */
export const IMAGE_ID_FILE = '/etc/image-id';

const DAY_MS = 24 * 3600 * 1000;

/** Name of the zone in this account; undefined where nothing says it. */
export function zoneOf(path = INSTANCE_DATA_FILE): string | undefined {
  try {
    const { v1 } = JSON.parse(readFileSync(path, 'utf8')) as { v1?: { availability_zone?: unknown } };
    const zone = v1?.availability_zone;
    return typeof zone === 'string' && zone !== '' ? zone : undefined;
  } catch {
    return undefined;
  }
}

/** Days since Amazon made the machine image; undefined for an image that does not say. */
export function imageAgeDays(now: number, path = IMAGE_ID_FILE): number | undefined {
  try {
    const [, year, month, day] = /^image_date="?(\d{4})(\d\d)(\d\d)/m.exec(readFileSync(path, 'utf8'))!;
    const made = Date.UTC(Number(year), Number(month) - 1, Number(day));
    return Math.max(0, Math.floor((now - made) / DAY_MS));
  } catch {
    return undefined;
  }
}
