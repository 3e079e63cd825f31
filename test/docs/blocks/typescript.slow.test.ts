/** The TypeScript of each page, one block after the other as one module, passes the compiler in its strict form. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ENTRIES } from '../../../scripts/package/manifest';
import { allBlocks } from '../../../testing/documents/code-blocks';
import { modules, typescriptConfig } from '../../../testing/documents/modules';
import { temporaryFolder } from '../../../testing/temporary-folder';

const blocks = allBlocks().filter(({ language, page }) => language === 'ts' && !page.startsWith('docs/reference/api/'));
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');

function compiled(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(typescriptConfig(Object.keys(files), ENTRIES)));
  return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
}

test('the pages compile', () => {
  const files = modules(blocks);
  expect(Object.keys(files).length).toBeGreaterThan(2);
  expect(compiled(files)).toBe('');
});

test('an option that is misspelled does not', () => {
  const [[name, text] = ['', '']] = Object.entries(
    modules(blocks.filter(({ page }) => basename(page) === 'package.md')),
  );
  expect(compiled({ [name]: text.replace('requestsPerSecond', 'requestPerSecond') })).toContain('requestPerSecond');
});
