/** A small file that is read again when it changes. What cannot be read leaves what was read before in force. */
import { SlipwayError } from '../../../lib/model/error';
import { readRegularFile } from '../../../lib/model/files/read-file';
import { MIB } from '../../../lib/model/units';
import type { Log } from '../log/log';

/** Bytes at most: a line of a key has a hundred. */
const MAXIMUM_BYTES = 4 * MIB;

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
      this.text = this.read();
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
      const text = this.read();
      if (text === this.text) return;
      this.value = this.parse(text);
      this.text = text;
      this.log('info', 'access changed', { file: this.path });
    } catch (error) {
      this.log('error', 'access not read', { file: this.path, error: (error as Error).message });
    }
  }

  private read(): string {
    return readRegularFile(this.path, MAXIMUM_BYTES).toString('utf8');
  }

  close(): void {
    clearInterval(this.timer);
  }
}
