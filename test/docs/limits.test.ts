import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS, type Limit, WHOLES } from '../../lib/aws/limits';

test('docs/reference/configuration.md lists every limit that is checked, with its source, and no other', () => {
  const limits: readonly Limit[] = [...Object.values(LIMITS), ...WHOLES];
  const lines = readFileSync(join(__dirname, '../../docs/reference/configuration.md'), 'utf8').split('\n');
  const head = lines.indexOf('| value | written to | taken | source |');
  const rows = lines.slice(head + 2, lines.indexOf('', head));
  expect(rows).toEqual(
    limits.map(({ keys, written, takes, source }) => `| ${keys} | ${written} | ${takes} | ${source} |`),
  );
});
