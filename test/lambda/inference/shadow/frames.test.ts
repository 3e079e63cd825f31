/** What goes between a worker and a shadow that stands elsewhere. */
import { frameOf, messagesOf } from '../../../../lambda/inference/shadow/frames';
import { heard } from '../../../../lambda/inference/shadow/heard';
import type { ShadowRows } from '../../../../lambda/inference/shadow/messages';
import { NO_COUNTS } from '../../../../lib/model/instance/shadow-counts';

const rows = (id: number, length: number): ShadowRows => ({
  id,
  requestId: `request ${id}`,
  first: 0,
  rows: length,
  inputs: {
    x: {
      type: 'float64',
      shape: [length, 1],
      data: Float64Array.from({ length }, (_, i) => (i === 1 ? Number.NaN : i)),
    },
    text: { type: 'string', shape: [length, 1], data: Array.from({ length }, (_, i) => `ä${i}`) },
  },
  outputs: { predict: { type: 'int64', shape: [length], data: new BigInt64Array(length).fill(-7n) } },
});

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size: number) {
  const found = [];
  for await (const message of messagesOf(pieces(bytes, size))) found.push(message);
  return found;
}

test.each([1, 3, 4, 1000, 1_000_000])('messages come as they were sent, in pieces of %d bytes', async (size) => {
  const sent = [rows(1, 3), rows(2, 0), rows(3, 40)];
  expect(await read(Buffer.concat(sent.map(frameOf)), size)).toEqual(sent);
});

test.each([[0], [2 ** 31]])('a message of %d bytes is none', async (length) => {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(length);
  await expect(read(head, 4)).rejects.toThrow(`a message of ${length} bytes`);
});

test('what a shadow says is taken, and nothing else is', () => {
  const largest = [{ requestId: 'a', row: 0, output: 'predict', difference: null, served: 1, shadow: [0.5, 0.5] }];
  const counts = { ...NO_COUNTS, rows: 3, cpuMs: 1.5, largest };
  for (const message of [
    { done: 3 },
    { counts },
    { ready: { engine: 'native 1' } },
    { other: 'abc' },
    { unfit: 'x' },
  ]) {
    expect(heard(JSON.stringify(message))).toEqual(message);
  }
  for (const message of [
    { done: -1 },
    { done: 'x' },
    { counts: { ...counts, rows: 1.5 } },
    { counts: { ...counts, more: 1 } },
    { counts: { ...counts, largest: Array(11).fill(largest[0]) } },
    { ready: {} },
    {},
    null,
  ]) {
    expect(heard(JSON.stringify(message))).toBeUndefined();
  }
  expect(heard('{')).toBeUndefined();
});
