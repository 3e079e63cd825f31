/** Which files of node_modules nothing here uses. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

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
const OF_JSII = /\/\.jsii(?:\.tabl\.json)?(?:\.gz)?$|\/\.jsiirc\.json$|^aws-cdk-lib\/rosetta\//;
/** The AWS command line, which stacks that copy files into a bucket would send along, and a proxy for those of Kubernetes. */
const LAYERS = /^@aws-cdk\/asset-[^/]+\/lib\/layer\.zip$/;
/** Sends home what the command `cdk` was asked, which is off. */
const TELEMETRY = /^aws-cdk\/lib\/cli\/telemetry\/sender-bundle\.js$/;
/** Licences stay. */
const PAGES = /\/(?:README|CHANGELOG)\.md$/i;
/** Beside CommonJS, which is what `require` gives. */
const ES_MODULES = /^(@(?:aws-sdk|peculiar)\/[^/]+)\/(?:dist-es|build\/(?:es2015|esm))\//;
/** Declarations for TypeScript before 4.0. */
const OLD_DECLARATIONS = /\/dist-types\/ts3\.4\//;
const DECLARATIONS = /\.d\.[cm]?ts$/;
/** Declarations of the CDK are for whoever writes an app of their own beside the stages. */
const OF_THE_CDK = /^(?:aws-cdk-lib|@aws-cdk|constructs|@types)\//;

const RUNTIMES = 'onnxruntime-node/bin/napi-v6/';
/** What its binding is linked with; what else lies there is a copy, or for GPUs. */
const LIBRARIES = { linux: 'libonnxruntime.so.1', darwin: 'libonnxruntime.1.dylib', win32: 'onnxruntime.dll' };

/** The bindings, which are small, stay: a package is made for all platforms. Instances run Linux. */
function isOfOthers(path) {
  if (!path.startsWith(RUNTIMES) || path.endsWith('.node')) return false;
  const [platform, architecture, name] = path.slice(RUNTIMES.length).split('/');
  if (platform === 'linux') return name !== LIBRARIES.linux && name !== `${LIBRARIES.linux}.br`;
  return platform !== process.platform || architecture !== process.arch || name !== LIBRARIES[platform];
}

/**
 * @param {string} modules the folder node_modules
 * @param {{ typed: boolean, reached: ReadonlySet<string> }} declarations whether TypeScript is installed; those of the CDK
 *   that something here reads
 * @returns {(path: string) => boolean} of a path in that folder, with slashes
 */
function unused(modules, { typed, reached }) {
  // a package with `exports` says by itself which of its modules a bundler takes; of others it is the CommonJS
  const exporting = new Map();
  const saysWhatIsTaken = (name) => {
    if (!exporting.has(name)) {
      exporting.set(name, 'exports' in JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')));
    }
    return exporting.get(name);
  };
  const isUnusedDeclaration = (path) =>
    path.startsWith('aws-cdk-lib/') ? !reached.has(path) : !typed && !OF_THE_CDK.test(path);

  return (path) => {
    if (OLD_DECLARATIONS.test(path)) return true;
    if (DECLARATIONS.test(path) && !OTHER_BUILDS.test(path)) return isUnusedDeclaration(path);
    const [, name] = ES_MODULES.exec(path) ?? [];
    return (
      path.endsWith('.map') ||
      [PAGES, OTHER_BUILDS, OF_JSII, LAYERS, TELEMETRY].some((pattern) => pattern.test(path)) ||
      isOfOthers(path) ||
      (name !== undefined && !saysWhatIsTaken(name))
    );
  };
}

module.exports = { RUNTIMES, LIBRARIES, unused };
