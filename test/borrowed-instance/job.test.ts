import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobScript, userData } from '../../lib/borrowed-instance/job';
import { temporaryFolder } from '../../testing/temporary-folder';

const folder = temporaryFolder();

/** Run with these programs in place of the machine's. @returns what each was told, a line a call */
function run(script: string, programs: Readonly<Record<string, string>>): string[] {
  const bin = join(folder, 'bin');
  const told = join(folder, 'told');
  mkdirSync(bin, { recursive: true });
  writeFileSync(told, '');
  writeFileSync(join(bin, 'mktemp'), `#!/bin/bash\n/usr/bin/mktemp -d '${folder}/job.XXXXXX'\n`, { mode: 0o755 });
  for (const [name, body] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/bash\necho "${name} $*" >> '${told}'\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  execFileSync('bash', ['-c', script], { cwd: folder, stdio: 'ignore', env: { PATH: `${bin}:${process.env.PATH}` } });
  return readFileSync(told, 'utf8').trim().split('\n');
}

const last = (line: string) => line.split(' ').at(-1);

describe('user data', () => {
  const text = userData({ job: 'https://b/job?a=1&b=2', log: "https://b/it's", minutes: 30 });

  test('has its deadline before anything else, and shuts down when the job is done', () => {
    const told = run(text, { shutdown: '', curl: 'echo true > job.sh' });
    expect(told.map((line) => line.split(' ')[0])).toEqual(['shutdown', 'curl', 'shutdown']);
    expect(told[0]).toBe('shutdown -h +30');
    expect(last(told[1]!)).toBe('https://b/job?a=1&b=2');
    expect(told[2]).toBe('shutdown -h now');
  });

  test.each([
    ['the job fails', 'echo "echo went wrong; false" > job.sh'],
    ['the job is not there', '[[ $* = *upload* ]]'],
  ])('sends the log and shuts down too where %s', (_, curl) => {
    const told = run(text, { shutdown: '', curl });
    expect(last(told[2]!)).toBe("https://b/it's");
    expect(told[2]).toContain('--upload-file tail');
    expect(told[3]).toBe('shutdown -h now');
  });
});

test('a job fetches each file under its name, runs its command with Node.js, and sends the result', () => {
  const script = jobScript({
    files: [
      { name: 'model/model.onnx', address: 'https://b/1?x=%20&y' },
      { name: 'node.tgz', address: 'https://b/2' },
    ],
    runtime: 'node.tgz',
    command: '"$node" elsewhere.cjs model 1 profile.json',
    result: { name: 'profile.json', address: 'https://b/3' },
  });
  const node =
    'mkdir -p package/bin; printf \'#!/bin/bash\\necho "$*" > profile.json\' > package/bin/node; chmod +x package/bin/node';
  const told = run(script, { curl: '', tar: node });
  expect(told.map((line) => line.split(' ')[0])).toEqual(['curl', 'curl', 'tar', 'curl']);
  expect(told[0]).toMatch(/--output model\/model\.onnx https:\/\/b\/1\?x=%20&y$/);
  expect(told[3]).toMatch(/--upload-file profile\.json https:\/\/b\/3$/);
  expect(readFileSync(join(folder, 'profile.json'), 'utf8')).toBe('elsewhere.cjs model 1 profile.json\n');
});

test('a job ends at the first file that does not come', () => {
  const files = ['a', 'b'].map((name) => ({ name, address: `https://b/${name}` }));
  const script = jobScript({ files, runtime: 'a', command: 'true', result: files[0]! });
  expect(() => run(script, { curl: 'exit 22', tar: '' })).toThrow();
  expect(readFileSync(join(folder, 'told'), 'utf8').trim().split('\n')).toHaveLength(1);
});
