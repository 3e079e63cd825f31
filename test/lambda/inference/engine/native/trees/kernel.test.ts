import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KERNEL_FOLDER, kernelSources } from '../../../../../../scripts/tree-kernel-sources';

// kernel.slow.test.ts compiles them
test('the tree kernel that is embedded was made of its sources as they are', () => {
  const embedded = readFileSync(join(KERNEL_FOLDER, 'tree-kernel.ts'), 'utf8');
  expect(/ sources ([0-9a-f]{64})\n/.exec(embedded)?.[1]).toBe(kernelSources()); // npm run build:kernel
});
