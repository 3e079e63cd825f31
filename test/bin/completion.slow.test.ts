import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../testing/temporary-folder';
import { slipway } from './run-slipway';

/** The shells of this machine; CI has bash. */
const here = (shell: string) => (spawnSync(shell, ['-c', 'exit 0']).status === 0 ? test : test.skip);

const folder = temporaryFolder();

async function script(shell: string): Promise<string> {
  const path = join(folder, `slipway.${shell}`);
  writeFileSync(path, (await slipway('completion', shell)).stdout);
  return path;
}

/** What is typed, and what a shell must offer for the last word of it, in this order. */
const CASES: readonly (readonly [words: readonly string[], offered: readonly string[]])[] = [
  [['pr'], ['profile', 'preflight']],
  [['pack', '--go'], ['--golden']],
  [['catalog', 're'], ['refresh']],
  [['catalog', 'refresh', '--sou'], ['--source']],
  [
    ['bundle', 'out', '--architecture', ''],
    ['x64', 'arm64'],
  ],
  [
    ['completion', ''],
    ['bash', 'fish', 'zsh'],
  ],
];

const sorted = (text: string) => text.split('\n').filter(Boolean).sort();
const listed = (offered: readonly string[]) => [...offered].sort();

here('bash')('bash offers commands, options and values', async () => {
  const path = await script('bash');
  const program = `source ${path}; COMP_WORDS=(slipway "$@"); COMP_CWORD=$#; _slipway; printf '%s\\n' "\${COMPREPLY[@]}"`;
  for (const [words, offered] of CASES) {
    const text = execFileSync('bash', ['-c', program, 'bash', ...words], { cwd: folder, encoding: 'utf8' });
    const found = sorted(text).filter(
      (word) => !word.startsWith('slipway.') && (offered.includes(word) || !word.startsWith('-')),
    );
    expect([words, found]).toEqual([words, listed(offered)]);
    const byNpx = program.replace(
      '(slipway "$@"); COMP_CWORD=$#; _slipway;',
      '(npx slipway "$@"); COMP_CWORD=$(($# + 1)); _slipway_by_npx;',
    );
    expect(execFileSync('bash', ['-c', byNpx, 'bash', ...words], { cwd: folder, encoding: 'utf8' })).toBe(text);
  }
  const files = execFileSync('bash', ['-c', program, 'bash', 'pack', 'x', '--golden', 'slip'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(sorted(files)).toContain('slipway.bash');
  const registered = (before: string) =>
    execFileSync('bash', ['-c', `${before} source ${path}; complete -p slipway npx`], { encoding: 'utf8' });
  expect(registered('')).toMatch(/-F _slipway slipway\n.*-F _slipway_by_npx npx/);
  expect(registered('complete -F of_somebody npx;')).toContain('-F of_somebody npx'); // what is there stays
});

here('zsh')('zsh offers commands, options and values', async () => {
  const path = await script('zsh');
  const stubs =
    'compdef() { }; _files() { }; compadd() { shift; print -l -- $@ }; _describe() { local name=$@[-1]; print -l -- $' +
    '{$' +
    '{(P)name}%%:*} }';
  const program = `${stubs}; source ${path}; words=(slipway "$@"); CURRENT=$#words; _slipway`;
  for (const [words, offered] of CASES) {
    const text = execFileSync('zsh', ['-f', '-c', program, 'zsh', ...words], { encoding: 'utf8' });
    const found = sorted(text).filter((word) => word.startsWith(words.at(-1)!)); // as _describe itself does
    expect([words, found]).toEqual([words, listed(offered)]);
    const byNpx = program.replace(
      '(slipway "$@"); CURRENT=$#words; _slipway',
      '(npx slipway "$@"); CURRENT=$#words; _slipway_by_npx',
    );
    expect(execFileSync('zsh', ['-f', '-c', byNpx, 'zsh', ...words], { encoding: 'utf8' })).toBe(text);
  }
});

here('fish')('fish offers commands, options and values', async () => {
  const path = await script('fish');
  const called = [['slipway'], ['npx', 'slipway']] as const;
  for (const [words, offered] of CASES.flatMap(([typed, offered]) =>
    called.map((call) => [[...call, ...typed], offered] as const),
  )) {
    const program = `source ${path}; complete -C ${JSON.stringify(words.join(' '))}`;
    const text = execFileSync('fish', ['--no-config', '-c', program], { cwd: folder, encoding: 'utf8' });
    const found = sorted(text.replaceAll(/\t.*$/gm, '')).filter((word) => !word.startsWith('slipway.'));
    expect([words, found]).toEqual([words, listed(offered)]);
  }
});

test('another shell is a wrong input', async () => {
  const { status, stderr } = await slipway('completion', 'csh');
  expect([status, stderr]).toEqual([2, expect.stringMatching(/Allowed choices are bash, zsh, fish/)]);
});
