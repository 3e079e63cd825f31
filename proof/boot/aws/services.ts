/**
 * S3, CloudWatch Logs and SSM, as far as a booting instance talks to them, behind the permissions of its role; and the
 * signals of the boot.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ACCOUNT, accessKeyOf, type Machine } from './account';
import { allows } from './permissions';
import { type Signal, takeSignal, WAITING_BUCKET } from './signals';

/** A line in a log stream. */
export interface Logged {
  readonly instanceId: string;
  /** Last part of the name of the stream. */
  readonly stream: string;
  readonly message: string;
  /** Value of `performance.now()`. */
  readonly at: number;
}

export interface ServiceEvents {
  /** A wait condition took a signal. */
  signalled(signal: Signal): void;
  /** CloudWatch took a line. */
  logged(line: Logged): void;
  /** A request was refused; with the reason. */
  refused(machine: Machine, reason: string): void;
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const text = (value: string): string => value.replace(/[<&>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Seconds that a clock may differ (S3, error responses, "RequestTimeTooSkewed"). */
const MOST_SKEW_SECONDS = 900;

/** The signature itself is not computed; whose it is, and for what, is. */
function unsigned(machine: Machine, request: IncomingMessage, service: string): Refusal | undefined {
  const [, key, region, signedFor] =
    /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(request.headers.authorization ?? '') ?? [];
  const right = key === accessKeyOf(machine) && region === machine.stack.region && signedFor === service;
  if (right && Math.abs(machine.clockAheadSeconds ?? 0) > MOST_SKEW_SECONDS) {
    return { status: 403, code: 'RequestTimeTooSkewed', message: 'the request is from another time' };
  }
  return right
    ? undefined
    : { status: 403, code: 'SignatureDoesNotMatch', message: `not signed by the role of the instance for ${service}` };
}

export function awsServices(machineOf: (request: IncomingMessage) => Machine | undefined, events: ServiceEvents) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const machine = machineOf(request);
    if (!machine) {
      response.writeHead(403).end();
      return;
    }
    const host = request.headers.host ?? '';
    const { region } = machine.stack;
    const [, bucket] = new RegExp(`^([a-z0-9-]+)\\.s3\\.${region}\\.amazonaws\\.com$`).exec(host) ?? [];
    if (bucket && machine.s3?.delayMs) await pause(machine.s3.delayMs);
    const refusal = bucket?.startsWith(WAITING_BUCKET)
      ? takeSignal(machine, body, request, response, events)
      : bucket
        ? objectRequest(machine, bucket, request, response)
        : host === `logs.${region}.amazonaws.com`
          ? logRequest(machine, body, request, response, events)
          : host === `ssm.${region}.amazonaws.com`
            ? parameterRequest(machine, body, request, response)
            : { status: 404, code: 'NoSuchService', message: `nothing answers as ${host} here` };
    if (!refusal) return;
    events.refused(machine, `${request.method} ${host}${request.url?.slice(0, 100)}: ${refusal.code}`);
    const error = `<Code>${refusal.code}</Code><Message>${text(refusal.message)}</Message>`;
    if (request.headers['x-amz-target']) {
      response.writeHead(refusal.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: refusal.code, message: refusal.message }));
      return;
    }
    response.writeHead(refusal.status, { 'content-type': 'application/xml' });
    if (request.method === 'HEAD') response.end();
    else response.end(bucket ? `<Error>${error}</Error>` : `<ErrorResponse><Error>${error}</Error></ErrorResponse>`);
  };
}

/** Answers that were cut, by instance id. */
const cuts = new Map<string, number>();
const cutsOf = ({ instanceId }: Machine) => cuts.get(instanceId) ?? 0;

