import { shellCommands } from '../../../testing/documents/shell-commands';

const words = (script: string) => shellCommands(script).map((command) => command.words);

test.each([
  ['a list', 'a b && c\nd | e', [['a', 'b'], ['c'], ['d'], ['e']]],
  ['a comment', 'a   # b && c\n# d\ne#f', [['a'], ['e#f']]],
  ['quotation marks', `a 'b c' "d $E" --f='g h'`, [['a', 'b c', 'd $E', '--f=g h']]],
  ['a line that goes on', 'a \\\n  b', [['a', 'b']]],
  ['a group', '(cd a && b)', [['cd', 'a'], ['b']]],
  ['a substitution', 'a "$(b c)" $(d | e)', [['b', 'c'], ['d'], ['e'], ['a', '$(...)', '$(...)']]],
  [
    'brackets within quotation marks',
    `a "$(b '(.x[])')"`,
    [
      ['b', '(.x[])'],
      ['a', '$(...)'],
    ],
  ],
  ['output that goes elsewhere', 'a > b.txt 2>&1', [['a']]],
])('%s', (_, script, expected) => {
  expect(words(script)).toEqual(expected);
});

test('variables of one command, and the line of each', () => {
  expect(shellCommands('a\n\nB=1 C=2 d e')).toEqual([
    { words: ['a'], environment: {}, line: 0 },
    { words: ['d', 'e'], environment: { B: '1', C: '2' }, line: 2 },
  ]);
});

test.each([['a "b'], ['a $(b']])('%s is not taken', (script) => {
  expect(() => shellCommands(script)).toThrow(/is open/);
});
