/**
 * Takes from node_modules of this clone what nothing here uses: ONNX Runtime for machines that are neither this one nor an
 * instance, source maps, other builds of the same code, declarations of services that no stage has. Where TypeScript is not
 * installed (`npm ci --omit=dev`), declarations too, but for those of the CDK. Offline, as often as you like.
 *
 * `npm ci` runs it at its end. `SLIPWAY_INSTALL=whole npm ci` keeps all.
 *
 *     npm run lighten [-- --most 305]   fails where node_modules then takes more MiB than that
 */
const { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } = require('node:fs');
const { join, relative, resolve, sep } = require('node:path');

const ROOT = resolve(__dirname, '..');
const MODULES = join(ROOT, 'node_modules');
const MIB = 2 ** 20;

/** What programs of this clone keep there, which is not installed. */
const CACHE = join(MODULES, '.cache');

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

async function lighten() {
  // not there where npm ci runs in a layer of Docker that has this file alone
  const { unusedIn } = require('./lighten/unused.cjs');
  const { packLibraries } = require('./lighten/pack-libraries.cjs');
  const typed = existsSync(join(MODULES, 'typescript'));
  const files = within('isFile').map((file) => relative(MODULES, file).split(sep).join('/'));
  const unused = files.filter(unusedIn(MODULES, files, typed)).map((path) => join(MODULES, path));
  const bytes = unused.reduce((sum, file) => sum + lstatSync(file).size, 0);
  for (const file of unused) rmSync(file);
  for (const folder of within('isDirectory').sort().reverse()) {
    if (readdirSync(folder).length === 0) rmdirSync(folder);
  }
  return bytes + (await packLibraries(MODULES));
}

/** An installation is whole without it: whatever goes wrong is said, and no more. */
async function afterInstall() {
  // npm packs no .npmrc: without it this is a dependency of somebody else's, whose packages are not ours
  if (process.env.SLIPWAY_INSTALL === 'whole' || !existsSync(join(ROOT, '.npmrc')) || !existsSync(MODULES)) return;
  try {
    const bytes = await lighten();
    if (bytes > 0 && process.env.npm_config_loglevel !== 'silent') {
      console.log(`removed ${(bytes / MIB).toFixed(0)} MiB that nothing here uses (SLIPWAY_INSTALL=whole keeps them)`);
    }
  } catch (error) {
    console.warn(`node_modules stays larger than it need be: ${error.message}`);
  }
}

async function main([option, most]) {
  const bytes = await lighten();
  const left = room() / MIB;
  console.log(`removed ${(bytes / MIB).toFixed(0)} MiB; node_modules takes ${left.toFixed(0)} MiB`);
  if (option === '--most' && !(left <= Number(most))) {
    console.error(`node_modules may take ${most} MiB; see what grew: du -m node_modules/* | sort -rn | head`);
    process.exitCode = 1;
  }
}

if (require.main === module) main(process.argv.slice(2));
else afterInstall();
