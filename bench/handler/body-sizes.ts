/**
 * What requests of several sizes cost, those around `PLAIN_BODY_BYTES` above all: `npm run bench:bodies`. With
 * `--beside <folder>`, the checkout of another release, its handler lives at the same time and is visited in turn; ratios are
 * medians over the rounds. Linux only, since CPU time is read from /proc.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { currentTarget } from '../../lib/artifacts/handler-bundle';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, MOST_QUEUE_ROWS } from '../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../lib/model/package/model-package';
import { requestBody } from '../../lib/profiling/request';
import { batchOf, sampleRows } from '../../lib/profiling/sample-rows';
import { LoggedHandler } from '../../testing/handler-process';
import { buildBundles } from './bundles';
import { instanceNode } from './instance-node';
import { cpuMicrosecondsBetween, cpuTime } from './process-tree';
import { startClient } from './visits';

const KIB = 1024;
const SIZES = [48, 60, 63, 66, 72, 96, 128, 256, 512].map((kib) => kib * KIB);
const VISIT_MS = 400;
const WARM_UP_MS = 500;

const { values } = parseArgs({
  options: {
    beside: { type: 'string' },
    rounds: { type: 'string', default: '15' },
    connections: { type: 'string', default: '2' },
  },
});

const median = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

const modelPackage = readModelPackage(join(__dirname, '../../models/breast-cancer'));
const rows = sampleRows(modelPackage.manifest.signature, modelPackage.golden);

/** As objects, whose names have to be looked up, and as arrays of numbers, which are read without JSON.parse. */
const FORMS: Readonly<Record<string, readonly unknown[]>> = {
  objects: rows,
  arrays: rows.map((row) => Object.values(row as object)),
};

/** The longest body of rows that is no longer than this. */
function bodyOf(some: readonly unknown[], bytes: number): string {
  for (let count = 1, body = ''; ; count++) {
    const longer = requestBody(batchOf(some, 0, count));
    if (longer.length > bytes) return body;
    body = longer;
  }
}

/** @param found CPU time of a request in each round, by handler and size */
function print(form: string, bodies: readonly string[], [these, others]: readonly number[][][]): void {
  console.log(
    `\nrows as ${form}\n   KiB   us CPU/request   ns/byte   x a byte of 63 KiB${others ? '   x beside' : ''}`,
  );
  const plain = SIZES.indexOf(63 * KIB);
  for (const [size, { length }] of bodies.entries()) {
    const times = these![size]!;
    const byByte = times.map((us, round) => us / length / (these![plain]![round]! / bodies[plain]!.length));
    const beside = others && median(times.map((us, round) => us / others[size]![round]!));
    const cells: [string, number][] = [
      [(length / KIB).toFixed(1), 6],
      [median(times).toFixed(0), 17],
      [((1000 * median(times)) / length).toFixed(2), 10],
      [median(byByte).toFixed(2), 21],
      [beside === undefined ? '' : beside.toFixed(2), 11],
    ];
    console.log(cells.map(([text, width]) => text.padStart(width)).join(''));
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bodies-'));
  const { bundle, loadClient } = await buildBundles(folder);
  const bundles = [['this', bundle]];
  if (values.beside) {
    const other = join(folder, 'beside');
    mkdirSync(other);
    const path = resolve(values.beside, 'lib/artifacts/handler-bundle');
    (require(path) as typeof import('../../lib/artifacts/handler-bundle')).buildHandlerBundle(other, currentTarget());
    bundles.push(['beside', other]);
  }
  const client = startClient(loadClient);
  process.execPath = await instanceNode(); // handlers are started by it
  const handlers = bundles.map(([name, directory]) => {
    const settings = {
      ...DEFAULT_HANDLER_SETTINGS,
      model: modelPackage.directory,
      host: '127.0.0.1',
      port: 0,
      queueRows: MOST_QUEUE_ROWS,
    };
    return { name: name!, handler: new LoggedHandler(directory!, toEnvironment(settings), [], true) };
  });
  try {
    const ports = await Promise.all(
      handlers.map(async ({ handler }) => {
        await handler.event('ready');
        return Number((await handler.event('listening')).port);
      }),
    );
    const visit = async (i: number, body: string, milliseconds: number) => {
      const { pid } = handlers[i]!.handler;
      const before = cpuTime(pid);
      const load = { port: ports[i]!, path: '/predict', body, connections: Number(values.connections), milliseconds };
      const { requests } = await client.load(load);
      return cpuMicrosecondsBetween(before, cpuTime(pid)) / requests;
    };
    for (const [form, some] of Object.entries(FORMS)) {
      const bodies = SIZES.map((bytes) => bodyOf(some, bytes));
      const found = handlers.map(() => bodies.map(() => [] as number[]));
      for (const i of handlers.keys()) for (const body of bodies) await visit(i, body, WARM_UP_MS);
      for (let round = 0; round < Number(values.rounds); round++) {
        for (const [size, body] of bodies.entries()) {
          for (const i of handlers.keys()) found[i]![size]!.push(await visit(i, body, VISIT_MS));
        }
      }
      print(form, bodies, found);
    }
  } finally {
    LoggedHandler.killAll();
    client.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
