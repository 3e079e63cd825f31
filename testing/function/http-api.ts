/**
 * What an HTTP API of API Gateway does before a function: a request becomes an event of payload format 2.0, and what the
 * function gives back becomes the answer. From its documentation (docs.aws.amazon.com/apigateway, 2026-11).
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpEvent, HttpResult } from '../../lambda/inference/invocations/http-event';

/** Bodies of these come as text, all others as base64. */
const TEXT_TYPES = /^(?:text\/|application\/(?:json|javascript|xml|.*\+json|.*\+xml)\b)/;

/** @throws an error where the function failed: the answer is then API Gateway's own */
export type Invoke = (event: HttpEvent) => Promise<HttpResult>;

export function eventOf({ method, url, headers }: IncomingMessage, body: Buffer): HttpEvent {
  const [path, query = ''] = url!.split('?', 2) as [string, string?];
  const text = headers['content-encoding'] === undefined && TEXT_TYPES.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    rawPath: decodeURIComponent(path),
    rawQueryString: query,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')])),
    requestContext: { http: { method: method! } },
    ...(body.length > 0 && { body: body.toString(text ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !text,
  };
}

export class FakeHttpApi {
  private constructor(
    private readonly server: Server,
    readonly base: string,
  ) {}

  static async start(invoke: Invoke): Promise<FakeHttpApi> {
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      try {
        const { statusCode, headers, body, isBase64Encoded } = await invoke(eventOf(request, Buffer.concat(chunks)));
        const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
        response.writeHead(statusCode, { ...headers, 'content-length': bytes.length }).end(bytes);
      } catch {
        response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"Internal Server Error"}');
      }
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new FakeHttpApi(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((stopped) => this.server.close(() => stopped()));
  }
}
