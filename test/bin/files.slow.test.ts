import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { writeModelPackage } from '../../lib/model/package/model-package';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { ROW, SIGNATURE } from '../model/sample';
import { describeOnLinux, onLinux } from '../on-linux';
import { slipway } from './run-slipway';

jest.setTimeout(60_000); // it starts processes, on a machine that may be busy

const root = join(__dirname, '../..');
const model = EXAMPLE_MODEL;
const example = (file: string) => join(root, 'examples/breast-cancer', file);
const folder = temporaryFolder();
const out = join(folder, 'out');

/** Every error of a file names it, has the status of a wrong input, and no stack trace. */
async function expectRefused(words: readonly string[], message: RegExp): Promise<void> {
  const { status, stderr } = await slipway(...words);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^ +at |fault of Slipway/m);
  expect(status).toBe(2);
}

const packing = (...words: string[]) => ['pack', ...words, '--name', 'x', '--out', out];

describeOnLinux('a device that never ends', () => {
  const device = join(folder, 'link-to-zero');
  symlinkSync('/dev/zero', device);
  const safetensors = join(folder, 'link-to-zero.safetensors');
  symlinkSync('/dev/zero', safetensors);
  const table = join(folder, 'link-to-zero.csv');
  symlinkSync('/dev/zero', table);

  test.each<[string, string[]]>([
    ['the model', packing(device)],
    ['the golden rows', packing(example('model.joblib'), '--golden', device)],
    ['a table of golden rows', packing(example('model.joblib'), '--golden', table)],
    ['the training rows', packing(example('model.joblib'), '--data', table)],
    ['the labels', packing(example('model.joblib'), '--labels', device)],
    ['what is inspected', ['inspect', device]],
    ['weights', ['inspect', safetensors]],
    ['slipway.yaml', ['plan', '--stage', 'dev', '--config', device]],
    ['the catalogue', ['catalog', 'refresh', '--region', 'eu-west-1', '--source', 'public', '--out', device]],
    ['certificates', ['verify', 'https://localhost:1', '--model', model, '--ca', device]],
  ])('is refused as %s', async (_, words) => {
    await expectRefused(words, /error E_(FILE|CONFIG): \S*link-to-zero\S*: is a device, not a file/);
    expect(existsSync(out)).toBe(false);
  });

  test.each(['manifest.json', 'model.onnx', 'profile.json'])('is refused as the %s of a package', async (file) => {
    const package_ = join(folder, 'package');
    writeModelPackage(package_, {
      manifest: {
        name: 'sample',
        signature: SIGNATURE,
        computeClass: 'scalar',
        source: { file: 'm', sha256: '0'.repeat(64), bytes: 1, format: 'joblib', estimators: [], libraries: {} },
        packedBy: '0.1.0',
      },
      model: Buffer.from('a model'),
      golden: { rows: { inputs: [ROW], predict: ['yes'] }, tolerance: { absolute: 1e-12, relative: 0 } },
    });
    rmSync(join(package_, file), { force: true });
    symlinkSync('/dev/zero', join(package_, file));
    const words = ['plan', package_, '--rps', '1', '--p99', '40ms', '--availability', 'single'];
    await expectRefused(words, /error E_PACKAGE: .*: is a link to \/dev\/zero, which is outside of the model package/);
    rmSync(package_, { recursive: true });
  });
});

describe('a place that cannot be written', () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'mine');
  const long = join(folder, 'x'.repeat(300));

  test.each<[string, string[], RegExp]>([
    ['pack, below a file', ['--out', join(file, 'below')], /below: cannot be written: a part of the path is a file/],
    ['pack, onto a file', ['--out', file], /file: exists and is not a model package: it is a file/],
    ['pack, too long', ['--out', long], /x: cannot be (read|written): the name is longer than the file system takes/],
    ['pack, nowhere', ['--out', ''], /"": is no folder/],
  ])('%s', (_, words, message) => expectRefused(['pack', example('model.joblib'), '--name', 'x', ...words], message));

  test.each<[string, string[], RegExp]>([
    ['onto a file', [file], /file: exists and is not a bundle of the handler: it is a file/],
    ['below a file', [join(file, 'below')], /below: cannot be written: a part of the path is a file/],
    ['too long', [long], /x: cannot be (read|written): the name is longer/],
    ['nowhere', [''], /"": is no folder/],
  ])('bundle, %s', (_, words, message) => expectRefused(['bundle', '--native', ...words], message));

  test('a temporary folder that is not there', async () => {
    const temporary = jest.spyOn(os, 'tmpdir').mockReturnValue(join(folder, 'nowhere'));
    try {
      await expectRefused(
        packing(example('model.joblib')),
        /nowhere: no temporary folder can be made in it: .*does not exist \(ENOENT\); name another with .*TMPDIR/,
      );
    } finally {
      temporary.mockRestore();
    }
  });

  test('commands that write to .slipway, where that is a file', async () => {
    const before = process.cwd();
    process.chdir(mkdtempSync(join(folder, 'home-')));
    try {
      writeFileSync('.slipway', 'mine');
      await expectRefused(
        ['serve', model, '--port', '18479'],
        /\.slipway\S*: cannot be written: a part of the path is a file/,
      );
      await expectRefused(['profile', model], /\.slipway\S*: cannot be written: a part of the path is a file/);
      await expectRefused(['runtime'], /\.slipway\S*: cannot be (read|written): a part of the path is a file/);
      expect(readdirSync('.')).toEqual(['.slipway']);
    } finally {
      process.chdir(before);
    }
  });
});

