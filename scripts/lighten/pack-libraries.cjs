/**
 * Instances run Linux, on either architecture. ONNX Runtime for one that this machine does not run is read where a bundle for
 * it is made, and never loaded: it is kept compressed (`lib/artifacts/onnx-runtime.ts` reads it).
 */
const { existsSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { promisify } = require('node:util');
const zlib = require('node:zlib');
const { LIBRARIES, RUNTIMES } = require('./unused.cjs');

const compress = promisify(zlib.brotliCompress);
/** Of 11: 9 takes ten times as long as 5, and 3 % less room. */
const QUALITY = 5;
/** Bytes that it looks back, as a power of two; the most of the format. */
const WINDOW = 24;

/** @returns {Promise<number>} by how many bytes they are less */
async function packLibraries(modules) {
  const others = ['x64', 'arm64'].filter(
    (architecture) => process.platform !== 'linux' || architecture !== process.arch,
  );
  const saved = others.map(async (architecture) => {
    const path = join(modules, RUNTIMES, 'linux', architecture, LIBRARIES.linux);
    if (!existsSync(path)) return 0;
    const whole = readFileSync(path);
    const packed = await compress(whole, {
      params: {
        [zlib.constants.BROTLI_PARAM_QUALITY]: QUALITY,
        [zlib.constants.BROTLI_PARAM_LGWIN]: WINDOW,
        [zlib.constants.BROTLI_PARAM_SIZE_HINT]: whole.length,
      },
    });
    writeFileSync(`${path}.part`, packed);
    renameSync(`${path}.part`, `${path}.br`);
    rmSync(path);
    return whole.length - packed.length;
  });
  return (await Promise.all(saved)).reduce((sum, bytes) => sum + bytes, 0);
}

module.exports = { packLibraries };
