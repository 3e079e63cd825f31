/**
 * Takes from node_modules of this clone what nothing here uses: ONNX Runtime for machines that are neither this one nor an
 * instance, source maps, and other builds of the same code. Where TypeScript is not installed (`npm ci --omit=dev`),
 * declarations too, but for those of the CDK. Offline, as often as you like.
 *
 * `npm ci` runs it at its end. `SLIPWAY_INSTALL=whole npm ci` keeps all.
 *
 *     npm run lighten [-- --most 320]   fails where node_modules then takes more MiB than that
 */
const { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } = require('node:fs');
const { join, relative, resolve, sep } = require('node:path');

const ROOT = resolve(__dirname, '..');
const MODULES = join(ROOT, 'node_modules');
const MIB = 2 ** 20;
const RUNTIMES = 'onnxruntime-node/bin/napi-v6/';

/** What programs of this clone keep there, which is not installed. */
const CACHE = join(MODULES, '.cache');

/** Builds that Node.js never takes, what zod was compiled from, tables that nothing asks caniuse-lite for. */
const OTHER_BUILDS = new RegExp(
  `^(?:${[
    'bintrees/(?:test|examples|dist)/',
    'yaml/browser/',
    '@opentelemetry/api/build/esnext/',
    '@sinclair/typebox/build/esm/',
    'pkijs/build/index\\.es\\.js$',
    'zod/src/',
    'caniuse-lite/data/(?:features|regions)/',
  ].join('|')})`,
);
/** Of libraries for jsii, which translates them to other languages: not what JavaScript runs or TypeScript checks. */
const OF_JSII = /\/\.jsii(?:\.tabl\.json)?(?:\.gz)?$|^aws-cdk-lib\/rosetta\//;
/** Licences stay. */
const PAGES = /\/(?:README|CHANGELOG)\.md$/i;
/** Beside CommonJS, which is what `require` gives. */
const ES_MODULES = /^(@(?:aws-sdk|peculiar)\/[^/]+)\/(?:dist-es|build\/(?:es2015|esm))\//;
/** Declarations for TypeScript before 4.0. */
const OLD_DECLARATIONS = /\/dist-types\/ts3\.4\//;
const DECLARATIONS = /\.d\.[cm]?ts$/;
/** Declarations of the CDK are for whoever writes an app of their own beside the stages. */
const OF_THE_CDK = /^(?:aws-cdk-lib|@aws-cdk|constructs|@types)\//;

/**
 * Files, or folders, and not what links lead to.
 *
 * @param {'isFile' | 'isDirectory'} kind
 * @returns {string[]}
 */
function within(kind) {
  return readdirSync(MODULES, { withFileTypes: true, recursive: true })
    .filter((entry) => entry[kind]())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== CACHE && !path.startsWith(`${CACHE}${sep}`));
}

/** Instances run Linux, on either architecture. The bindings, which are small, stay: a package is made for all platforms. */
function isOfOthers(path) {
  if (!path.startsWith(RUNTIMES) || path.endsWith('.node')) return false;
  const [platform, architecture] = path.slice(RUNTIMES.length).split('/');
  return platform !== 'linux' && !(platform === process.platform && architecture === process.arch);
}

/** A package with `exports` says by itself which of its modules a bundler takes; of others it is the CommonJS. */
const exporting = new Map();
function saysWhatIsTaken(name) {
  if (!exporting.has(name)) {
    exporting.set(name, 'exports' in JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8')));
  }
  return exporting.get(name);
}

/** @param {boolean} typed whether TypeScript is installed */
function isUnused(path, typed) {
  if (OLD_DECLARATIONS.test(path)) return true;
  if (DECLARATIONS.test(path) && !OTHER_BUILDS.test(path)) return !typed && !OF_THE_CDK.test(path);
  const [, name] = ES_MODULES.exec(path) ?? [];
  return (
    path.endsWith('.map') ||
    [PAGES, OTHER_BUILDS, OF_JSII].some((pattern) => pattern.test(path)) ||
    isOfOthers(path) ||
    (name !== undefined && !saysWhatIsTaken(name))
  );
}

/** What it takes on the disk, as `du` counts it: links to one file count once, and folders have some, too. */
function room() {
  const seen = new Set();
  return [...within('isFile'), ...within('isDirectory')].reduce((sum, file) => {
    const { ino, blocks, size } = lstatSync(file);
    if (seen.has(ino)) return sum;
    seen.add(ino);
    return sum + (process.platform === 'win32' ? size : 512 * blocks);
  }, 0);
}

function lighten() {
  const typed = existsSync(join(MODULES, 'typescript'));
  const unused = within('isFile').filter((file) => isUnused(relative(MODULES, file).split(sep).join('/'), typed));
  const bytes = unused.reduce((sum, file) => sum + lstatSync(file).size, 0);
  for (const file of unused) rmSync(file);
  for (const folder of within('isDirectory').sort().reverse()) {
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  }
  return { files: unused.length, bytes };
}

/** An installation is whole without it: whatever goes wrong is said, and no more. */
function afterInstall() {
  // npm packs no .npmrc: without it this is a dependency of somebody else's, whose packages are not ours
  if (process.env.SLIPWAY_INSTALL === 'whole' || !existsSync(join(ROOT, '.npmrc')) || !existsSync(MODULES)) return;
  try {
    const { files, bytes } = lighten();
    if (files > 0 && process.env.npm_config_loglevel !== 'silent') {
      console.log(`removed ${(bytes / MIB).toFixed(0)} MiB that nothing here uses (SLIPWAY_INSTALL=whole keeps them)`);
    }
  } catch (error) {
    console.warn(`node_modules stays larger than it need be: ${error.message}`);
  }
}

function main([option, most]) {
  const { files, bytes } = lighten();
  const left = room() / MIB;
  console.log(`removed ${files} files, ${(bytes / MIB).toFixed(0)} MiB; node_modules takes ${left.toFixed(0)} MiB`);
  if (option === '--most' && !(left <= Number(most))) {
    console.error(`node_modules may take ${most} MiB; see what grew: du -m node_modules/* | sort -rn | head`);
    process.exitCode = 1;
  }
}

if (require.main === module) main(process.argv.slice(2));
else afterInstall();
