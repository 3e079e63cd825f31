import { type Finding, judged, stated } from '../../../lib/watching/check/outcome';
import { parseRange } from '../../../lib/watching/check/range';

const finding: Finding = {
  text: '85.0 % in use',
  performance: [
    { label: 'memory', value: 85, unit: '%', minimum: 0, maximum: 100 },
    { label: 'memory_available', value: 1024, unit: 'B' },
  ],
};
const of = (warning?: string, critical?: string) => ({
  ...(warning !== undefined && { warning: parseRange(warning, '-w') }),
  ...(critical !== undefined && { critical: parseRange(critical, '-c') }),
});

test.each([
  [of(), 'OK', '85%;;;0;100'],
  [of('90', '95'), 'OK', '85%;90;95;0;100'],
  [of('80', '95'), 'WARNING', '85%;80;95;0;100'],
  [of('80', '84'), 'CRITICAL', '85%;80;84;0;100'],
  [of(undefined, '@80:90'), 'CRITICAL', '85%;;@80:90;0;100'],
])('%#: the state and the performance data', (thresholds, state, data) => {
  expect(judged('memory', finding, thresholds)).toEqual({
    state,
    text: `SLIPWAY MEMORY ${state} - 85.0 % in use | memory=${data} memory_available=1024B`,
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a value that is no number (%p) is not OK', (value) => {
  const performance = [{ label: 'memory', value }, finding.performance[1]!];
  expect(judged('memory', { ...finding, performance }, of('90'))).toEqual({
    state: 'UNKNOWN',
    text: `SLIPWAY MEMORY UNKNOWN - what is measured there is no number: memory is ${value}`,
  });
  expect(judged('memory', { ...finding, performance: [...finding.performance, ...performance] }, of()).text).toBe(
    'SLIPWAY MEMORY OK - 85.0 % in use | memory=85%;;;0;100 memory_available=1024B memory_available=1024B',
  );
});

test('a fault is critical whatever the thresholds are, and comes first', () => {
  expect(judged('ready', { ...finding, fault: 'it serves another' }, of('90'))).toMatchObject({
    state: 'CRITICAL',
    text: expect.stringMatching(/^SLIPWAY READY CRITICAL - it serves another; 85/),
  });
});

test('what others wrote begins no line and no performance data', () => {
  const { text } = stated('predictions', 'CRITICAL', 'answered\nOK | differing=0\u001b[2J');
  expect(text).toBe('SLIPWAY PREDICTIONS CRITICAL - answered\\u000aOK / differing=0\\u001b[2J');
});
