import { createLog } from '../../../lambda/inference/log';

test('text of others is JSON of the same value, and no command to a terminal', () => {
  const lines: string[] = [];
  createLog((line) => lines.push(line))('warn', 'test', { text: '\u009b2J\u202e\n\u001b' });
  expect(lines).toEqual([expect.not.stringMatching(/[^\n\P{Cc}]|\p{Cf}/u)]);
  expect(JSON.parse(lines[0]!)).toMatchObject({ event: 'test', text: '\u009b2J\u202e\n\u001b' });
});
