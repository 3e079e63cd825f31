// As lambda/inference/engine/no-telemetry.ts, which cannot reach the library from here: the environment that jest shows to
// tests is a copy.
process.env.ORT_DISABLE_TELEMETRY = '1';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/jest/environment.cjs',
  runtime: '<rootDir>/test/jest/runtime.cjs',
  maxWorkers: '100%', // jest leaves one processor free, which on two is half of them
  testSequencer: '<rootDir>/test/slowest-first.cjs',
  // a look at a global of the context that suites run in takes longer than many a function; nobody replaces these
  sandboxInjectedGlobals: [
    'Array',
    'BigInt',
    'Buffer',
    'DataView',
    'Error',
    'Float32Array',
    'Float64Array',
    'Int32Array',
    'JSON',
    'Map',
    'Math',
    'Number',
    'Object',
    'RegExp',
    'String',
    'Symbol',
    'Uint8Array',
    'WeakMap',
  ],
  testTimeout: 30_000, // a process of its own takes its time on a busy machine
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // no renewed price breaks a test
  moduleNameMapper: { '^\\./place$': '<rootDir>/testing/sizing/fixed-catalogues.ts' },
  // delivered as an ECMAScript module alone, which jest cannot require
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  transform: {
    '/node_modules/jose/.+\\.js$': '<rootDir>/test/jest/transform.cjs',
    '\\.(css|browser\\.js)$': '<rootDir>/test/text-transform.cjs',
    '^.+\\.ts$': '<rootDir>/test/jest/transform.cjs',
  },
};
