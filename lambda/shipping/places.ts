/** Up to where each log has been sent, kept over restarts. */
import { readFileSync } from 'node:fs';
import { replaceFile } from '../../lib/model/files/replace-file';
import type { Place } from './tailed-file';

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' &&
  value !== null &&
  [(value as Place).inode, (value as Place).offset].every((number) => Number.isSafeInteger(number) && number >= 0);

export class Places {
  private readonly places: Record<string, Place>;
  private kept = true;

  /** @param path a file that need not be there; what is damaged in it counts as not there */
  constructor(private readonly path: string) {
    this.places = Object.fromEntries(Object.entries(readObject(path)).filter(([, place]) => isPlace(place)));
  }

  of(stream: string): Place | undefined {
    return this.places[stream];
  }

  /** Where it cannot be written, as on a full volume, what is sent from now on is sent again after a restart. */
  keep(stream: string, place: Place): void {
    this.places[stream] = place;
    try {
      replaceFile(this.path, JSON.stringify(this.places));
      this.kept = true;
    } catch (error) {
      if (this.kept) console.error((error as Error).message);
      this.kept = false;
    }
  }
}

function readObject(path: string): Record<string, Place> {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof read === 'object' && read !== null ? { ...(read as Record<string, Place>) } : {};
  } catch {
    return {};
  }
}
