/** TypeScript and ECMAScript modules for jest, by esbuild, which also makes of them what runs. */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { transformSync, version } = require('esbuild');

const THIS = `${version} ${readFileSync(__filename, 'utf8')}`;

/** It stands below the imports, and must come before them. */
const MOCKS = /^jest\.mock\(/m;

const isMock = ({ type, expression }) =>
  type === 'ExpressionStatement' &&
  expression.type === 'CallExpression' &&
  expression.callee.object?.name === 'jest' &&
  expression.callee.property.name === 'mock';

const movesMocksUp = {
  visitor: {
    Program({ node }) {
      node.body = [...node.body.filter(isMock), ...node.body.filter((statement) => !isMock(statement))];
    },
  },
};

function hoisted({ code, map }, path) {
  const babel = require('@babel/core'); // few suites need it
  const moved = babel.transformSync(code, {
    filename: path,
    plugins: [movesMocksUp],
    inputSourceMap: JSON.parse(map),
    sourceMaps: true,
    babelrc: false,
    configFile: false,
    compact: false,
  });
  return { code: moved.code, map: moved.map };
}

module.exports = {
  getCacheKey: (text, path, { configString, instrument }) =>
    createHash('sha256').update([THIS, configString, instrument, path, text].join('\0')).digest('hex').slice(0, 32),

  process(text, path) {
    const made = transformSync(text, {
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node20.19',
      supported: { 'dynamic-import': false }, // jest has `require` alone
      sourcefile: path,
      sourcemap: 'external',
      sourcesContent: false,
    });
    return MOCKS.test(text) ? hoisted(made, path) : { code: made.code, map: made.map };
  },
};
