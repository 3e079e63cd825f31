import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { TREE_KERNEL } from '../../../../../../lambda/inference/engine/native/trees/tree-kernel';
import { ownPackages } from '../../../../../../scripts/own-packages';
import { temporaryFolder } from '../../../../../../testing/temporary-folder';

test('the tree kernel that is embedded is what its source compiles to', () => {
  const folder = temporaryFolder();
  try {
    const compiled = join(folder, 'trees.wasm');
    const compiler = ownPackages(join(__dirname, '../../../../../../scripts/tree-kernel')).resolve(
      'assemblyscript/bin/asc.js',
    );
    execFileSync(process.execPath, [compiler, 'trees.ts', '--config', 'asconfig.json', '--outFile', compiled], {
      cwd: join(__dirname, '../../../../../../lambda/inference/engine/native/trees/assembly'),
      stdio: 'pipe',
    });
    expect(TREE_KERNEL).toBe(readFileSync(compiled).toString('base64')); // npm run build:kernel
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
