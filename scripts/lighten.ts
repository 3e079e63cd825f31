/**
 * Takes from node_modules of this clone what nothing here uses: ONNX Runtime for machines that are neither this one nor an
 * instance, builds of the charts for browsers, source maps. Offline, as often as you like; `npm ci` brings it back.
 *
 *     npm run lighten
 */
import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { MIB } from '../lib/model/units';

const MODULES = resolve(__dirname, '../node_modules');
const RUNTIMES = join(MODULES, 'onnxruntime-node/bin/napi-v6');
const CHARTS = join(MODULES, 'echarts/dist');
/** Builds beside `echarts.js`, which is what `require` gives. */
const OTHER_CHARTS = /\.(?:common|esm|min|simple)\./;

/** Files, and not what links lead to. */
function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Instances run Linux, on either architecture. */
const isOfOthers = (file: string) => {
  const [platform, architecture] = relative(RUNTIMES, file).split(/[\\/]/);
  return platform !== 'linux' && !(platform === process.platform && architecture === process.arch);
};

const unused = new Set([
  ...filesIn(RUNTIMES).filter(isOfOthers),
  ...filesIn(CHARTS).filter((file) => OTHER_CHARTS.test(file)),
  ...filesIn(MODULES).filter((file) => file.endsWith('.map')),
]);
let bytes = 0;
for (const file of unused) {
  bytes += lstatSync(file).size;
  rmSync(file);
}
console.log(`removed ${unused.size} files, ${(bytes / MIB).toFixed(0)} MiB`);
