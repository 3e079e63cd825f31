/** What a worker does with rows for its shadow; the process of the shadow is played. */
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { FromShadow, ShadowRows, ToShadow } from '../../../../lambda/inference/shadow/messages';
import { Shadow } from '../../../../lambda/inference/shadow/shadow';
import { encodeRows } from '../../../../lib/model/rows/row';
import type { Tensors } from '../../../../lib/model/rows/tensor';
import { shiftedPackage } from '../../../../testing/shifted-package';
import { temporaryFolder } from '../../../../testing/temporary-folder';
import { MODEL, modelPackage, rows } from '../serving';

const package_ = shiftedPackage(MODEL, join(temporaryFolder(), 'other'), { by: -1 });
const { signature } = modelPackage.manifest;
const served = { name: 'breast-cancer', version: '0123456789ab', signature, package_: modelPackage };

function played(share = 1, random = () => 0) {
  const sent: ToShadow[] = [];
  const played = { hear: (_: FromShadow) => {}, end: (_: string) => {}, killed: 0 };
  const shadow = new Shadow({
    settings: { model: package_.directory, share, tolerance: 0.01 },
    package_,
    served: served as never,
    start: (hear, ended) => {
      Object.assign(played, { hear, end: ended });
      return { pid: 1, send: (message) => sent.push(message), kill: () => played.killed++ };
    },
    log: () => {},
    random,
  });
  shadow.start();
  played.hear({ ready: { engine: 'native 1' } });
  return { shadow, played, rowsSent: () => sent.slice(1) as ShadowRows[] };
}

const request = (count: number): [Tensors, Tensors] => [
  encodeRows(
    signature,
    Array.from({ length: count }, (_, i) => rows[i % rows.length]),
  ),
  { predict: { type: 'int64', shape: [count], data: new BigInt64Array(count) } },
];
const bytesOf = ({ inputs, outputs }: ShadowRows) =>
  [...Object.values(inputs), ...Object.values(outputs)].reduce(
    (sum, { data }) => sum + (data as Uint8Array).byteLength,
    0,
  );

test('the request is answered first: nothing is sent in its turn', async () => {
  const { shadow, rowsSent } = played();
  shadow.offer(...request(1), 1, () => 'a');
  await Promise.resolve();
  expect(rowsSent()).toEqual([]);
  await turn();
  expect(rowsSent()).toMatchObject([{ requestId: 'a', first: 0, rows: 1 }]);
});

test('a long request goes in small messages, one in a turn, and all of it comes', async () => {
  const { shadow, rowsSent } = played();
  shadow.offer(...request(4000), 4000, () => 'long');
  for (let before = 0; rowsSent().reduce((sum, { rows: count }) => sum + count, 0) < 4000; before = rowsSent().length) {
    await turn();
    expect(rowsSent().length - before).toBeLessThanOrEqual(1);
  }
  for (const message of rowsSent()) expect(bytesOf(message)).toBeLessThanOrEqual(32 * 1024);
  const last = rowsSent().at(-1)!;
  expect(last.first + last.rows).toBe(4000);
});

test('what is sent later is what was answered, although the tensors are used again', async () => {
  const { shadow, rowsSent } = played();
  const [inputs, outputs] = request(1);
  shadow.offer(inputs, outputs, 1, () => 'a');
  (Object.values(inputs)[0]!.data as Float64Array).fill(7);
  await turn();
  expect(Array.from(Object.values(rowsSent()[0]!.inputs)[0]!.data as Float64Array)).toEqual(rows[0]);
});

test('rows beyond the queue are dropped and counted, and there is room again when some are done', async () => {
  const { shadow, played: process, rowsSent } = played();
  for (let i = 0; i < 5; i++) shadow.offer(...request(1000), 1000, () => `${i}`);
  expect(shadow.total).toMatchObject({ requests: 5, droppedRows: 1000 });
  expect(shadow.queuedRows).toBe(4000);
  while (rowsSent().reduce((sum, { rows: count }) => sum + count, 0) < 4000) await turn();
  for (const { id } of rowsSent()) process.hear({ done: id });
  expect(shadow.queuedRows).toBe(0);
  shadow.offer(...request(1000), 1000, () => 'again');
  expect(shadow.total.droppedRows).toBe(1000);
});

test('the share of the requests is picked, and an id is made for those alone', () => {
  const numbers = [0.05, 0.5, 0.0999, 0.1, 0.99];
  const { shadow } = played(0.1, () => numbers.shift()!);
  let ids = 0;
  for (let i = 0; i < 5; i++) shadow.offer(...request(1), 1, () => String(ids++));
  expect(shadow.total.requests).toBe(2);
  expect(ids).toBe(2);
});

test('answers that it does not have are not asked of it', () => {
  const { shadow } = played();
  const [inputs] = request(1);
  shadow.offer(inputs, { other: { type: 'float64', shape: [1], data: new Float64Array(1) } }, 1, () => 'a');
  expect(shadow.total.requests).toBe(0);
});

test('rows that a process had when it ended are dropped, and none is given until another one is ready', async () => {
  const { shadow, played: process } = played();
  shadow.offer(...request(10), 10, () => 'a');
  await turn();
  process.end('SIGSEGV');
  expect(shadow.total).toMatchObject({ droppedRows: 10, restarts: 1 });
  expect(shadow.queuedRows).toBe(0);
  shadow.offer(...request(5), 5, () => 'b');
  expect(shadow.total.droppedRows).toBe(15);
  shadow.close();
});
