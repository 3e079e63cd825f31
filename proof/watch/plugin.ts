/** `slipway check` as a process, against a fleet in trouble and against what is none. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { Report } from '../report';
import { obstacle } from './programs';
import { ENDPOINT_ADDRESS, INSTANCES, NAME, type World } from './world';

const LAUNCHER = resolve('bin/launcher.js');
/** One line with performance data, as the guidelines have it. */
const FORM =
  /^SLIPWAY [A-Z]+ (OK|WARNING|CRITICAL|UNKNOWN) - [^|\n]+( \| \S+=[-\d.]+(ms|s|%|B|c)?(;[^ ]*)*( \S+=[-\d.]+(ms|s|%|B|c)?(;[^ ]*)*)*)?$/;
const STATUS = { OK: 0, WARNING: 1, CRITICAL: 2, UNKNOWN: 3 } as const;

interface Answer {
  readonly status: number | null;
  readonly line: string;
  readonly seconds: number;
}

function check(words: readonly string[], before: readonly string[] = []): Promise<Answer> {
  const began = performance.now();
  const [program, ...rest] = [...before, process.execPath, LAUNCHER, 'check', ...words];
  const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
  let line = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    line += part;
  });
  return new Promise((done) =>
    child.once('close', (status) =>
      done({ status, line: line.trimEnd(), seconds: (performance.now() - began) / 1000 }),
    ),
  );
}

/** @param authority PEM file */
export async function provePlugin(report: Report, world: World, authority: string, folder: string): Promise<void> {
  report.section('slipway check');
  const shows = async (what: string, state: keyof typeof STATUS, words: readonly string[]) => {
    const { status, line } = await check([...words, '-t', '60']);
    const good = status === STATUS[state] && FORM.test(line) && line.includes(` ${state} - `);
    report.check(good, `${what}: ${state}`, line.slice(0, 200));
  };
  const endpoint = [
    '-u',
    `https://${ENDPOINT_ADDRESS}`,
    '--ca',
    authority,
    '--model',
    'test/fixtures/deployment/models/breast-cancer',
  ];
  const last = ['-H', INSTANCES[2]];
  await shows('golden rows and digest', 'OK', ['predictions', ...endpoint]);
  await shows('p99', 'OK', ['latency', ...endpoint, '-c', '30000']);
  await shows('certificate', 'OK', ['certificate', ...endpoint]);
  for (const name of ['ready', 'memory', 'disk', 'errors', 'refused'])
    await shows(name, 'OK', [name, ...last, '-w', '98', '-c', '99']);
  world.fault = { memory: 0.85, disk: 0.95, cpu: 0.85, refused: 30_000, failing: 0.3, unready: true };
  await shows('memory in trouble', 'WARNING', ['memory', ...last, '-w', '80', '-c', '90']);
  await shows('disk in trouble', 'CRITICAL', ['disk', ...last, '-w', '80', '-c', '90']);
  await shows('processors in trouble', 'WARNING', ['cpu', ...last, '-w', '80', '-c', '90', '--interval', '2']);
  await shows('refusals', 'CRITICAL', ['refused', ...last, '-w', '0', '-c', '10', '--interval', '2']);
  await shows('failed predictions', 'WARNING', ['errors', ...last, '-w', '1', '-c', '90', '--interval', '3']);
  await shows('an instance that does not predict', 'CRITICAL', ['ready', ...last]);
  world.fault = { wrong: 'all' };
  await shows('answers that are others', 'CRITICAL', ['predictions', ...endpoint]);
  world.fault = { version: '0123456789ab' };
  await shows('another package', 'CRITICAL', ['predictions', ...endpoint]);
  world.fault = { latencyMs: 60 };
  await shows('slow answers', 'WARNING', ['latency', ...endpoint, '-w', '50', '-c', '30000']);
  world.fault = { certificate: 'soon' };
  await shows('a certificate of 20 days', 'WARNING', ['certificate', ...endpoint]);
  world.fault = { certificate: 'sooner' };
  await shows('a certificate of 3 days', 'CRITICAL', ['certificate', ...endpoint]);
  world.fault = {};
  await shows('a certificate of nobody', 'CRITICAL', ['certificate', '-u', `https://${ENDPOINT_ADDRESS}`]);
  await shows('a certificate of nobody, to golden rows', 'CRITICAL', [
    'predictions',
    ...endpoint.filter((word) => word !== '--ca' && word !== authority),
  ]);
  await shows('an endpoint that is down', 'CRITICAL', [
    'predictions',
    '-u',
    'https://127.0.77.99',
    ...endpoint.slice(4),
  ]);
  await shows('a stage that is not deployed', 'CRITICAL', ['certificate', '-H', `not-there.${NAME}.invalid`]);
  await shows('thresholds that contradict', 'UNKNOWN', ['memory', ...last, '-w', '90', '-c', '80']);

  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((done) => silent.once('listening', done));
  const { port } = silent.address() as { port: number };
  const inTime = ({ status, line, seconds }: Answer, what: string) =>
    report.check(
      status === 2 && FORM.test(line) && seconds < 12,
      `${what}: CRITICAL within its 10 s`,
      `${seconds.toFixed(1)} s, ${line}`,
    );
  inTime(
    await check(['predictions', '-u', `https://127.0.0.1:${port}`, ...endpoint.slice(4), '-t', '10']),
    'a server that says nothing',
  );
  silent.close();
  if (obstacle() !== undefined) {
    report.unproved('a name server that does not answer', 'it takes root');
    return;
  }
  // in a mount namespace, where the name server is one that says nothing
  const names = createSocket('udp4');
  await new Promise<void>((done) => names.bind(53, '127.0.77.53', done));
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, 'nameserver 127.0.77.53\n');
  const confined = ['unshare', '--mount', 'sh', '-c', `mount --bind ${file} /etc/resolv.conf && exec "$@"`, 'sh'];
  inTime(await check(['certificate', '-H', NAME, '-t', '10'], confined), 'a name server that says nothing');
  names.close();
}
