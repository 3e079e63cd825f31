/**
 * Modules of `lib`, `lambda`, `bin` and packages are loaded once for all suites of a worker, and so are the parts of jest:
 * loading them took more time than the tests of most suites. Modules of tests are each suite's own, as ever.
 *
 * It needs `environment.cjs`: what two suites share must know the same `Error` and the same `Map`.
 */
const { readFileSync } = require('node:fs');
const { join, sep } = require('node:path');
const { default: Runtime } = require('jest-runtime');

/** A suite that replaces modules, parts of them or the time has all modules for itself. */
const REPLACES =
  /\bjest\s*\.\s*(mock|doMock|setMock|unstable_mockModule|spyOn|replaceProperty|isolateModules|resetModules|useFakeTimers)/;

const SHARED_FOLDERS = ['lib', 'lambda', 'bin', 'node_modules'];

/** Keeps the tests of one suite. */
const CIRCUS = /[\\/]jest-circus[\\/]build[\\/]/;

/** Has all that is shared, and is never taken down. */
let library;

module.exports = class SharingRuntime extends Runtime {
  constructor(config, environment, resolver, transformer, cacheFS, coverage, testPath, globalConfig) {
    super(config, environment, resolver, transformer, cacheFS, coverage, testPath, globalConfig);
    library ??= new Runtime(config, environment, resolver, transformer, new Map(), coverage, testPath, globalConfig);
    this.shares = !REPLACES.test(cacheFS.get(testPath) ?? readFileSync(testPath, 'utf8'));
    this.folders = SHARED_FOLDERS.map((name) => join(config.rootDir, name) + sep);
  }

  requireModuleOrMock(from, name) {
    const runtime = this.shares && this.isShared(from, name) ? library : undefined;
    return runtime ? runtime.requireModuleOrMock(from, name) : super.requireModuleOrMock(from, name);
  }

  requireInternalModule(from, name) {
    const own = name === undefined || this._resolution.isCoreModule(name) || CIRCUS.test(this.pathOf(from, name));
    return own ? super.requireInternalModule(from, name) : library.requireInternalModule(from, name);
  }

  isShared(from, name) {
    if (this._resolution.isCoreModule(name) || name === '@jest/globals') return false;
    return this.folders.some((folder) => this.pathOf(from, name).startsWith(folder));
  }

  pathOf(from, name) {
    return this._resolution.resolveCjs(from, name);
  }

  /** Also those of shared modules, for the lines of a stack. */
  getSourceMaps() {
    const own = super.getSourceMaps();
    const shared = library.getSourceMaps();
    const get = own.get.bind(own);
    own.get = (path) => get(path) ?? shared.get(path);
    return own;
  }
};
