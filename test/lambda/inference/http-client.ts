/** A small HTTP client for tests: whole answers, and raw bytes where a client is to misbehave. */
import * as http from 'node:http';
import * as https from 'node:https';
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** The body as JSON. */
  readonly json: unknown;
}

export interface Sending {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  /** Sent as it is if it is text or bytes, otherwise as JSON. */
  readonly body?: unknown;
  readonly agent?: http.Agent;
}

export const JSON_HEADERS = { 'content-type': 'application/json' };

function encode(body: unknown): string | Buffer | undefined {
  return body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** A JSON parser for tests that tells nothing, as an error, instead of throwing. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Collect the reply to a request that is sent by whoever calls. */
export function reply(request: http.ClientRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        resolve({ status: response.statusCode!, headers: response.headers, text, bytes, json: parse(text) });
      });
    });
  });
}

/** Send one request and read its reply. Each has a connection of its own unless an agent is given. */
export function send(base: string, path: string, sending: Sending = {}): Promise<Reply> {
  const { method = sending.body === undefined ? 'GET' : 'POST', headers, body, agent = false as const } = sending;
  const client = base.startsWith('https') ? https : http;
  const bytes = encode(body);
  const request = client.request(base + path, {
    method,
    agent,
    headers: {
      ...(bytes !== undefined && { ...JSON_HEADERS, 'content-length': Buffer.byteLength(bytes) }),
      ...headers,
    },
    rejectUnauthorized: false, // the tests make their own certificates
  } as https.RequestOptions);
  const received = reply(request);
  request.end(bytes);
  return received;
}

/** A bare connection, for what no HTTP client would send. */
export async function open(base: string): Promise<Socket> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Everything that comes until the other side closes the connection. */
export function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

/** Waits until so many requests have begun and are not answered, as the server's own measurements tell. */
export async function untilInFlight(base: string, requests: number): Promise<void> {
  for (;;) {
    const { text } = await send(base, '/metrics');
    const found = /^slipway_http_requests_in_flight (\d+)$/m.exec(text);
    if (Number(found![1]) - 1 >= requests) return; // the question is one itself
  }
}
