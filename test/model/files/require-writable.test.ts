import fs from 'node:fs';
import { join } from 'node:path';
import { requireWritable } from '../../../lib/model/files/require-writable';
import { temporaryFolder } from '../../../testing/temporary-folder';

const folder = temporaryFolder();
afterEach(() => jest.restoreAllMocks());

test('a folder that is there, or can be made, may be written to', () => {
  requireWritable(folder);
  requireWritable(join(folder, 'a', 'b'));
});

test('of one that is to be made, it is the nearest one above that must be', () => {
  const asked = jest.spyOn(fs, 'accessSync').mockImplementation(() => {
    throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS', syscall: 'access' });
  });
  expect(() => requireWritable(join(folder, 'a', 'b'))).toThrow(
    expect.objectContaining({
      code: 'E_FILE',
      message: `${join(folder, 'a', 'b')}: cannot be written: the file system is read-only (EROFS)`,
    }),
  );
  expect(asked).toHaveBeenCalledWith(folder, fs.constants.W_OK);
});
