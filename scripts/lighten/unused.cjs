/** Which files of node_modules nothing here uses. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { EC2_COMMANDS, declaredPackages, packageOf } = require('./declared-packages.cjs');
const { reachedDeclarations } = require('./cdk-declarations.cjs');

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
const CDK = 'aws-cdk-lib/';
const EC2_COMMAND = /^@aws-sdk\/client-ec2\/dist-types\/commands\/(\w+)Command\.d\.ts$/;
/** Of TypeScript itself, for programs in browsers and in Windows' own host of scripts. */
const OTHER_HOSTS = /^@typescript\/[^/]+\/lib\/lib\.(?:dom|webworker|scripthost)\b[\w.]*$/;
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

function declarationsWithoutReader(modules, files, typed) {
  const reached = reachedDeclarations(modules);
  const ofCdk = (path) => path.startsWith(CDK) && !reached.has(path);
  if (!typed) return (path) => ofCdk(path) || !OF_THE_CDK.test(path);
  const commands = new Set(EC2_COMMANDS);
  const without = (path) => {
    const [, command] = EC2_COMMAND.exec(path) ?? [];
    return ofCdk(path) || OTHER_HOSTS.test(path) || (command !== undefined && !commands.has(command));
  };
  const read = declaredPackages(
    modules,
    files.filter((path) => DECLARATIONS.test(path) && !OLD_DECLARATIONS.test(path) && !without(path)),
  );
  return (path) => without(path) || !(read.has(packageOf(path)) || path.startsWith('@typescript/'));
}

/**
 * @param {string} modules the folder node_modules
 * @param {readonly string[]} files all paths in it, with slashes
 * @param {boolean} typed whether TypeScript is installed
 * @returns {(path: string) => boolean}
 */
function unusedIn(modules, files, typed) {
  // a package with `exports` says by itself which of its modules a bundler takes; of others it is the CommonJS
  const exporting = new Map();
  const saysWhatIsTaken = (name) => {
    if (!exporting.has(name)) {
      exporting.set(name, 'exports' in JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')));
    }
    return exporting.get(name);
  };
  const isUnusedDeclaration = declarationsWithoutReader(modules, files, typed);

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

module.exports = { RUNTIMES, LIBRARIES, unusedIn };
