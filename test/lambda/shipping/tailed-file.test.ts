import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { BATCH_BYTES, BATCH_EVENTS, EVENT_OVERHEAD_BYTES, MESSAGE_BYTES } from '../../../lambda/shipping/limits';
import { TailedFile } from '../../../lambda/shipping/tailed-file';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { runs } from '../../runs';

const NOW = Date.parse('2026-11-29T12:00:00Z');

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'log');
});

/** All batches that there are, taken one after the other. */
function drained(file: TailedFile, final = false): string[][] {
  const batches: string[][] = [];
  for (let batch = file.next(final, NOW); batch; batch = file.next(final, NOW)) {
    batches.push(batch.events.map(({ message }) => message));
    file.taken(batch.place);
  }
  return batches;
}

test('there is nothing in a file that is not there', () => {
  const file = new TailedFile(path);
  expect(file.next(true, NOW)).toBeUndefined();
  expect(file.waiting).toBe(0);
  expect(file.keepWithin(1)).toBe(0);
});

test('a line is read when it is whole, and the rest of it at the end', () => {
  writeFileSync(path, 'one\ntw');
  const file = new TailedFile(path);
  expect(drained(file)).toEqual([['one']]);
  expect(file.waiting).toBe(2);
  appendFileSync(path, 'o\nthree');
  expect(drained(file)).toEqual([['two']]);
  expect(drained(file, true)).toEqual([['three']]);
  expect(file.waiting).toBe(0);
});

test('what was read and not taken is read again', () => {
  writeFileSync(path, 'one\n');
  const file = new TailedFile(path);
  expect(file.next(false, NOW)!.events).toHaveLength(1);
  expect(file.next(false, NOW)!.events).toHaveLength(1);
});

test('empty lines are no events', () => {
  writeFileSync(path, '\n\none\n \n');
  expect(drained(new TailedFile(path))).toEqual([['one']]);
});

test('goes on at the place that was kept', () => {
  writeFileSync(path, 'one\ntwo\n');
  const before = new TailedFile(path).next(false, NOW)!.place;
  appendFileSync(path, 'three\n');
  expect(drained(new TailedFile(path, before))).toEqual([['three']]);
});

test.each([
  ['emptied and written anew', () => truncateSync(path)],
  ['replaced by another file', () => renameSync(path, `${path}.1`)],
])('a file that was %s is read from its start', (_how, change) => {
  writeFileSync(path, 'a long line that was there\n');
  const file = new TailedFile(path);
  drained(file);
  change();
  appendFileSync(path, 'new\n');
  expect(drained(file)).toEqual([['new']]);
});

test('lines of the handler keep their time; what is late, missing or impossible does not go back', () => {
  const line = (time: string) => `{"time":"${time}","level":"info"}\n`;
  const times = ['2026-11-29T11:59:00.000Z', '2026-11-29T11:58:59.999Z', 'nonsense', '2036-11-29T12:00:00.000Z'];
  writeFileSync(path, `${times.map(line).join('')}not JSON\n`);
  const { events } = new TailedFile(path).next(false, NOW)!;
  expect(events.map(({ timestamp }) => timestamp - NOW)).toEqual([-60_000, -60_000, 0, 0, 0]);
});

test('a batch spans no more than a day', () => {
  const line = (day: number) => `{"time":"2026-11-${day}T11:00:00.000Z"}\n`;
  writeFileSync(path, line(20) + line(21) + line(22));
  expect(drained(new TailedFile(path)).map(({ length }) => length)).toEqual([2, 1]);
});

test('a file is emptied when it is large and sent, and only when far too large when it is not', () => {
  writeFileSync(path, 'x'.repeat(99).concat('\n'));
  const file = new TailedFile(path);
  expect(file.keepWithin(100)).toBe(0);
  expect(readFileSync(path)).toHaveLength(100);
  drained(file);
  expect(file.keepWithin(100)).toBe(0);
  expect(readFileSync(path)).toHaveLength(0);
  appendFileSync(path, 'y'.repeat(400));
  expect(file.keepWithin(100)).toBe(400);
  expect(readFileSync(path)).toHaveLength(0);
  appendFileSync(path, 'on\n');
  expect(drained(file)).toEqual([['on']]);
});

test('any file comes through whole, in order, in batches within the limits', () => {
  const line = fc.oneof(
    { weight: 20, arbitrary: fc.string({ unit: 'binary', maxLength: 50 }) },
    fc.string({ maxLength: 5 }).map((text) => text.padEnd(MESSAGE_BYTES + text.length * 1000, 'wörter ')),
    fc.nat(3).map((more) => 'x\n'.repeat(BATCH_EVENTS + more)),
  );
  const property = fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
    const content = Buffer.from(lines.map((text) => `${text}\n`).join(''));
    writeFileSync(path, content);
    const batches = drained(new TailedFile(path));
    for (const batch of batches) {
      expect(batch.length).toBeLessThanOrEqual(BATCH_EVENTS);
      const sizes = batch.map((message) => Buffer.byteLength(message));
      expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(MESSAGE_BYTES);
      expect(sizes.reduce((sum, size) => sum + size + EVENT_OVERHEAD_BYTES, 0)).toBeLessThanOrEqual(BATCH_BYTES);
    }
    const bare = (text: string) => text.replace(/\s/g, '');
    expect(bare(batches.flat().join(''))).toBe(bare(content.toString('utf8')));
  });
  fc.assert(property, { numRuns: runs(30) });
});
