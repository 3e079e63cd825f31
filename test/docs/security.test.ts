import { readFileSync } from 'node:fs';
import { SECURITY_PAGE, withTable } from '../../scripts/acknowledgements-table';

test('docs/security.md prints every accepted finding with its reason, and no other', () => {
  const page = readFileSync(SECURITY_PAGE, 'utf8');
  expect(page).toContain('| access log bucket | `AwsSolutions-S1`');
  expect(withTable(page)).toBe(page);
});
