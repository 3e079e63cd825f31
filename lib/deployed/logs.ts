/** What the instances of a deployed endpoint have logged, as CloudWatch has it. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  type CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { SlipwayError } from '../model/error';
import { LOG_GROUP_OUTPUT } from '../model/stage/deployment';
import { stackResources } from './resources';
import { told } from './told';

export interface LogLine {
  /** When it was written, ISO 8601. */
  readonly at: string;
  /** The instance and what wrote the line, e.g. `i-0123456789abcdef0/handler`. */
  readonly stream: string;
  readonly message: string;
}

export interface LogQuery {
  /** The first moment. */
  readonly since: Date;
  /** Only lines that tell of something wrong. @default false */
  readonly errors?: boolean;
  /** Go on with lines that are still to come, until the reader stops. @default false */
  readonly follow?: boolean;
}

/** Lines of the handler that are errors or warnings, and lines of the boot, which are no JSON, with such a word. */
const WRONG = [
  String.raw`"\"level\":\"error\""`,
  String.raw`"\"level\":\"warn\""`,
  'error',
  'Error',
  'failed',
  'FAILURE',
];

/** Between two looks at a log that is followed. */
const LOOK_MS = 2000;

/** Of 50 streams each. */
const MOST_PAGES = 20;

/** An instance sends its lines within seconds of each other, so some come later than others that are newer. */
const LATE_MS = 60_000;

/** Logical id of the log group of the instances, or of the function, in a stack whose first deployment did not come as far as its outputs. */
const LOG_GROUP_ID = /(?:Fleet|Served)Logs/;

/** @throws SlipwayError E_AWS when AWS refuses, or the stack is not there, or has no logs yet */
export async function logGroupOf(stack: string, stacks: Pick<CloudFormationClient, 'send'>): Promise<string> {
  const { Stacks: [found] = [] } = await told(
    `the stack ${stack}`,
    stacks.send(new DescribeStacksCommand({ StackName: stack })),
  );
  const output = found?.Outputs?.find(({ OutputKey }) => OutputKey === LOG_GROUP_OUTPUT)?.OutputValue;
  if (output !== undefined) return output;
  const resources = await stackResources(stack, stacks);
  const left = resources.find(({ type, logicalId }) => type === 'AWS::Logs::LogGroup' && LOG_GROUP_ID.test(logicalId));
  if (left) return left.physicalId;
  throw new SlipwayError('E_AWS', `the stack ${stack} is ${found?.StackStatus ?? 'not there'}, and has no logs yet`);
}

/**
 * Lines in the order of their times, page by page as CloudWatch has them.
 *
 * @param wait between two looks, where the log is followed
 * @throws SlipwayError E_AWS when AWS refuses
 */
export async function* logLines(
  logGroupName: string,
  { since, errors = false, follow = false }: LogQuery,
  logs: Pick<CloudWatchLogsClient, 'send'>,
  wait: (ms: number) => Promise<void>,
): AsyncGenerator<LogLine> {
  const filterPattern = errors ? WRONG.map((word) => `?${word}`).join(' ') : undefined;
  /** When each line that may be read again was written. */
  const seen = new Map<string, number>();
  let startTime = since.getTime();
  let newest = startTime;
  for (;;) {
    let nextToken: string | undefined;
    do {
      const page = new FilterLogEventsCommand({ logGroupName, startTime, filterPattern, nextToken });
      const answer = await told(`the log group ${logGroupName}`, logs.send(page));
      for (const { eventId = '', timestamp = 0, logStreamName: stream = '', message = '' } of answer.events ?? []) {
        if (seen.has(eventId)) continue;
        if (follow) seen.set(eventId, timestamp);
        newest = Math.max(newest, timestamp);
        yield { at: new Date(timestamp).toISOString(), stream, message: message.trimEnd() };
      }
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    if (!follow) return;
    startTime = Math.max(startTime, newest - LATE_MS);
    for (const [id, written] of seen) if (written < startTime) seen.delete(id);
    await wait(LOOK_MS);
  }
}

/** Of a fleet of many instances the handlers of all have written since the newest boot. */
async function newestBoot(logGroupName: string, logs: Pick<CloudWatchLogsClient, 'send'>): Promise<string | undefined> {
  const newestFirst = { logGroupName, orderBy: 'LastEventTime', descending: true } as const;
  let nextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const asked = new DescribeLogStreamsCommand({ ...newestFirst, nextToken });
    const answer = await told(`the log group ${logGroupName}`, logs.send(asked));
    const boot = answer.logStreams?.find(({ logStreamName }) => logStreamName?.endsWith('/boot'));
    if (boot) return boot.logStreamName;
    nextToken = answer.nextToken;
    if (nextToken === undefined) return undefined;
  }
  return undefined;
}

/**
 * The end of the log of the newest boot.
 *
 * @param most lines of it
 * @returns undefined where no instance has sent any
 * @throws SlipwayError E_AWS when AWS refuses
 */
export async function lastBoot(
  logGroupName: string,
  most: number,
  logs: Pick<CloudWatchLogsClient, 'send'>,
): Promise<{ readonly stream: string; readonly lines: readonly string[] } | undefined> {
  const stream = await newestBoot(logGroupName, logs);
  if (stream === undefined) return undefined;
  const end = new GetLogEventsCommand({ logGroupName, logStreamName: stream, limit: most, startFromHead: false });
  const { events = [] } = await told(`the log group ${logGroupName}`, logs.send(end));
  // a boot that failed early has sent its log as one message
  const lines = events.flatMap(({ message = '' }) => message.trimEnd().split('\n'));
  return { stream, lines: lines.slice(-most) };
}
