/** A small file that is read again when it changes. What cannot be read leaves what was read before in force. */
import { readFileSync } from 'node:fs';
import { SlipwayError } from '../../../lib/model/error';
import type { Log } from '../log';

/** How often it is looked at; on an instance the files are fetched every five minutes. */
const LOOK_MS = 15_000;

export class WatchedFile<T> {
  value: T;
  private text: string;
  private readonly timer: NodeJS.Timeout;

  /** @throws SlipwayError E_FILE when the file cannot be read at first */
  constructor(
    private readonly path: string,
    private readonly parse: (text: string) => T,
    private readonly log: Log,
  ) {
    try {
      this.text = readFileSync(path, 'utf8');
      this.value = parse(this.text);
    } catch (cause) {
      throw new SlipwayError('E_FILE', `${path}: is not usable for access control (${(cause as Error).message})`, {
        cause,
      });
    }
    this.timer = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Read the file again, if it has changed. */
  look(): void {
    try {
      const text = readFileSync(this.path, 'utf8');
      if (text === this.text) return;
      this.value = this.parse(text);
      this.text = text;
      this.log('info', 'access changed', { file: this.path });
    } catch (error) {
      this.log('error', 'access not read', { file: this.path, error: (error as Error).message });
    }
  }

  close(): void {
    clearInterval(this.timer);
  }
}
