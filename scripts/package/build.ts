/**
 * Makes the package that others install, `build/package`, and its tarball beside it:
 *
 *     npm run package
 *
 * It has the folders of the repository, in JavaScript with types, and what an installation would otherwise have to build.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { currentTarget, handlerOptions } from '../../lib/artifacts/handler-bundle';
import { SYNTHESIS_FLAGS } from '../../lib/model/process/synthesis-flags';
import repository from '../../package.json';
import { DEPENDENCIES, ENTRIES, OPTIONAL_PEERS, PEERS, packageManifest } from './manifest';
import { writePrograms } from './programs';
import { vendor } from './vendored';

const ROOT = join(__dirname, '..', '..');
const BUILD = join(ROOT, 'build');
const FOLDER = join(BUILD, 'package');

/** What `cdk` runs. */
const APP = 'bin/app';

/** Started as processes, so that nothing imports them. */
const STARTED = [
  'bin/launcher',
  'bin/slipway',
  'bin/terminal/output',
  APP,
  'lib/packaging/child-main',
  'lib/packaging/pack-main',
  'lib/profiling/measure',
];

/** Beside the code; what the code reads by its place must be among them. */
const DATA = [
  'lib/sizing/catalogue/types.json',
  'lib/sizing/catalogue/regions',
  'lib/model/process/leash.preload.js',
  'bin/launcher.js',
  'bin/python',
  'LICENSE',
  'README.md',
];

/** Messages name these, and they name each other. */
const PAGES = 'docs';
const isPage = (path: string) => (statSync(path).isDirectory() ? !path.endsWith('pictures') : path.endsWith('.md'));

function main(): void {
  rmSync(BUILD, { recursive: true, force: true });
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '-p', join(ROOT, 'tsconfig.package.json')], { cwd: ROOT, stdio: 'inherit' });
  for (const path of DATA) cpSync(join(ROOT, path), join(FOLDER, path), { recursive: true });
  cpSync(join(ROOT, PAGES), join(FOLDER, PAGES), { recursive: true, filter: isPage });
  writeFileSync(join(FOLDER, 'package.json'), `${JSON.stringify(packageManifest(repository), null, 2)}\n`);
  writeFileSync(join(FOLDER, 'cdk.json'), cdkJson());
  writePrograms(join(FOLDER, 'programs'));
  bundleServing();
  const used = usedFiles();
  prune(used);
  vendor(
    FOLDER,
    [...used].filter((path) => path.endsWith('.js')),
    ROOT,
  );
  checkLibraries(used);
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', BUILD, FOLDER], { encoding: 'utf8', cwd: ROOT }),
  ) as [{ filename: string; size: number; unpackedSize: number; entryCount: number }];
  console.log(
    `build/${filename}: ${(size / 1e6).toFixed(1)} MB, unpacked ${(unpackedSize / 1e6).toFixed(1)} MB, ${entryCount} files`,
  );
}

/** As that of the repository, with the app in JavaScript: `slipway start` and `rollback` run cdk in this folder. */
function cdkJson(): string {
  const document = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  return `${JSON.stringify({ ...document, app: ['node', ...SYNTHESIS_FLAGS, `${APP}.js`].join(' ') }, null, 2)}\n`;
}

/** The embeddable server as one file, as the handler is: texts for browsers are in it. */
function bundleServing(): void {
  const path = ENTRIES['./serving'];
  const {
    define: _anyPlatform,
    banner: _handlers,
    ...options
  } = handlerOptions(currentTarget(), { onnxRuntime: false });
  buildSync({ ...options, entryPoints: [`${path}.ts`], outfile: join(FOLDER, `${path}.js`) });
}

/** What the entries and the started files need of the package, by their requires; declarations by their imports. */
function usedFiles(): Set<string> {
  const entries = [
    ...Object.values(ENTRIES).flatMap((path) => [`${path}.js`, `${path}.d.ts`]),
    ...STARTED.map((path) => `${path}.js`),
  ];
  const waiting = entries.map((path) => join(FOLDER, path));
  const used = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (used.has(file)) continue;
    used.add(file);
    const declaration = file.endsWith('.d.ts');
    for (const name of named(file, declaration)) {
      if (!name.startsWith('.')) continue;
      const target = resolve(dirname(file), name);
      const candidates = declaration
        ? [`${target}.d.ts`, join(target, 'index.d.ts'), target]
        : [target, `${target}.js`, join(target, 'index.js')];
      const found = candidates.find((path) => existsSync(path) && statSync(path).isFile());
      if (found === undefined) throw new Error(`${file} needs ${name}, which is not in the package`);
      if (found.endsWith('.js') || found.endsWith('.d.ts')) waiting.push(found);
    }
  }
  return used;
}

/** What a file requires or imports. */
function named(file: string, declaration: boolean): string[] {
  const pattern = declaration
    ? /\b(?:from |import\()['"]([^'"]+)['"]/g
    : /\b(?:require|require\.resolve|import)\(['"]([^'"]+)['"]\)/g;
  return [...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name]) => name!);
}

/** Code and declarations that nothing uses: the parts of programs that are there as a whole. */
function prune(used: ReadonlySet<string>): void {
  for (const folder of ['bin', 'lib', 'lambda']) {
    for (const entry of readdirSync(join(FOLDER, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && /\.(?:js|d\.ts)$/.test(path) && !used.has(path) && !path.endsWith('.preload.js'))
        rmSync(path);
    }
  }
}

/** The package names all libraries that it requires, and none that it does not. */
function checkLibraries(used: ReadonlySet<string>): void {
  const known: readonly string[] = [...DEPENDENCIES, ...Object.keys(PEERS), ...OPTIONAL_PEERS];
  const required = new Set<string>();
  for (const file of used) {
    if (file.endsWith('.d.ts')) continue;
    for (const name of named(file, false)) {
      const library = /^(?:@[^/]+\/)?[^/]+/.exec(name)![0];
      if (!name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name)) required.add(library);
    }
  }
  required.delete('esbuild'); // for what is built in a clone
  const missing = [...required].filter((name) => !known.includes(name));
  const idle = known.filter((name) => !required.has(name));
  if (missing.length > 0 || idle.length > 0) {
    throw new Error(
      `scripts/package/manifest.ts lacks ${missing.join(', ') || 'nothing'} and has no use for ${idle.join(', ') || 'nothing'}`,
    );
  }
}

main();
