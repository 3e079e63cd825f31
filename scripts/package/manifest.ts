/** The package.json of the package: that of the repository, with what whoever installs it needs. */
import type * as repository from '../../package.json';

/** A name under a scope: the plain one is somebody else's to take. */
export const PACKAGE_NAME = '@slipway-ml/slipway';

/** What is required at run time and not in the package; `build.ts` holds it against the code. */
export const DEPENDENCIES = [
  'commander',
  'fastest-levenshtein',
  'hyparquet',
  'selfsigned',
  'xz-decompress',
  'yaml',
  'zod',
] as const;

/** Ranges that `npm run proof:package` tries at both ends. */
export const PEERS = {
  'aws-cdk-lib': { oldest: '2.276.0', range: '^2.276.0' },
  constructs: { oldest: '10.5.0', range: '^10.5.0' },
} as const;

/** Programs and libraries that some of it needs, and says so where they are missing. */
export const OPTIONAL_PEERS = ['aws-cdk', 'onnxruntime-node'] as const;

/** What can be imported, by the paths without endings in the package. */
export const ENTRIES = {
  '.': 'lib/constructs/index',
  './stacks': 'lib/stacks/index',
  './packaging': 'lib/packaging/index',
  './sizing': 'lib/sizing/index',
  './model': 'lib/model/package/index',
  './serving': 'lambda/inference/embedded',
  './testing': 'lib/snapshots/index',
} as const;

export function packageManifest({ description, version, license, engines, ...all }: typeof repository): object {
  const versions: Readonly<Record<string, string>> = { ...all.dependencies, ...all.devDependencies };
  const range = (name: string) => `^${versions[name]}`;
  return {
    name: PACKAGE_NAME,
    version,
    description,
    license,
    engines,
    bin: { slipway: 'bin/launcher.js' },
    main: `${ENTRIES['.']}.js`,
    types: `${ENTRIES['.']}.d.ts`,
    exports: {
      ...Object.fromEntries(
        Object.entries(ENTRIES).map(([name, path]) => [name, { types: `./${path}.d.ts`, default: `./${path}.js` }]),
      ),
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(DEPENDENCIES.map((name) => [name, range(name)])),
    peerDependencies: {
      ...Object.fromEntries(Object.entries(PEERS).map(([name, { range: wide }]) => [name, wide])),
      ...Object.fromEntries(OPTIONAL_PEERS.map((name) => [name, versions[name]])),
    },
    peerDependenciesMeta: Object.fromEntries(OPTIONAL_PEERS.map((name) => [name, { optional: true }])),
  };
}
