/** The TypeScript of documents as modules that can be compiled and run. */
import { basename, resolve } from 'node:path';
import type { CodeBlock } from './code-blocks';

const ROOT = resolve(__dirname, '../..');

/** Where the sources of the package's paths are. */
export type Entries = Readonly<Record<string, string>>;

/** A module for each page, by its file name: its blocks, one after the other. */
export function modules(blocks: readonly CodeBlock[]): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const { page, code } of blocks) {
    const name = basename(page).replace(/\.md$/, '.ts');
    files[name] = `${files[name] ?? ''}${code}\n`;
  }
  return files;
}

/** Settings of the compiler for such modules in a folder of their own: strict, and with the package's paths in the sources. */
export function typescriptConfig(files: readonly string[], entries: Entries): object {
  const paths = Object.entries(entries).map(([path, source]) => [
    `@slipway-ml/slipway${path.slice(1)}`,
    [resolve(ROOT, source)],
  ]);
  const compilerOptions = {
    noEmit: true,
    rootDir: '/',
    typeRoots: [resolve(ROOT, 'node_modules/@types')],
    noUnusedLocals: false, // a page stops where its reader goes on
    paths: {
      ...Object.fromEntries(paths),
      'aws-cdk-lib': [resolve(ROOT, 'node_modules/aws-cdk-lib')],
      'aws-cdk-lib/*': [resolve(ROOT, 'node_modules/aws-cdk-lib/*')],
      constructs: [resolve(ROOT, 'node_modules/constructs')],
    },
  };
  return { extends: resolve(ROOT, 'tsconfig.json'), compilerOptions, include: files };
}
