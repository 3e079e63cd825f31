import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

test.each([
  ['docs/cost.md', 'scripts/cost-table.ts'],
  ['each README of an example project', 'scripts/example-bills.ts'],
])('%s has what the plan says today, with the catalogue that is shipped', (_, script) => {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
