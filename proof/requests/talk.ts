/** Sending documents and conversations, and what came back. */
import * as http from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { SentDocument } from '../../testing/hostile/request-bodies';
import type { Conversation } from './wire';

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** The server closes the connection when it has answered; this is for when it does not. */
const PATIENCE_MS = 2000;

export function send(port: number, agent: http.Agent, { path, type, body }: SentDocument): Promise<Reply> {
  const headers = { 'content-length': body.length, ...(type !== undefined && { 'content-type': type }) };
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode!, headers: response.headers, text: Buffer.concat(chunks).toString() });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** @returns all that the server wrote, until it closed the connection or kept silent */
export function converse(port: number, { parts, hangUp }: Conversation): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let received = '';
    let timer: NodeJS.Timeout | undefined;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), PATIENCE_MS);
    };
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      wait();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // it closes a connection that makes no sense while that is still being written
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    socket.on('connect', async () => {
      for (const part of parts) {
        if (socket.destroyed) return;
        socket.write(part);
        await setImmediate();
      }
      if (hangUp) socket.destroy();
      else {
        socket.end(); // nothing follows: what is incomplete stays so
        wait();
      }
    });
  });
}

/** Status codes of the answers in what a server wrote, in their order. */
export function statusesOf(received: string): number[] {
  return [...received.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));
}
