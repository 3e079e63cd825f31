/**
 * `npm run proof:requests [N] [seed]`: N generated requests (100,000 unless said otherwise) to the handler as it is
 * bundled for an instance: documents that are nearly right, made by fast-check, and bytes that are not, while requests that
 * are right go on in between.
 *
 * None may be answered 5xx, save 503 and 504, which are told under load; no process may end and nothing may be logged as an
 * error; what is right must be answered right; and memory must not grow.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import * as http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { residentMiB } from '../../lib/profiling/memory';
import { documents, type SentDocument } from '../../testing/hostile/request-bodies';
import { Report } from '../report';
import { goldenRequest, names, rows } from '../serving/golden-requests';
import { bundleHandler, startHandler } from '../serving/handler';
import { NUMBERS } from '../serving/models';
import { converse, send, statusesOf } from './talk';
import { type Conversation, conversations } from './wire';

/** Requests that are under way at a time. */
const AT_ONCE = 24;
/** Generated at a time, so that memory of this process does not depend on how many there are. */
const CHUNK = 1000;
/** Growth after the first half that is no leak: garbage gathers, and the allocator keeps what it once had. */
const GROWTH_MIB = 24;

const MAY_BE = new Set([503, 504]);

interface Tally {
  readonly statuses: Map<string, number>;
  readonly failures: string[];
  sent: number;
  right: number;
}

function count(tally: Tally, kind: string, statuses: readonly number[], sent: () => string): void {
  const told = statuses.join(' ') || 'nothing';
  tally.statuses.set(`${kind}: ${told}`, (tally.statuses.get(`${kind}: ${told}`) ?? 0) + 1);
  if (statuses.some((status) => status >= 500 && !MAY_BE.has(status)))
    tally.failures.push(`${told} to ${kind} ${sent()}`);
}

async function sendDocument(port: number, agent: http.Agent, document: SentDocument, tally: Tally): Promise<void> {
  const { status, headers } = await send(port, agent, document);
  count(tally, 'document', [status], () => `${document.path} ${document.type} ${document.body.toString('base64')}`);
  if (MAY_BE.has(status) && status === 503 && headers['retry-after'] === undefined)
    tally.failures.push('503 without Retry-After');
}

async function hold(port: number, conversation: Conversation, tally: Tally): Promise<void> {
  const statuses = statusesOf(await converse(port, conversation));
  const sent = () => Buffer.concat(conversation.parts).toString('base64');
  count(tally, conversation.kind, statuses.slice(0, 2), sent);
  // a connection that is cut is a refusal too: the answer may be lost when more bytes come than were read
  if (conversation.refused && (statuses.length > 1 || statuses.some((status) => status < 400))) {
    tally.failures.push(`${conversation.kind} was answered ${statuses.join(' ') || 'nothing'}, not refused: ${sent()}`);
  }
}

async function sendRight(port: number, agent: http.Agent, turn: number, tally: Tally): Promise<void> {
  const { body, answer } = goldenRequest(turn, 1 + (turn % 3));
  const { status, text } = await send(port, agent, { path: '/predict', type: 'application/json', body });
  if (status === 200 && text === answer) tally.right++;
  else tally.failures.push(`a request that is right was answered ${status} ${text.slice(0, 200)}`);
}

async function inParallel(tasks: readonly (() => Promise<void>)[], tally: Tally): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < tasks.length) {
      const task = tasks[next++]!;
      await task().catch((error: Error) => tally.failures.push(error.message));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function main(): Promise<void> {
  const [total, seed] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? Date.now() % 2 ** 31)];
  if (!Number.isSafeInteger(total) || total < 1 || !Number.isSafeInteger(seed)) {
    console.error(`usage: npm run proof:requests [number of requests] [seed]; got ${process.argv.slice(2).join(' ')}`);
    process.exitCode = 2;
    return;
  }
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-requests-'));
  const settings = { model: NUMBERS, maximumBodyBytes: 100_000, queueRows: 300 };
  const handler = await startHandler(bundleHandler(folder), settings);
  const port = Number(new URL(handler.url).port);
  const { pid } = handler;
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  console.log(`${total} requests, seed ${seed}`);
  const generated = fc.oneof(
    documents(rows, names).map((document) => ({ document })),
    conversations(JSON.stringify({ data: rows.slice(0, 2) })).map((conversation) => ({ conversation })),
  );
  const tally: Tally = { statuses: new Map(), failures: [], sent: 0, right: 0 };
  let rights = 0;
  let early = 0;
  for (let chunk = 0; tally.sent < total; chunk++) {
    const size = Math.min(CHUNK, total - tally.sent);
    const tasks = fc.sample(generated, { numRuns: size, seed: seed + chunk }).flatMap((one, i) => {
      const task =
        'document' in one
          ? () => sendDocument(port, agent, one.document, tally)
          : () => hold(port, one.conversation, tally);
      return i % 4 === 0 ? [task, () => sendRight(port, agent, rights++, tally)] : [task];
    });
    await inParallel(tasks, tally);
    tally.sent += size;
    if (early === 0 && tally.sent >= total / 2) early = residentMiB(pid);
    if (tally.failures.length > 20) break;
  }
  const late = residentMiB(pid);
  agent.destroy();

  report.section('answers');
  const shown = [...tally.statuses].sort((a, b) => b[1] - a[1]).slice(0, 40);
  for (const [told, times] of shown) console.log(`     ${String(times).padStart(7)}  ${told}`);
  for (const failure of tally.failures.slice(0, 20)) console.log(`     ${failure.slice(0, 600)}`);
  report.check(
    tally.failures.length === 0,
    `${tally.sent} generated requests: no 5xx but 503 and 504, no smuggled request`,
    `seed ${seed}`,
  );
  report.check(
    tally.right === rights,
    `every request that was right was answered right`,
    `${tally.right} of ${rights}`,
  );
  report.section('the process');
  const errors = handler.events.filter(({ level }) => level === 'error');
  report.check(
    errors.length === 0,
    'nothing was logged as an error',
    errors.length > 0 ? JSON.stringify(errors[0]) : '',
  );
  report.check(
    late - early < GROWTH_MIB,
    'memory did not grow',
    `${early.toFixed(0)} MiB after half of them, ${late.toFixed(0)} MiB at the end`,
  );
  report.equal(await handler.stop(), 0, 'it stops when told to, with status');
  rmSync(folder, { recursive: true });
  process.exitCode = report.close().failed === 0 ? 0 : 1;
}

void main();
