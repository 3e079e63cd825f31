import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS, problemType, type Refusal } from '../../lambda/inference/http/problems';
import { ERRORS } from '../../lib/model/error';

const lines = readFileSync(join(__dirname, '../../docs/reference/errors.md'), 'utf8').split('\n');

test('docs/reference/errors.md lists every error code with its exit status and meaning, and no other', () => {
  const rows = lines.filter((line) => line.startsWith('| `E_'));
  expect(rows).toEqual(
    Object.entries(ERRORS).map(([code, kind]) => `| \`${code}\` | ${kind.exit} | ${kind.meaning} |`),
  );
});

test('docs/reference/errors.md lists every problem of the endpoint with its status, title and meaning, and no other', () => {
  const rows = lines.filter((line) => line.startsWith('| `/'));
  expect(rows).toEqual(
    Object.entries(PROBLEMS).map(
      ([kind, { statuses, title, meaning }]) =>
        `| \`${problemType(kind as Refusal)}\` | ${statuses.join(', ')} | ${title} | ${meaning} |`,
    ),
  );
});
