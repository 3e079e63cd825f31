import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelsTable } from '../../lib/packaging/converters';

test('docs/reference/models.md lists what the converters convert; "npm run docs:models" writes it', () => {
  expect(readFileSync(join(__dirname, '../../docs/reference/models.md'), 'utf8')).toBe(modelsTable());
});
