/**
 * Writes docs/reference/api/: what each entry of the package exports, from its declarations and their comments.
 *
 *     npm run api-reference              # needs the network: API Extractor is installed into a temporary folder
 *     npm run api-reference -- --check   # exit status 1 when the pages are not those of the sources
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../lib/model/files/temporary-folder';
import { type ApiItem, apiPage } from './api-page';
import { ENTRIES, PACKAGE_NAME } from './package/manifest';

const ROOT = join(__dirname, '..');
const PAGES = join(ROOT, 'docs/reference/api');
/** It brings a compiler of its own, since TypeScript 7 has no API. */
const EXTRACTOR = '@microsoft/api-extractor@7.60.1';

const page = (entry: string) => join(PAGES, `${entry === '.' ? 'slipway' : entry.slice('./'.length)}.md`);

/** Runs in the folder where API Extractor is installed. */
const EXTRACT = `
const { Extractor, ExtractorConfig } = require('@microsoft/api-extractor');
const { join } = require('node:path');
const [folder, ...entries] = process.argv.slice(2);
const silent = { default: { logLevel: 'none' } };
const configs = entries.map((entry, i) => ExtractorConfig.prepare({
  configObject: {
    projectFolder: folder,
    mainEntryPointFilePath: join(folder, entry + '.d.ts'),
    compiler: { tsconfigFilePath: join(folder, 'tsconfig.json') },
    apiReport: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    docModel: { enabled: true, apiJsonFilePath: join(folder, i + '.api.json') },
    messages: { compilerMessageReporting: silent, extractorMessageReporting: silent, tsdocMessageReporting: silent },
  },
  configObjectFullPath: undefined,
  packageJsonFullPath: join(folder, 'package.json'),
}));
for (const config of configs) Extractor.invoke(config, { localBuild: true });
`;

function main(): void {
  const folder = temporaryFolder('slipway-api-');
  try {
    const node = (...words: string[]) => execFileSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' });
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const declarations = join(folder, 'declarations');
    node(tsc, '-p', 'tsconfig.package.json', '--outDir', declarations, '--emitDeclarationOnly');
    symlinkSync(join(ROOT, 'node_modules'), join(declarations, 'node_modules'), 'junction');
    writeFileSync(join(declarations, 'package.json'), JSON.stringify({ name: PACKAGE_NAME, version: '0.0.0' }));
    const compilerOptions = {
      module: 'commonjs',
      target: 'es2022',
      lib: ['es2023'],
      skipLibCheck: true,
      types: ['node'],
    };
    const include = ['lib/**/index.d.ts', ...Object.values(ENTRIES).map((entry) => `${entry}.d.ts`)];
    writeFileSync(join(declarations, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
    writeFileSync(join(folder, 'package.json'), '{"private": true}');
    const install = ['install', '--silent', '--no-audit', '--no-fund', '--ignore-scripts', EXTRACTOR];
    execFileSync('npm', install, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
    const program = join(folder, 'extract.cjs');
    writeFileSync(program, EXTRACT);
    execFileSync(process.execPath, [program, declarations, ...Object.values(ENTRIES)], {
      cwd: declarations, // where its compiler looks for the types of Node.js
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const stale = Object.keys(ENTRIES).filter((entry, i) => {
      const model = JSON.parse(readFileSync(join(declarations, `${i}.api.json`), 'utf8')) as ApiItem;
      return written(entry, apiPage(entry.replace(/^\.$/, ''), PACKAGE_NAME, model));
    });
    console.log(stale.length === 0 ? 'docs/reference/api is that of the sources' : `changed: ${stale.join(', ')}`);
    if (stale.length > 0 && process.argv.includes('--check')) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @returns whether the page was another one */
function written(entry: string, text: string): boolean {
  const path = resolve(page(entry));
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  if (process.argv.includes('--check')) return true;
  mkdirSync(PAGES, { recursive: true });
  writeFileSync(path, text);
  return true;
}

main();
