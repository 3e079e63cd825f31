import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NATIVE_OPERATORS } from '../../lambda/inference/engine/native/plan';

test('docs/reference/engines.md lists the operators of the native engine', () => {
  const page = readFileSync(join(__dirname, '../../docs/reference/engines.md'), 'utf8');
  const [, listed] = /<!-- operators -->\s+([^<]*?)\s+<!-- \/operators -->/.exec(page)!;
  expect(listed!.split(/,\s+/)).toEqual([...NATIVE_OPERATORS].sort());
});
