/** The log group of an endpoint, as an instance writes to it. */
import {
  CloudWatchLogsClient,
  type CloudWatchLogsClientConfig,
  CreateLogStreamCommand,
  PutLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import type { LogEvent } from './tailed-file';

export interface LogGroup {
  /**
   * Puts events at the end of a stream, which is made when it is missing.
   *
   * @param events at least one, in the order of their times, within the limits of one request
   * @returns how many of them CloudWatch took
   * @throws RefusedError when they would be refused again; Error when it cannot be reached, or not now
   */
  put(stream: string, events: readonly LogEvent[]): Promise<number>;
  /** Seconds that the clock of CloudWatch is ahead of the one here, to a second; undefined before its first answer. */
  readonly clockOffsetSeconds: number | undefined;
}

/** What is wrong with the events themselves: sending them again would be in vain. */
export class RefusedError extends Error {}

/** Milliseconds that a connection and an answer may take. */
const PATIENCE = { connectionTimeout: 3000, requestTimeout: 10_000, throwOnRequestTimeout: true };

/** As the API names them; the SDK has said by then what it had tried. */
const REFUSED = new Set(['InvalidParameterException', 'ValidationException', 'SerializationException']);

export class CloudWatchLogGroup implements LogGroup {
  clockOffsetSeconds: number | undefined;
  private readonly client: CloudWatchLogsClient;

  /** @param configuration region and credentials come from the environment and from the instance */
  constructor(
    private readonly name: string,
    configuration: CloudWatchLogsClientConfig = {},
  ) {
    this.client = new CloudWatchLogsClient({ maxAttempts: 2, requestHandler: PATIENCE, ...configuration });
    this.client.middlewareStack.add(
      (next) => async (arguments_) => {
        const askedAt = Date.now();
        const result = await next(arguments_);
        const date = (result.response as { headers?: Record<string, string> } | undefined)?.headers?.date;
        this.heard(Date.parse(date ?? ''), askedAt);
        return result;
      },
      // outside of what reads the answer: its headers are there when the answer is a refusal, too
      { step: 'finalizeRequest', priority: 'low', name: 'clockOfTheService' },
    );
  }

  async put(stream: string, events: readonly LogEvent[]): Promise<number> {
    const command = new PutLogEventsCommand({
      logGroupName: this.name,
      logStreamName: stream,
      logEvents: events.map(({ timestamp, message }) => ({ timestamp, message })),
    });
    try {
      return taken(events.length, (await this.client.send(command)).rejectedLogEventsInfo);
    } catch (error) {
      const { name, message } = error as Error;
      if (REFUSED.has(name)) throw new RefusedError(message, { cause: error });
      if (name !== 'ResourceNotFoundException') throw error;
    }
    await this.make(stream);
    return taken(events.length, (await this.client.send(command)).rejectedLogEventsInfo);
  }

  /** Messages of all streams since a time, milliseconds since 1970. @param pattern a filter pattern of CloudWatch Logs */
  async messages(pattern: string, since: number): Promise<string[]> {
    const asked = { logGroupName: this.name, filterPattern: pattern, startTime: since };
    const found: string[] = [];
    for await (const { events = [] } of paginateFilterLogEvents({ client: this.client }, asked)) {
      found.push(...events.flatMap(({ message }) => message ?? []));
    }
    return found;
  }

  private async make(logStreamName: string): Promise<void> {
    try {
      await this.client.send(new CreateLogStreamCommand({ logGroupName: this.name, logStreamName }));
    } catch (error) {
      if ((error as Error).name !== 'ResourceAlreadyExistsException') throw error;
    }
  }

  /** @param theirs time of the service, to the second below */
  private heard(theirs: number, askedAt: number): void {
    if (!Number.isFinite(theirs)) return;
    const [earliest, latest] = [theirs - Date.now(), theirs + 999 - askedAt];
    // no offset where the clocks may agree
    this.clockOffsetSeconds = earliest <= 0 && latest >= 0 ? 0 : Math.round((earliest + latest) / 2000);
  }
}

interface Rejected {
  readonly tooNewLogEventStartIndex?: number;
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
}

/** The first so many are too old, the last too new (API reference, "RejectedLogEventsInfo"). */
function taken(sent: number, rejected: Rejected = {}): number {
  const old = Math.max(rejected.tooOldLogEventEndIndex ?? 0, rejected.expiredLogEventEndIndex ?? 0);
  return Math.max(0, (rejected.tooNewLogEventStartIndex ?? sent) - old);
}
