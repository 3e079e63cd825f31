/** AWS Lambda as a function sees it: the runtime API, and a process that the function runs in. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { HttpEvent, HttpResult } from '../../lambda/inference/invocations/http-event';

const CLIENT = join(__dirname, 'runtime-client.mjs');

interface Invoked {
  readonly id: string;
  readonly event: unknown;
  readonly resolve: (result: HttpResult) => void;
  readonly reject: (error: Error) => void;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString() || 'null');
}

/** One environment of a function, which takes one invocation at a time. */
export class FunctionProcess {
  /** Lines that it has written. */
  readonly lines: string[] = [];
  private readonly waiting: Invoked[] = [];
  private readonly running = new Map<string, Invoked>();
  private asked?: ServerResponse;
  private failed?: Error;
  private child?: ChildProcess;

  private constructor(private readonly server: Server) {}

  /** @param folder of the bundle, @param environment beside that of every function */
  static async start(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<FunctionProcess> {
    const server = createServer((request, response) => void started.serve(request, response));
    const started: FunctionProcess = new FunctionProcess(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const child = spawn(process.execPath, [CLIENT], {
      env: {
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        LAMBDA_TASK_ROOT: folder,
        _HANDLER: 'index.handler',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.on('data', (text: Buffer) => started.lines.push(...text.toString().split('\n').filter(Boolean)));
    child.once('exit', (code) => started.fail(new Error(`the function ended with status ${code}`)));
    started.child = child;
    return started;
  }

  invoke(event: HttpEvent | Readonly<Record<string, unknown>>): Promise<HttpResult> {
    if (this.failed) return Promise.reject(this.failed);
    return new Promise((resolve, reject) => {
      this.waiting.push({ id: randomUUID(), event, resolve, reject });
      this.give();
    });
  }

  async stop(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null) {
      const ended = new Promise((exited) => child.once('exit', exited));
      child.kill('SIGKILL');
      await ended;
    }
    this.server.closeAllConnections();
    await new Promise<void>((stopped) => this.server.close(() => stopped()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , , of, id, what] = request.url!.split('/');
    if (of === 'invocation' && id === 'next') {
      this.asked = response;
      this.give();
      return;
    }
    const body = await bodyOf(request);
    const error = () => new Error((body as { errorMessage: string }).errorMessage);
    response.writeHead(202).end('{}');
    if (of === 'init') this.fail(error());
    else if (what === 'response') this.running.get(id!)!.resolve(body as HttpResult);
    else this.running.get(id!)!.reject(error());
  }

  private give(): void {
    const { asked } = this;
    const next = asked && this.waiting.shift();
    if (!next) return;
    delete this.asked;
    this.running.set(next.id, next);
    asked.writeHead(200, { 'lambda-runtime-aws-request-id': next.id, 'content-type': 'application/json' });
    asked.end(JSON.stringify(next.event));
  }

  private fail(error: Error): void {
    this.failed ??= error;
    for (const { reject } of [...this.waiting.splice(0), ...this.running.values()]) reject(this.failed);
  }
}
