/**
 * `npm run proof:soak [seconds]`: the handler under 70 % of the load that it bears, for ten minutes unless said otherwise:
 * memory stays flat, every answer is right. Then more load than it bears, with each engine and with a network of which one
 * row takes ten milliseconds and more: health checks and single rows are still answered.
 *
 * Requests are of all sizes, some are wrong, and clients come and go, as they do.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { residentMiB } from '../../lib/profiling/memory';
import { Report } from '../report';
import { type GoldenRequest, goldenRequest, rows } from '../serving/golden-requests';
import { bundleHandler, type ServingHandler, startHandler } from '../serving/handler';
import { NUMBERS } from '../serving/models';
import { writeNetwork } from '../serving/network';

const LOAD = 0.7;
const AT_ONCE = 32;
/** Length of finding out what it bears, and of what it cannot bear, in seconds. */
const CAPACITY_SECONDS = 4;
const SATURATION_SECONDS = 8;
/** Memory is read this often. */
const SAMPLE_MS = 1000;
/** Growth of the median from the second fifth of the time to the last that is no leak: garbage gathers. */
const GROWTH_MIB = 8;
/** What the handler promises while it is saturated, in milliseconds. */
const LIVE_MS = 50;
const SINGLE_ROW_MS = 5;

const WRONG: readonly string[] = ['[[1]]', '{"data": "no rows"}', '[[', '{"data": [[null]]}'];

/** Mostly one row; now and then many, and now and then a mistake. */
function requestOf(turn: number): GoldenRequest | string {
  if (turn % 97 === 0) return goldenRequest(turn, 1000);
  if (turn % 31 === 0) return WRONG[turn % WRONG.length]!;
  return goldenRequest(turn, turn % 7 === 0 ? 32 : 1);
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

function ask(port: number, path: string, body: string | Buffer, agent: http.Agent): Promise<Answered> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const method = path === '/predict' ? 'POST' : 'GET';
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const at = (values: readonly number[], quantile: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(quantile * values.length))] ?? Number.NaN;

/** Sends `rate` requests a second, or as many as are answered, and collects what was wrong. */
class Traffic {
  answered = 0;
  readonly wrong: string[] = [];
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

  constructor(private readonly port: number) {}

