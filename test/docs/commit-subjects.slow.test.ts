/** What `.ci/commit-subjects` says of the commits of a pull request. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../testing/temporary-folder';

const script = join(__dirname, '../../.ci/commit-subjects');

function judged(subjects: readonly string[], base = 'main'): { status: number | null; said: string } {
  const folder = temporaryFolder();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
  const commit = (subject: string) => git('commit', '--quiet', '--allow-empty', '--no-verify', '-m', subject);
  git('init', '--quiet', '--initial-branch=main');
  commit(`What was there before the rule; ${'it is long '.repeat(10)}`);
  git('checkout', '--quiet', '-b', 'change');
  for (const subject of subjects) commit(subject);
  mkdirSync(join(folder, '.ci'));
  cpSync(script, join(folder, '.ci/commit-subjects'));
  const { status, stdout } = spawnSync('.ci/commit-subjects', [base], { cwd: folder, encoding: 'utf8' });
  return { status, said: stdout };
}

test('passes subjects of 72 characters with one theme, whatever the base has', () => {
  expect(judged(['A row is refused', 'x'.repeat(72)])).toEqual({ status: 0, said: '' });
});

test.each([
  ['is too long', 'x'.repeat(73), /has 73 characters, at most 72 are allowed/],
  ['has two themes', 'A row is refused; the page has room', /has two themes: make two commits/],
  ['is not finished', 'wip: rows', /is not finished/],
  ['ends in a full stop', 'A row is refused.', /ends in a full stop/],
])('refuses a subject that %s', (_, subject, reason) => {
  const { status, said } = judged(['A row is refused', subject]);
  expect(status).toBe(1);
  expect(said).toMatch(reason);
  expect(said.trim().split('\n')).toHaveLength(1);
});
