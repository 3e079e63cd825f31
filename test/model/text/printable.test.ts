import { printable, printableLines } from '../../../lib/model/text/printable';

test.each([
  ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
  ['the eight-bit form of one', '\u009b2J', '\\u009b2J'],
  ['an end of line', 'a\r\nb\u2028c', 'a\\u000d\\u000ab\\u2028c'],
  ['a change of direction', '\u202eabc', '\\u202eabc'],
  ['a character beyond 16 bits', '\u{e0041}', '\\udb40\\udc41'],
])('%s is shown as what it is', (_name, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('letters of every script stay', () => {
  const text = 'gr\u00fc\u00df, \u4e2d\u6587, \u{1f600} "quoted" \\n';
  expect(printable(text)).toBe(text);
});

test('lines stay lines where they are ours', () => {
  expect(printableLines('a\n\u001bb\tc')).toBe('a\n\\u001bb\\u0009c');
});

test('JSON stays JSON of the same values', () => {
  const value = { '\u0085': ['\u202e\u{e0041}', '\u2028', '\n'] };
  expect(JSON.parse(printable(JSON.stringify(value)))).toEqual(value);
  expect(JSON.parse(printableLines(JSON.stringify(value, null, 2)))).toEqual(value);
});
