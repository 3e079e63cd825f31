import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '../../lib/model/error';

test('docs/errors.md lists every error code with its exit status and meaning, and no other', () => {
  const text = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows).toEqual(
    Object.entries(ERRORS).map(([code, kind]) => `| \`${code}\` | ${kind.exit} | ${kind.meaning} |`),
  );
});
