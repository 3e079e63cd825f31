/**
 * Where the instances are that are the shadow of this one: each says so in its log every minute, and this one may read that.
 * So it takes no service besides the one that there is.
 */
import { replaceFile } from '../../lib/model/files/replace-file';
import { SHADOW_LISTENS } from '../../lib/model/instance/handler-settings';
import type { CloudWatchLogGroup } from './log-group';

/** An instance that has not said it for so long is gone, or its log is late. */
const SILENT_MS = 5 * 60_000;

export class ShadowAddresses {
  private written?: string;
  private failing = false;

  /** @param path of the file that the handler reads */
  constructor(
    private readonly group: Pick<CloudWatchLogGroup, 'messages'>,
    private readonly path: string,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Look for them. What cannot be asked leaves the file as it is. */
  async look(): Promise<void> {
    try {
      const pattern = `{ $.event = "${SHADOW_LISTENS}" }`;
      const lines = await this.group.messages(pattern, this.clock() - SILENT_MS);
      const text = [...new Set(lines.flatMap(addressIn))].sort().join('');
      if (text !== this.written) replaceFile(this.path, text, { mode: 0o644 });
      this.written = text;
      this.failing = false;
    } catch (error) {
      if (!this.failing) console.error(`it is not known where the shadow is: ${(error as Error).message}`);
      this.failing = true;
    }
  }
}

function addressIn(line: string): string[] {
  try {
    const { address } = JSON.parse(line) as { address?: unknown };
    return typeof address === 'string' ? [`${address}\n`] : [];
  } catch {
    return []; // cut
  }
}
