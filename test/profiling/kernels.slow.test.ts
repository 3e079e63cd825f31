import { rmSync } from 'node:fs';
import { kernelTimes, walkTree } from '../../lib/profiling/kernels';
import { temporaryFolder } from '../../testing/temporary-folder';

test('the tree kernel does the same work in every run', () => {
  expect(walkTree()).toBe(walkTree());
  // the mean of sqrt(i) over 4,096 leaves is two thirds of sqrt(4096)
  expect(walkTree() / 20_000).toBeCloseTo((2 / 3) * 64, 0);
});

test('both kernels take time', async () => {
  const scratch = temporaryFolder();
  const { treeMs, denseMs } = await kernelTimes(scratch).finally(() => rmSync(scratch, { recursive: true }));
  expect(treeMs).toBeGreaterThan(0);
  expect(denseMs).toBeGreaterThan(0);
});
