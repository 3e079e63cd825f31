/** A log that nobody reads, or not fast enough: the handler serves, stays small, and stops. */
import { mkdtempSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { LogOutput } from '../../../lambda/inference/log-output';
import { buildHandlerBundle, currentTarget } from '../../../lib/artifacts/handler-bundle';
import { DEFAULT_HANDLER_SETTINGS, toEnvironment } from '../../../lib/model/handler-settings';
import { HandlerProcess } from './handler-process';
import { send } from './http-client';
import { MODEL } from './serving';

/** A stream whose reader takes nothing until it is told to. */
class Unread extends Writable {
  readonly read: string[] = [];
  private readonly waiting: (() => void)[] = [];
  private reading = false;

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.read.push(chunk.toString());
    if (this.reading) done();
    else this.waiting.push(done);
  }

  resumeReading(): void {
    this.reading = true;
    for (const done of this.waiting.splice(0)) done();
  }
}

test('what is not read is kept up to a bound, lost beyond it, and told once it is read again', async () => {
  const stream = new Unread();
  const output: LogOutput = new LogOutput(stream, (lines) => output.write(`lost ${lines}\n`));
  const line = `${'x'.repeat(1023)}\n`;
  for (let i = 0; i < 10_000; i++) output.write(line);
  expect(stream.writableLength).toBe(4 * 1024 * 1024);
  const drained = new Promise((resolve) => stream.once('drain', resolve));
  stream.resumeReading();
  await drained;
  await output.end();
  expect(stream.read).toHaveLength(4096 + 1 + 1);
  expect(stream.read.slice(-2)).toEqual(['lost 5904\n', '']);
});

test('the end does not wait for a reader that does not read', async () => {
  jest.useFakeTimers();
  const output = new LogOutput(new Unread(), () => {});
  output.write('last words\n');
  const ended = output.end();
  jest.runAllTimers();
  await ended;
  jest.useRealTimers();
});

describe('the handler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-log-'));
  beforeAll(() => buildHandlerBundle(folder, currentTarget()));
  afterEach(() => HandlerProcess.killAll());
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([1, 2])('with %i workers serves and stops although its log pipe is full', async (workers) => {
    const settings = { ...DEFAULT_HANDLER_SETTINGS, model: MODEL, host: '127.0.0.1', port: 0, workers };
    const handler = new HandlerProcess(folder, toEnvironment({ ...settings, requestLog: true }));
    await handler.event('ready', workers);
    const base = await handler.base();
    handler.ignoreLog();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
    // a line of 400 bytes each, much more than what the pipe and the stream behind it hold
    const headers = { 'x-amzn-trace-id': 'x'.repeat(200) };
    for (let i = 0; i < 300; i++) {
      const answers = Array.from({ length: 8 }, () => send(base, '/nowhere', { agent, headers }));
      for (const { status } of await Promise.all(answers)) expect(status).toBe(404);
    }
    agent.destroy();
    handler.signal('SIGTERM');
    expect(await handler.exited).toBe(0);
  });
});
