/** Posts what is exported by OTLP over HTTP. A collector that does not answer costs what it would have been told, never a request. */
import type { Log } from '../log/log';

export interface OtlpTarget {
  /** Where it is posted. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Attributes of the process. */
  readonly resource: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 10_000;

export class OtlpSender {
  /** What was given up. */
  dropped = 0;
  private failing = false;

  /** @param kind what is sent, as the log has it, e.g. `spans` */
  constructor(
    private readonly kind: string,
    private readonly target: Pick<OtlpTarget, 'url' | 'headers'>,
    private readonly log: Log,
  ) {}

  /** @param count of what the body has */
  async send(body: string, count: number): Promise<void> {
    const { url, headers } = this.target;
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`the collector answered ${answer.status}`);
      this.failing = false;
    } catch (error) {
      this.dropped += count;
      const failing = this.failing;
      this.failing = true; // said once, until it works again
      if (!failing)
        this.log('warn', `${this.kind} not sent`, { url, error: (error as Error).message, dropped: this.dropped });
    }
  }
}