/** GET, also of a range, and HEAD. */
function objectRequest(
  machine: Machine,
  bucket: string,
  request: IncomingMessage,
  response: ServerResponse,
): Refusal | undefined {
  const key = decodeURIComponent((request.url ?? '/').split('?')[0]!.slice(1));
  const problem = unsigned(machine, request, 's3');
  if (problem) return problem;
  const object = machine.objects.get(`${bucket}/${key}`);
  // without s3:ListBucket a missing object and a forbidden one look the same
  if (!allows(machine.permissions, 's3:GetObject', `arn:aws:s3:::${bucket}/${key}`) || object === undefined) {
    return { status: 403, code: 'AccessDenied', message: 'Access Denied' };
  }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = last ? Math.min(Number(last), object.byteLength - 1) : object.byteLength - 1;
  const part = object.subarray(start, end + 1);
  response.writeHead(first === undefined ? 200 : 206, {
    etag: `"${key.slice(0, 32)}"`,
    'last-modified': new Date(0).toUTCString(),
    'content-length': part.byteLength,
    ...(first !== undefined && { 'content-range': `bytes ${start}-${end}/${object.byteLength}` }),
  });
  if (request.method === 'GET' && part.byteLength > 1 && cutsOf(machine) < (machine.s3?.cuts ?? 0)) {
    cuts.set(machine.instanceId, cutsOf(machine) + 1);
    response.write(part.subarray(0, part.byteLength >> 1), () => request.socket.destroy());
  } else response.end(request.method === 'HEAD' ? undefined : part);
  return undefined;
}

/** GetParameter, in the JSON protocol. */
function parameterRequest(
  machine: Machine,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
): Refusal | undefined {
  const problem = unsigned(machine, request, 'ssm');
  if (problem) return problem;
  const { Name } = JSON.parse(body) as { Name: string };
  const { region } = machine.stack;
  if (!allows(machine.permissions, 'ssm:GetParameter', `arn:aws:ssm:${region}:${ACCOUNT}:parameter${Name}`)) {
    return { status: 400, code: 'AccessDeniedException', message: `the role may not read ${Name}` };
  }
  const Value = machine.parameters?.get(Name);
  if (Value === undefined) return { status: 400, code: 'ParameterNotFound', message: Name };
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify({ Parameter: { Name, Value, Type: 'SecureString' } }));
  return undefined;
}

interface LogRequest {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logEvents?: readonly { readonly timestamp: number; readonly message: string }[];
}

const streams = new Set<string>();

/** CreateLogStream and PutLogEvents, in the JSON protocol. */
function logRequest(
  machine: Machine,
  body: string,
  request: IncomingMessage,
  response: ServerResponse,
  events: ServiceEvents,
): Refusal | undefined {
  const problem = unsigned(machine, request, 'logs');
  if (problem) return problem;
  const action = String(request.headers['x-amz-target']).split('.')[1]!;
  const { logGroupName, logStreamName, logEvents = [] } = JSON.parse(body) as LogRequest;
  const [of, stream] = logStreamName.split('/') as [string, string];
  // an ARN here is made of the logical id, which is the name of the group
  const group = `arn:aws:attribute:${machine.stack.region}:${ACCOUNT}:${logGroupName}.Arn`;
  if (!allows(machine.permissions, `logs:${action}`, group)) {
    return { status: 400, code: 'AccessDeniedException', message: `the role may not ${action} in ${logGroupName}` };
  }
  if (of !== machine.instanceId) return { status: 400, code: 'InvalidParameterException', message: logStreamName };
  const name = `${machine.stack.stackName} ${logStreamName}`;
  let answer: object | undefined;
  if (action === 'CreateLogStream') {
    if (streams.has(name)) answer = { __type: 'ResourceAlreadyExistsException', message: logStreamName };
    streams.add(name);
  } else if (!streams.has(name)) answer = { __type: 'ResourceNotFoundException', message: logStreamName };
  else {
    const problemOfEvents = wrongEvents(logEvents);
    if (problemOfEvents) return { status: 400, code: 'InvalidParameterException', message: problemOfEvents };
    const at = performance.now();
    for (const { message } of logEvents) events.logged({ instanceId: machine.instanceId, stream, message, at });
  }
  response.writeHead(answer ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(answer ?? {}));
  return undefined;
}

/** What PutLogEvents refuses (API reference). */
function wrongEvents(events: NonNullable<LogRequest['logEvents']>): string | undefined {
  const bytes = events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  if (events.length === 0 || events.length > 10_000 || bytes > 1_048_576)
    return `${events.length} events, ${bytes} bytes`;
  const unordered = events.some(({ timestamp }, i) => timestamp < (events[i - 1]?.timestamp ?? 0));
  if (unordered) return 'log events in a single PutLogEvents request must be in chronological order';
  return events.some(({ message }) => message === '') ? 'an empty message' : undefined;
}
