/**
 * Preloaded by whatever runs from the sources (`node --require`): TypeScript is compiled when it is loaded, and what was
 * compiled is kept beside the libraries, by the digest of its text. Where that folder cannot be written nothing is kept,
 * which costs time and nothing else.
 */

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const KEPT = join(__dirname, '../../../node_modules/.cache/slipway');
const OPTIONS = { loader: 'ts', format: 'cjs', target: 'node20', sourcemap: 'inline', sourcesContent: false };
const MADE_BY = JSON.stringify([require('esbuild/package.json').version, OPTIONS]);

process.setSourceMapsEnabled(true);

require.extensions['.ts'] = (module, filename) => {
  module._compile(compiled(readFileSync(filename, 'utf8'), filename), filename);
};

function compiled(source, filename) {
  const kept = join(KEPT, `${createHash('sha256').update(`${MADE_BY}\n${filename}\n${source}`).digest('hex')}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = require('esbuild').transformSync(source, { ...OPTIONS, sourcefile: filename });
    keep(kept, code);
    return code;
  }
}

/** Written beside its place and renamed: others start at the same time, and may be ended at any. */
function keep(path, code) {
  const beside = `${path}.${process.pid}`;
  try {
    mkdirSync(KEPT, { recursive: true });
    writeFileSync(beside, code);
    renameSync(beside, path);
  } catch {}
}
