/** A bucket of S3 on this machine, as far as a registry asks: conditions, checksums, parts, lists by pages, and trouble on demand. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

interface Stored {
  readonly body: Buffer;
  readonly headers: Record<string, string>;
}

const KEPT = /^(x-amz-meta-|x-amz-server-side-encryption)/;

const checksum = (body: Buffer) => createHash('sha256').update(body).digest('base64');

export class FakeBucket {
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<string, { parts: Map<number, Buffer>; headers: Record<string, string> }>();
  /** What was asked: method and path with query. */
  readonly asked: string[] = [];
  /** Answers that come in place of the next ones. */
  readonly trouble: { readonly status: number; readonly code?: string; readonly headers?: Record<string, string> }[] =
    [];
  /** Before an answer. */
  delayMs = 0;
  /** Of a page of a list. */
  pageKeys = 1000;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  constructor(readonly name: string) {}

  async start(): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const body = Buffer.concat(pieces);
    if (this.delayMs > 0) await setTimeout(this.delayMs);
    const { pathname, searchParams: query } = new URL(url, 'http://localhost');
    const key = decodeURIComponent(pathname).slice(this.name.length + 2);
    this.asked.push(`${method} ${key}${url.includes('?') ? url.slice(url.indexOf('?')) : ''}`);
    const send = (status: number, text: string | Buffer = '', headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers })
        .end(method === 'HEAD' ? '' : text);
    const refuse = (status: number, code: string, headers = {}) =>
      send(status, `<Error><Code>${code}</Code></Error>`, headers);
    const trouble = this.trouble.shift();
    if (trouble) return void refuse(trouble.status, trouble.code ?? 'InternalError', trouble.headers);
    if (!/^AWS4-HMAC-SHA256 Credential=[^,]+\/s3\/aws4_request/.test(request.headers.authorization ?? '')) {
      return void refuse(403, 'AccessDenied');
    }
    const claimed = request.headers['x-amz-checksum-sha256'];
    if (claimed !== undefined && claimed !== checksum(body)) return void refuse(400, 'BadDigest');
    const kept = Object.fromEntries(Object.entries(request.headers).filter(([name]) => KEPT.test(name))) as Record<
      string,
      string
    >;
    const found = this.objects.get(key);
    if (method === 'GET' && key === '') return void send(200, this.list(query));
    if (method === 'GET' || method === 'HEAD') {
      return void (found ? send(200, found.body, found.headers) : refuse(404, 'NoSuchKey'));
    }
    const uploadId = query.get('uploadId') ?? '';
    const upload = this.uploads.get(uploadId);
    if (method === 'DELETE') {
      this.uploads.delete(uploadId);
      return void send(204);
    }
    if (method === 'POST' && query.has('uploads')) {
      this.uploads.set('upload-1', { parts: new Map(), headers: kept });
      return void send(200, '<UploadId>upload-1</UploadId>');
    }
    if (method === 'PUT' && upload) {
      upload.parts.set(Number(query.get('partNumber')), body);
      return void send(200, '', { etag: `"${query.get('partNumber')}"` });
    }
    if (request.headers['if-none-match'] === '*' && found) return void refuse(412, 'PreconditionFailed');
    const parts = upload && [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    if (parts && !parts.every((part) => body.includes(checksum(part)))) return void refuse(400, 'InvalidPart');
    this.uploads.delete(uploadId);
    this.objects.set(key, { body: parts ? Buffer.concat(parts) : body, headers: upload?.headers ?? kept });
    send(200, '<Done/>');
  }

  private list(query: URLSearchParams): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
    const start = Number(query.get('continuation-token') ?? 0);
    const page = keys.slice(start, start + this.pageKeys);
    const entries = page.map(
      (key) => `<Contents><Key>${key}</Key><LastModified>2026-11-30T01:02:03.000Z</LastModified></Contents>`,
    );
    const next = start + this.pageKeys;
    return `<ListBucketResult>${entries.join('')}${next < keys.length ? `<NextContinuationToken>${next}</NextContinuationToken>` : ''}</ListBucketResult>`;
  }
}
