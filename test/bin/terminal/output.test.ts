import { hint, notice, progress, silence, tellOfWork } from '../../../bin/terminal/output';

let text = '';
const terminal = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');

function at(isTTY: boolean): void {
  Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
}

beforeEach(() => {
  text = '';
  jest.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  silence({ progress: false, hints: false });
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
  silence({ progress: false, hints: false });
  if (terminal) Object.defineProperty(process.stderr, 'isTTY', terminal);
  else delete (process.stderr as { isTTY?: boolean }).isTTY;
});

test('what is next is told at a terminal, and to nobody else', () => {
  at(false);
  hint('npx slipway profile models/a');
  expect(text).toBe('');
  at(true);
  hint('npx slipway profile models/a');
  expect(text).toBe('next: npx slipway profile models/a\n');
});

test('whoever wants quiet gets warnings and errors alone', () => {
  at(true);
  silence({ progress: true, hints: true });
  progress('reading model.joblib');
  hint('npx slipway plan');
  progress('warning: no golden rows');
  notice('error E_FILE: none');
  expect(text).toBe('warning: no golden rows\nerror E_FILE: none\n');
});

test('work that goes on shows its time at a terminal, which the next line removes', () => {
  jest.useFakeTimers();
  at(true);
  const done = tellOfWork();
  progress('converting');
  jest.advanceTimersByTime(1000);
  expect(text).toBe('converting\n');
  jest.advanceTimersByTime(2000);
  expect(text.endsWith('\r\x1b[2K... 3 s')).toBe(true);
  progress('replaying');
  expect(text.endsWith('\r\x1b[2Kreplaying\n')).toBe(true);
  done();
  jest.advanceTimersByTime(60_000);
  expect(text.endsWith('replaying\n')).toBe(true);
});

test('in a log it is a line each half minute', () => {
  jest.useFakeTimers();
  at(false);
  const done = tellOfWork();
  progress('converting');
  jest.advanceTimersByTime(61_000);
  expect(text).toBe('converting\nstill: converting (30 s)\nstill: converting (60 s)\n');
  done();
});
