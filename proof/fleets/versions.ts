/** Two versions of one model beside another model, in the handler that instances run: who answers, and with what. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS } from '../../lib/model/instance/handler-settings';
import { VERSION_HEADER } from '../../lib/model/instance/handler-versions';
import { bundledHandler } from '../../testing/bundled-handler';
import { LoggedHandler } from '../../testing/handler-process';
import { shiftedPackage } from '../../testing/shifted-package';
import type { Report } from '../report';
import { goldenRequest, rows } from '../serving/golden-requests';
import { NUMBERS } from '../serving/models';

const WORKERS = 2;
const WEIGHTS = { first: 0.75, second: 0.25 };
/** By weight; and for each way to name a version, half of them of each. */
const BY_WEIGHT = 8000;
const BY_NAME = 2000;
/** Requests that are under way at a time. */
const AT_ONCE = 8;
/** Five standard deviations of a share of so many. */
const SHARE_WITHIN = 5 * Math.sqrt((WEIGHTS.first * WEIGHTS.second) / BY_WEIGHT);

interface Answered {
  readonly version: string | null;
  readonly text: string;
  readonly ms: number;
}

/** @param asked one request, by its number */
async function inParallel(count: number, asked: (i: number) => Promise<Answered>): Promise<Answered[]> {
  const all: Answered[] = [];
  let next = 0;
  const one = async () => {
    for (let i = next++; i < count; i = next++) all[i] = await asked(i);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return all;
}

const p99 = (some: readonly Answered[]) =>
  some.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(0.99 * some.length)] ?? Number.NaN;

export async function proveVersions(report: Report): Promise<void> {
  report.section('two versions of one model on a fleet, in the handler');
  const folder = mkdtempSync(join(tmpdir(), 'slipway-versions-'));
  // which answers another class for every row that the first answers otherwise
  const second = shiftedPackage(NUMBERS, join(folder, 'second'), { by: 1e6 });
  const always = (second.manifest.signature.classes as unknown[])[1];
  const environment = toEnvironment({
    ...{ ...DEFAULT_HANDLER_SETTINGS, model: NUMBERS, host: '127.0.0.1', port: 0, workers: WORKERS },
    endpoint: 'models.example.com small',
    members: [
      {
        ...{ model: NUMBERS, endpoint: 'models.example.com/tuned', basePath: '/tuned', queueRows: 600, weight: 1 },
        versions: [
          { name: '1', weight: WEIGHTS.first },
          { name: '2', model: second.directory, weight: WEIGHTS.second },
        ],
      },
      { model: NUMBERS, endpoint: 'models.example.com/other', basePath: '/other', queueRows: 600, weight: 1 },
    ],
  });
  const handler = new LoggedHandler(bundledHandler(), environment);
  try {
    await handler.event('ready', 3 * WORKERS);
    const base = await handler.base();
    const address = (path: string) => new URL(path, base);
    while (!(await fetch(address('/readyz'))).ok);
    const ask = async (path: string, i: number, headers: Record<string, string> = {}): Promise<Answered> => {
      const from = performance.now();
      const { body } = goldenRequest(i % rows.length, 1);
      const answer = await fetch(address(path), {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
      const text = await answer.text();
      return { version: answer.headers.get(VERSION_HEADER), text, ms: performance.now() - from };
    };
    const isRight = ({ version, text }: Answered, i: number) =>
      text === (version === '2' ? JSON.stringify({ result: [always] }) : goldenRequest(i % rows.length, 1).answer);
    const weighed = await inParallel(BY_WEIGHT, (i) => ask('/tuned/predict', i));
    const share = weighed.filter(({ version }) => version === '2').length / BY_WEIGHT;
    const wrong = weighed.filter((one, i) => one.version === null || !isRight(one, i)).length;
    report.row(
      'a version by weight, on a fleet',
      `0 of ${BY_WEIGHT} answers are of another version than they say; 25 % of them ± ${(100 * SHARE_WITHIN).toFixed(1)} %`,
      `${wrong} wrong; ${(100 * share).toFixed(1)} %`,
      wrong === 0 && Math.abs(share - WEIGHTS.second) <= SHARE_WITHIN,
    );
    const wanted = (i: number) => `${1 + (i % 2)}`;
    const named = await inParallel(BY_NAME, (i) => ask('/tuned/predict', i, { [VERSION_HEADER]: wanted(i) }));
    const amiss = named.filter((one, i) => one.version !== wanted(i) || !isRight(one, i)).length;
    report.row('a version by name, on a fleet', `0 of ${BY_NAME} answers are of another`, `${amiss}`, amiss === 0);
    const model = second.manifest.name;
    const ready = async (member: string, version: string) =>
      (await fetch(address(`/${member}/v2/models/${model}/versions/${version}/ready`))).status;
    const statuses = [
      await ready('tuned', '1'),
      await ready('tuned', '2'),
      await ready('tuned', '3'),
      await ready('other', '2'),
    ];
    report.equal(statuses, [200, 200, 404, 404], 'versions are of the model that has them, by their paths');
    const beside = await inParallel(BY_NAME, (i) => ask('/other/predict', i));
    const others = beside.filter((one, i) => one.version !== null || !isRight(one, i)).length;
    report.row('the model beside it', `0 of ${BY_NAME} answers are of a version`, `${others}`, others === 0);
    const of = (version: string) => p99(weighed.filter((one) => one.version === version)).toFixed(1);
    console.log(
      `  p99 of ${AT_ONCE} at a time: ${of('1')} ms and ${of('2')} ms, ${p99(beside).toFixed(1)} ms of the model beside`,
    );
  } finally {
    await handler.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
