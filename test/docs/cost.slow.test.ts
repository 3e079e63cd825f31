import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

test('docs/cost.md has what the plan says today, with the catalogue that is shipped', () => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/cost-table.ts', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
