import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchError, placeFetched } from '../../lib/artifacts/fetched-file';
import { temporaryFolder } from '../../testing/temporary-folder';

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'cache', 'file');
});

const fetch = (text: string) => async (into: string) => {
  writeFileSync(join(into, 'fetched'), text);
  return join(into, 'fetched');
};

test('two that fetch at once both have it whole, and nothing is left beside', async () => {
  await Promise.all([placeFetched(path, fetch('one')), placeFetched(path, fetch('one'))]);
  expect(readFileSync(path, 'utf8')).toBe('one');
  expect(readdirSync(join(folder, 'cache'))).toEqual(['file']);
});

test('what fails leaves the file that was there', async () => {
  await placeFetched(path, fetch('one'));
  await expect(
    placeFetched(path, async (into) => {
      await fetch('half')(into);
      throw new Error('cut off');
    }),
  ).rejects.toThrow('cut off');
  expect(readFileSync(path, 'utf8')).toBe('one');
  expect(readdirSync(join(folder, 'cache'))).toEqual(['file']);
});

test('a cache below a file cannot be written, and nothing is fetched', async () => {
  writeFileSync(join(folder, 'cache'), '');
  const never = jest.fn();
  await expect(placeFetched(path, never)).rejects.toMatchObject({
    code: 'E_FILE',
    message: expect.stringContaining(`${path}: cannot be written: `),
  });
  expect(never).not.toHaveBeenCalled();
  expect(existsSync(path)).toBe(false);
});

describe('why a program could not fetch', () => {
  const failure = { what: 'node@24', command: 'npm pack', folder: '/cache/.fetch-1', line: 'the line', remedy: 'look' };

  test.each([
    ['npm error nospc ENOSPC: no space left on device, write', 'the disk is full; free some space (ENOSPC)'],
    [
      'npm error path /home/ada/.npm/_cacache\nnpm error EACCES: permission denied',
      'you may not (no permission) (EACCES)',
    ],
    ['ERROR: Could not install: [Errno 28] No space left on device', 'No space left on device'],
  ])('the disk, which is not blamed on the network: %s', (output, reason) => {
    expect(fetchError({ ...failure, cause: new Error('Command failed'), output })).toMatchObject({
      code: 'E_FILE',
      message: `node@24 cannot be fetched: "npm pack" cannot write: ${reason}; it writes to /cache and to a cache of its own`,
    });
  });

  test('it is not there', () => {
    const cause = Object.assign(new Error('spawn npm ENOENT'), { code: 'ENOENT' });
    expect(fetchError({ ...failure, cause, output: '' })).toMatchObject({
      code: 'E_FILE',
      message: 'node@24 cannot be fetched: there is no program "npm"; look',
    });
  });

  test('the network', () => {
    expect(fetchError({ ...failure, cause: new Error(), output: 'npm error code ENOTFOUND' })).toMatchObject({
      code: 'E_UNREACHABLE',
      message: 'node@24 cannot be fetched with "npm pack": the line; look',
    });
  });
});
