/** Signals of wait conditions: objects that are put to a pre-signed URL, as CloudFormation gives one for every handle. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Machine } from './account';
import type { Refusal, ServiceEvents } from './services';

/** How the buckets begin that CloudFormation has for them, one a region. */
export const WAITING_BUCKET = 'cloudformation-waitcondition-';

const SIGNATURE = 'a1%2Bb2%2Fc3%3D';

export interface Signal {
  readonly instanceId: string;
  readonly stackName: string;
  /** Of the handle. */
  readonly logicalId: string;
  readonly uniqueId: string;
  readonly status: string;
  /** What the event of the stack says of a failure. */
  readonly reason: string;
  /** Value of `performance.now()`. */
  readonly at: number;
}

export function signalUrl(region: string, stackId: string, logicalId: string): string {
  const object = `${encodeURIComponent(stackId)}/${logicalId}`;
  return `https://${WAITING_BUCKET}${region}.s3.${region}.amazonaws.com/${object}?X-Amz-Expires=86399&X-Amz-Signature=${SIGNATURE}`;
}

/** What CloudFormation reads of a signal; other fields, or none, make it no signal. */
const FIELDS = ['Data', 'Reason', 'Status', 'UniqueId'];

export function takeSignal(
  machine: Machine,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
  events: ServiceEvents,
): Refusal | undefined {
  const { stack, waiting, instanceId } = machine;
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const [stackId = '', logicalId = ''] = path.slice(1).split('/').map(decodeURIComponent);
  if (request.method !== 'PUT' || !query.endsWith(`X-Amz-Signature=${SIGNATURE}`) || request.headers['content-type']) {
    const message = 'the URL is signed for PUT without a content type';
    return { status: 403, code: 'SignatureDoesNotMatch', message };
  }
  if (stackId !== stack.stackId || !waiting.includes(logicalId)) {
    return { status: 403, code: 'AccessDenied', message: 'Request has expired' };
  }
  response.writeHead(200, { etag: '"0"' }).end(); // whatever it is: S3 does not look into it
  const signal = parsed(body);
  if (Object.keys(signal).sort().join() !== FIELDS.join()) return undefined;
  events.signalled({
    instanceId,
    stackName: stack.stackName,
    logicalId,
    uniqueId: signal.UniqueId!,
    status: signal.Status!,
    reason: signal.Reason!,
    at: performance.now(),
  });
  return undefined;
}

function parsed(body: string): Record<string, string> {
  try {
    return JSON.parse(body) as Record<string, string>;
  } catch {
    return {};
  }
}
