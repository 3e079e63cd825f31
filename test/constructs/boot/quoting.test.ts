import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { environmentLine, heredoc, oneLine, plainPath, shellWord } from '../../../lib/constructs/boot/quoting';
import { onLinux } from '../../on-linux';

/** What bash prints. */
function bash(script: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc'], { input: script, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

const HOSTILE = [
  `'; reboot; '`,
  '$(reboot)',
  '`reboot`',
  '$HOME',
  '\\',
  '"',
  "'",
  '%n %%',
  '!!',
  '*',
  '~',
  'EOF',
  '# no comment',
  ' ',
];

/** Text of a line: hostile pieces, and any characters but those that are refused. */
const line = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme' })), { maxLength: 6 })
  .map((parts) => parts.join('').replaceAll(/[\p{Cc}\u2028\u2029]/gu, ''));

onLinux('a shell reads a word as the text itself, whatever is in it', () => {
  const words = [...HOSTILE, ...fc.sample(line, 200)];
  expect(bash(words.map((word) => `printf '%s\\n' ${shellWord(word)}\n`).join('')).split('\n')).toEqual([...words, '']);
});

onLinux('a heredoc gives the command the text itself, also where a line of it would end the document', () => {
  const texts = [
    'END\n',
    'END\nEND_\n reboot\n',
    '\n',
    ...fc.sample(fc.array(line, { minLength: 1 }), 100).map((all) => `${all.join('\n')}\n`),
  ];
  const script = texts.map((text) => `${heredoc('cat', text, 'END')}\nprintf '\\0'\n`).join('');
  expect(bash(script).split('\0')).toEqual([...texts, '']);
});

/** systemd.syntax(7): within double quotes a backslash escapes, and %% is a percent sign. */
function asSystemdReads(text: string): string {
  const quoted = /^Environment="((?:[^"\\]|\\.)*)"$/s.exec(text)![1]!;
  return quoted.replaceAll(/\\(.)|%%/gsu, (all, escaped) => escaped ?? all[0]);
}

test('systemd reads a variable as the text itself', () => {
  fc.assert(
    fc.property(line, (value) => {
      const text = environmentLine('NAME', value);
      expect(text).not.toContain('\n');
      expect(asSystemdReads(text)).toBe(`NAME=${value}`);
    }),
  );
});

test.each([
  ['a line feed', 'a\nExecStartPre=/bin/reboot', 'U+000A'],
  ['a carriage return', 'a\rb', 'U+000D'],
  ['a NUL', 'a\0b', 'U+0000'],
  ['an escape', '\u001b[2J', 'U+001B'],
  ['a control character of eight bits', '\u0085', 'U+0085'],
  ['a line separator', '\u2028', 'U+2028'],
  ['half of a character', 'a\ud800', 'U+D800'],
])('%s is refused by name, on every way in', (_, text, code) => {
  for (const write of [oneLine, shellWord, (value: string) => environmentLine('NAME', value)]) {
    expect(() => write(text)).toThrow(
      expect.objectContaining({ code: 'E_CONFIG', message: expect.stringContaining(code) }),
    );
  }
});

test('a file may have lines and tabs, and no other control character', () => {
  expect(heredoc('cat', 'a\n\tb\n', 'END')).toContain('a\n\tb\n');
  expect(() => heredoc('cat', 'a\0\n', 'END')).toThrow(/U\+0000/);
  expect(() => heredoc('cat', 'a\r\n', 'END')).toThrow(/U\+000D/);
});

test('a long text is shown by its beginning', () => {
  expect(() => oneLine(`${'x'.repeat(100_000)}\n`)).toThrow(/^"x{60}\.\.\." has/);
});

test.each(['handler/$(reboot).cjs', '../etc/passwd', '/etc/passwd', 'a\\b', 'a b', '-rf', 'a//b', ''])(
  '%j is no path of a file on an instance',
  (path) => expect(() => plainPath(path)).toThrow(/cannot be brought to an instance/),
);

test.each(['handler/handler.cjs', 'handler/libonnxruntime.so.1', 'model/model.onnx'])('%s is one', (path) =>
  expect(plainPath(path)).toBe(path),
);
