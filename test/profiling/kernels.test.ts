import { denseMs, treeMs, walkTree } from '../../lib/profiling/kernels';

test('the tree kernel does the same work in every run', () => {
  expect(walkTree()).toBe(walkTree());
  // the mean of sqrt(i) over 4,096 leaves is two thirds of sqrt(4096)
  expect(walkTree() / 20_000).toBeCloseTo((2 / 3) * 64, 0);
});

test('both kernels take time', async () => {
  expect(await treeMs()).toBeGreaterThan(0);
  expect(await denseMs()).toBeGreaterThan(0);
});
