import { Writable } from 'node:stream';
import { createLog, LogStream } from '../../../../lambda/inference/log/log';

test('text of others is JSON of the same value, and no command to a terminal', () => {
  const lines: string[] = [];
  createLog((line) => lines.push(line))('warn', 'test', { text: '\u009b2J\u202e\n\u001b' });
  expect(lines).toEqual([expect.not.stringMatching(/[^\n\P{Cc}]|\p{Cf}/u)]);
  expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'test', text: '\u009b2J\u202e\n\u001b' });
});

describe('a log that nobody reads', () => {
  /** A stream whose reader takes nothing until it is let. */
  function held() {
    let go: (() => void) | undefined;
    const taken: string[] = [];
    const stream = new Writable({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        taken.push(chunk);
        go = done;
      },
    });
    const drain = () => {
      while (go) {
        const next = go;
        go = undefined;
        next();
      }
    };
    return { stream, taken, drain };
  }

  const LINE = `${'x'.repeat(999)}\n`;

  test('holds a bounded number of lines, and says how many it has dropped', async () => {
    const { stream, taken, drain } = held();
    const { write } = new LogStream(stream);
    for (let i = 0; i < 5000; i++) write(LINE);
    expect(stream.writableLength).toBeLessThan(1.1 * 1024 * 1024);
    for (let i = 0; i < 5000 && stream.writableLength > 0; i++) {
      drain();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const kept = taken.length;
    write(LINE);
    drain();
    await new Promise((resolve) => setImmediate(resolve));
    drain();
    expect(JSON.parse(taken[kept]!)).toMatchObject({ level: 'warn', event: 'log lines dropped', lines: 5000 - kept });
    expect(taken.at(-1)).toBe(LINE);
  });

  test('does not keep a process from ending', () => {
    jest.useFakeTimers();
    try {
      const { stream } = held();
      const log = new LogStream(stream);
      log.write(LINE);
      const done = jest.fn();
      log.end(done);
      expect(done).not.toHaveBeenCalled();
      jest.advanceTimersByTime(1000);
      expect(done).toHaveBeenCalled();
    } finally {
      jest.useRealTimers();
    }
  });
});
