import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { savedFolder } from '../../bin/project/saved-folder';
import { temporaryFolder } from '../../testing/temporary-folder';
import { slipway } from './run-slipway';

const HELPER = readFileSync(join(__dirname, '../../bin/python/slipway_save.py'), 'utf8');

test('writes the file of Python, also over an older one, and over nothing else', async () => {
  const out = join(temporaryFolder(), 'slipway_save.py');
  expect((await slipway('python-helper', '--out', out)).status).toBe(0);
  expect(readFileSync(out, 'utf8')).toBe(HELPER);
  expect((await slipway('python-helper', '--out', out)).status).toBe(0);
  writeFileSync(out, 'print("mine")');
  const { status, stderr } = await slipway('python-helper', '--out', out);
  expect([status, stderr]).toEqual([2, expect.stringContaining('is another file, which stays as it is')]);
  expect((await slipway('python-helper', '--print')).stdout).toBe(HELPER);
});

test('has lines that people read', () => {
  const lines = HELPER.split('\n');
  expect(lines.length).toBeLessThan(72);
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});

describe('a folder that it has saved', () => {
  const saved = (...files: string[]) => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    for (const file of files) writeFileSync(join(folder, file), '');
    return folder;
  };

  test('is packed with the rows in it', () => {
    const folder = saved('model.joblib', 'golden.json', 'training.csv');
    const said: string[] = [];
    const [model, golden, data] = ['model.joblib', 'golden.json', 'training.csv'].map((file) => join(folder, file));
    expect(savedFolder([folder], {}, (text) => said.push(text))).toEqual({ file: [model], golden, data });
    expect(said).toEqual([`took ${model}, ${golden}, ${data}`]);
  });

  test('gives way to what is said', () => {
    const folder = saved('model.joblib', 'golden.json');
    expect(savedFolder([folder], { golden: 'mine.json' }, () => {})).toEqual({
      file: [join(folder, 'model.joblib')],
      golden: 'mine.json',
    });
  });

  test('is no other folder, and no file', () => {
    const mlflow = saved('model.joblib', 'MLmodel');
    for (const files of [[mlflow], ['model.joblib'], [mlflow, 'x'], []]) {
      expect(savedFolder(files, {}, () => {})).toEqual({ file: files });
    }
  });
});