  async run(seconds: number, rate = Number.POSITIVE_INFINITY): Promise<void> {
    const begin = performance.now();
    let sent = 0;
    const sender = async () => {
      for (;;) {
        const due = rate === Number.POSITIVE_INFINITY ? 0 : begin + (sent * 1000) / rate;
        const turn = sent++;
        const wait = due - performance.now();
        if (wait > 1) await setTimeout(wait);
        if (performance.now() - begin > seconds * 1000) return;
        await this.send(turn);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
  }

  close(): void {
    this.agent.destroy();
  }

  private async send(turn: number): Promise<void> {
    const request = requestOf(turn);
    const body = typeof request === 'string' ? request : request.body;
    // every now and then a client that comes for one request and goes
    const agent = turn % 53 === 0 ? new http.Agent() : this.agent;
    const { status, text } = await ask(this.port, '/predict', body, agent);
    const right =
      typeof request === 'string' ? status >= 400 && status < 500 : status === 200 && text === request.answer;
    if (!right) this.wrong.push(`${status} ${text.slice(0, 200)}`);
    this.answered++;
  }
}

/** Latencies of one request after the other while `busy` goes on. */
async function latencies(port: number, path: string, body: string | Buffer, busy: Promise<unknown>): Promise<number[]> {
  const agent = new http.Agent({ keepAlive: true });
  const times: number[] = [];
  let done = false;
  void busy.then(() => {
    done = true;
  });
  while (!done) {
    const before = performance.now();
    const { status } = await ask(port, path, body, agent);
    if (status === 200) times.push(performance.now() - before);
    await setTimeout(5);
  }
  agent.destroy();
  return times;
}

/** Requests of so many rows, again and again, from several clients. */
async function flood(port: number, count: number, until: number): Promise<number> {
  const body = JSON.stringify({ data: Array.from({ length: count }, (_, i) => rows[i % rows.length]) });
  const agent = new http.Agent({ keepAlive: true });
  let answered = 0;
  const client = async () => {
    while (performance.now() < until) if ((await ask(port, '/predict', body, agent)).status === 200) answered++;
  };
  await Promise.all(Array.from({ length: 3 }, client));
  agent.destroy();
  return answered;
}

/** @param singleRowMs in which a single row must be answered; none for a model that is slower than that by itself */
async function saturate(
  report: Report,
  { url }: ServingHandler,
  model: string,
  count: number,
  singleRowMs?: number,
): Promise<void> {
  report.section(`${SATURATION_SECONDS} s of more than it bears, ${model}: ${count} rows a request from three clients`);
  const port = Number(new URL(url).port);
  const flooding = flood(port, count, performance.now() + SATURATION_SECONDS * 1000);
  const [live, ready, single] = await Promise.all([
    latencies(port, '/livez', '', flooding),
    latencies(port, '/readyz', '', flooding),
    latencies(port, '/predict', goldenRequest(0, 1).body, flooding),
  ]);
  const told = (times: readonly number[]) =>
    `median ${at(times, 0.5).toFixed(1)} ms, p99 ${at(times, 0.99).toFixed(1)} ms, longest ${at(times, 1).toFixed(1)} ms of ${times.length}`;
  report.check(at(live, 0.99) < LIVE_MS, `/livez is answered within ${LIVE_MS} ms`, told(live));
  report.check(at(ready, 0.99) < LIVE_MS, `/readyz is answered within ${LIVE_MS} ms`, told(ready));
  if (singleRowMs === undefined) report.check(single.length > 0, 'single rows are answered', told(single));
  else report.check(at(single, 0.5) < singleRowMs, `a single row is answered within ${singleRowMs} ms`, told(single));
  const answered = await flooding;
  report.check(answered > 0, `${answered} requests of ${count} rows were answered meanwhile`);
}

async function finish(report: Report, handler: ServingHandler): Promise<void> {
  const errors = handler.events.filter(({ level }) => level === 'error');
  report.check(
    errors.length === 0,
    'nothing was logged as an error',
    errors.length > 0 ? JSON.stringify(errors[0]) : '',
  );
  report.equal(await handler.stop(), 0, 'it stops when told to, with status');
}

async function main(): Promise<void> {
  const seconds = Number(process.argv[2] ?? 600);
  if (!(seconds >= 10)) {
    console.error(`usage: npm run proof:soak [seconds, at least 10]; got ${process.argv.slice(2).join(' ')}`);
    process.exitCode = 2;
    return;
  }
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-soak-'));
  const handler = await startHandler(bundleHandler(folder), { model: NUMBERS, queueRows: 20_000 });
  const { pid } = handler;
  const port = Number(new URL(handler.url).port);
  const traffic = new Traffic(port);

  await traffic.run(CAPACITY_SECONDS);
  const rate = LOAD * (traffic.answered / CAPACITY_SECONDS);
  report.section(`${seconds} s at ${rate.toFixed(0)} requests a second, ${100 * LOAD} % of what it answered at most`);
  const memory: number[] = [];
  const reading = setInterval(() => memory.push(residentMiB(pid)), SAMPLE_MS);
  await traffic.run(seconds, rate);
  clearInterval(reading);
  traffic.close();
  const fifth = Math.floor(memory.length / 5);
  const [early, late] = [at(memory.slice(fifth, 2 * fifth), 0.5), at(memory.slice(-fifth), 0.5)];
  const growth = `${early.toFixed(1)} MiB in the second fifth of the time, ${late.toFixed(1)} MiB in the last, ${at(memory, 1).toFixed(1)} MiB at most`;
  report.check(late - early < GROWTH_MIB, 'memory is flat', growth);
  report.check(
    traffic.wrong.length === 0,
    `${traffic.answered} answers, all of them right`,
    traffic.wrong.slice(0, 3).join('; '),
  );

  await saturate(report, handler, 'the native engine', 4096, SINGLE_ROW_MS);
  await finish(report, handler);

  const bundled = join(folder, 'handler');
  const other = await startHandler(bundled, { model: NUMBERS, queueRows: 20_000, engine: 'onnxruntime' });
  await saturate(report, other, 'ONNX Runtime', 4096, SINGLE_ROW_MS);
  await finish(report, other);
  const network = join(folder, 'network');
  writeNetwork(network);
  const slow = await startHandler(bundled, { model: network });
  await saturate(report, slow, 'a network of 12 million parameters', 64);
  await finish(report, slow);
  rmSync(folder, { recursive: true });
  process.exitCode = report.close().failed === 0 ? 0 : 1;
}

void main();
