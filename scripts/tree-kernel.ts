/**
 * Compiles the tree kernel of the native engine and embeds it: `npm run build:kernel`, after a change of its source or of
 * AssemblyScript. A test compares what is embedded with what the source compiles to, and a quick one the digest of the sources.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPackages } from './own-packages';
import { KERNEL_FOLDER, kernelSources } from './tree-kernel-sources';

const folder = mkdtempSync(join(tmpdir(), 'slipway-kernel-'));
try {
  const outFile = join(folder, 'trees.wasm');
  const compiler = ownPackages(join(__dirname, 'tree-kernel')).resolve('assemblyscript/bin/asc.js');
  const source = join(KERNEL_FOLDER, 'assembly');
  execFileSync(process.execPath, [compiler, 'trees.ts', '--config', 'asconfig.json', '--outFile', outFile], {
    cwd: source,
    stdio: 'inherit',
  });
  const binary = readFileSync(outFile);
  const lines = binary.toString('base64').match(/.{1,100}/g)!;
  writeFileSync(
    join(KERNEL_FOLDER, 'tree-kernel.ts'),
    `/**
 * WebAssembly that \`npm run build:kernel\` made of assembly/trees.ts, ${binary.length} bytes in base64.
 *
 * sources ${kernelSources()}
 */
export const TREE_KERNEL =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`,
  );
  console.log(`the tree kernel takes ${binary.length} bytes`);
} finally {
  rmSync(folder, { recursive: true });
}
