/**
 * Takes from node_modules of this clone what nothing here uses: ONNX Runtime for machines that are neither this one nor an
 * instance, builds of the charts for browsers, source maps, modules of the AWS SDK for browsers. Where TypeScript is not installed
 * (`npm ci --omit=dev`), declarations too, but for those of the CDK. Offline, as often as you like; `npm ci` brings it back.
 *
 *     npm run lighten [-- --most 320]   fails where node_modules then takes more MiB than that
 */
import { existsSync, lstatSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { MIB } from '../lib/model/units';

const MODULES = resolve(__dirname, '../node_modules');
const RUNTIMES = 'onnxruntime-node/bin/napi-v6/';

/** What programs of this clone keep there, which is not installed. */
const CACHE = join(MODULES, '.cache');

/** Files, or folders, and not what links lead to. */
function within(folder: string, kind: 'isFile' | 'isDirectory'): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry[kind]())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== CACHE && !path.startsWith(`${CACHE}${sep}`));
}

/** Instances run Linux, on either architecture. */
function isOfOthers(path: string): boolean {
  if (!path.startsWith(RUNTIMES)) return false;
  const [platform, architecture] = path.slice(RUNTIMES.length).split('/');
  return platform !== 'linux' && !(platform === process.platform && architecture === process.arch);
}

/** Of these one file each is what `require` gives; the rest are other builds, and what they are built from. */
const CHARTS =
  /^(?:echarts|zrender)\/(?!(?:.*\/)?package\.json$|LICENSE|NOTICE|licenses\/|dist\/(?:echarts|zrender)\.js$)/;
const DECLARATIONS = /\.d\.[cm]?ts$/;
/** Declarations of the CDK are for whoever writes an app of their own beside the stages. */
const OF_THE_CDK = /^(?:aws-cdk-lib|@aws-cdk|constructs|@types)\//;
const SOURCES = /^zod\/src\//;
/** Licences stay. */
const PAGES = /^(?!aws-cdk-lib\/|@aws-cdk\/|constructs\/).*\/(?:README|CHANGELOG)\.md$/i;
/** Beside CommonJS, which is what `require` gives. */
const ES_MODULES = /^(@(?:aws-sdk|peculiar)\/[^/]+)\/(?:dist-es|build\/(?:es2015|esm))\//;
/** Builds that Node.js never takes, and the numbers that tests of bintrees sort. */
const OTHER_BUILDS =
  /^(?:bintrees\/(?:test|examples|dist)|yaml\/browser|@opentelemetry\/api\/build\/esnext|pkijs\/build\/index\.es\.js$)/;

/** A package with `exports` says by itself which of its modules a bundler takes; of others it is the CommonJS. */
const exporting = new Map<string, boolean>();
function saysWhatIsTaken(name: string): boolean {
  let known = exporting.get(name);
  if (known === undefined) {
    known = 'exports' in (JSON.parse(readFileSync(join(MODULES, name, 'package.json'), 'utf8')) as object);
    exporting.set(name, known);
  }
  return known;
}

const typed = existsSync(join(MODULES, 'typescript'));

function isUnused(path: string): boolean {
  const declares = DECLARATIONS.test(path);
  if (declares || SOURCES.test(path)) return !typed && !OF_THE_CDK.test(path);
  const [, name] = ES_MODULES.exec(path) ?? [];
  return (
    path.endsWith('.map') ||
    PAGES.test(path) ||
    OTHER_BUILDS.test(path) ||
    isOfOthers(path) ||
    CHARTS.test(path) ||
    (name !== undefined && !saysWhatIsTaken(name))
  );
}

/** What it takes on the disk, as `du` counts it: links to one file count once, and folders have some, too. */
function room(): number {
  const seen = new Set<number>();
  return [...within(MODULES, 'isFile'), ...within(MODULES, 'isDirectory')].reduce((sum, file) => {
    const { ino, blocks, size } = lstatSync(file);
    if (seen.has(ino)) return sum;
    seen.add(ino);
    return sum + (process.platform === 'win32' ? size : 512 * blocks);
  }, 0);
}

const before = room();
const unused = within(MODULES, 'isFile').filter((file) => isUnused(relative(MODULES, file).split(sep).join('/')));
for (const file of unused) rmSync(file);
for (const folder of within(MODULES, 'isDirectory').sort().reverse()) {
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
const left = room() / MIB;
console.log(
  `removed ${unused.length} files, ${(before / MIB - left).toFixed(0)} MiB; node_modules takes ${left.toFixed(0)} MiB`,
);
const [, most] = /^--most=?$/.test(process.argv[2] ?? '') ? process.argv.slice(2) : [];
if (most !== undefined && !(left <= Number(most))) {
  console.error(`node_modules may take ${most} MiB; see what grew: du -m node_modules/* | sort -rn | head`);
  process.exitCode = 1;
}