describe('a process that starts', () => {
  const launcher = join(root, 'bin/launcher.js');
  const start = (words: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv }) =>
    spawnSync(process.execPath, [launcher, ...words], { encoding: 'utf8', ...options });

  test.each([
    ['that is a file', 'file-as-temporary'],
    ['that is not there', 'none'],
  ])('with a temporary folder %s does what needs none, and else says so', (_, name) => {
    const place = join(folder, name);
    if (name !== 'none') writeFileSync(place, '');
    const env = { ...process.env, TMPDIR: place };
    expect(start(['key', 'me'], { env })).toMatchObject({ status: 0, stderr: '' });
    const { status, stderr } = start(packing(example('model.joblib')), { env });
    expect(stderr).toMatch(/^error E_FILE: \S+: no temporary folder can be made in it: .*TMPDIR\n$/);
    expect(status).toBe(2);
  });

  onLinux('in a folder that was removed says so', () => {
    const gone = mkdtempSync(join(folder, 'gone-'));
    const script = `rmdir "${gone}" && exec "${process.execPath}" "${launcher}" key me`;
    const { status, stderr } = spawnSync('/bin/sh', ['-c', script], { cwd: gone, encoding: 'utf8' });
    expect(stderr).toBe('error E_FILE: the current folder is not there any more; change to another one\n');
    expect(status).toBe(2);
  });
});

describe('relative paths', () => {
  const elsewhere = mkdtempSync(join(folder, 'elsewhere-'));

  test('are relative to the current folder, for what is read and for what is written', async () => {
    const before = process.cwd();
    process.chdir(elsewhere);
    try {
      for (const file of ['model.joblib', 'golden.json']) cpSync(example(file), file);
      cpSync(model, 'measured', { recursive: true });
      for (const words of [
        ['inspect', 'model.joblib'],
        ['pack', 'model.joblib', '--golden', 'golden.json', '--name', 'x', '--out', 'packed/x'],
        ['bundle', '--native', 'handler'],
        ['plan', 'measured', '--rps', '1', '--p99', '40ms', '--availability', 'single', '--html', 'plan.html'],
      ]) {
        expect(await slipway(...words)).toMatchObject({ status: 0 });
      }
      const made = ['golden.json', 'handler', 'measured', 'model.joblib', 'packed', 'plan.html'];
      expect(readdirSync('.').sort()).toEqual(made);
      expect(readdirSync('handler')).toEqual(['handler.cjs']);
      expect(readdirSync('packed')).toEqual(['x']);
    } finally {
      process.chdir(before);
    }
  });

  test('of the CDK app are relative to the folder of the command that runs it, which has no cdk.json', () => {
    writeFileSync(join(elsewhere, 'own.yaml'), 'model: measured\nstagez: {}\n');
    const context = { 'slipway:folder': elsewhere, 'slipway:config': 'own.yaml' };
    const { status, stderr } = spawnSync(process.execPath, [...TYPESCRIPT, 'bin/app.ts'], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: join(elsewhere, 'cdk.out') },
    });
    expect(stderr).toContain('own.yaml:2: ');
    expect(status).toBe(2);
  });
});

describe('standard output', () => {
  const plan = ['plan', model, '--rps', '1', '--p99', '40ms', '--availability', 'single'];

  /** The command as a process of its own. */
  async function started(words: string[], stdout: number | 'pipe'): Promise<{ status: number; stderr: string }> {
    const child = spawn(process.execPath, [join(root, 'bin/launcher.js'), ...words], {
      stdio: ['ignore', stdout, 'pipe'],
    });
    child.stdout?.destroy(); // as a reader does that has seen enough
    let stderr = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [status] = await once(child, 'close');
    return { status, stderr };
  }

  onLinux('that is full is said to be so', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      expect(await started(plan, full)).toEqual({
        status: 2,
        stderr: 'error E_FILE: standard output: cannot be written: the disk is full; free some space (ENOSPC)\n',
      });
    } finally {
      closeSync(full);
    }
  });

  test('that its reader has closed is said to be so', async () => {
    expect(await started(plan, 'pipe')).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^error E_FILE: standard output: cannot be written: whoever read it has closed it/),
    });
  });
});
