import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';

const root = join(__dirname, '../..');

interface Entry {
  readonly name?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

const lockfile = (folder: string) =>
  (JSON.parse(readFileSync(join(root, folder, 'package-lock.json'), 'utf8')) as { packages: Record<string, Entry> })
    .packages;

test('the aws-cdk command line is 2.x: 3.0.0 on the npm registry is an accident that cannot read our assemblies', () => {
  expect(packageJson.dependencies['aws-cdk']).toBe('2.1148.1');
  const installed = JSON.parse(readFileSync(join(root, 'node_modules/aws-cdk/package.json'), 'utf8')) as {
    version: string;
  };
  expect(installed.version).toMatch(/^2\./);
});

test('every dependency is pinned exactly', () => {
  const versions = Object.values({ ...packageJson.dependencies, ...packageJson.devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

describe.each(['.', 'scripts/lint', 'scripts/tree-kernel', 'proof/page'])('the lockfile of %s', (folder) => {
  const packages = lockfile(folder);

  test('names no host: packages come from the registry that npm is configured with', () => {
    const entries = Object.entries(packages).filter(([path]) => path !== '');
    expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(entries.filter(([, entry]) => !entry.inBundle && !entry.integrity).map(([path]) => path)).toEqual([]);
    expect(entries.length).toBeGreaterThan(1);
  });

  test('has the packages of every platform, not only of the one it was written on', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  test('goes with its manifest, whose versions are exact', () => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Entry;
    expect(packages['']?.dependencies).toEqual(dependencies);
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe('no install script of a package runs, so onnxruntime-node fetches nothing from outside the npm registry', () => {
  /** What npm gives the registry's word on, and what has a `binding.gyp`, which npm compiles unless a script is named. */
  const COMPILED_OTHERWISE = 'node_modules/@parcel/watcher';

  test('the lockfile tells npm of none but one that does nothing: remove "hasInstallScript" after an update', () => {
    const told = Object.entries(lockfile('.')).filter(([path, entry]) => path !== '' && entry.hasInstallScript);
    expect(told.map(([path]) => path)).toEqual([COMPILED_OTHERWISE]);
    const { scripts } = JSON.parse(readFileSync(join(root, COMPILED_OTHERWISE, 'package.json'), 'utf8')) as Entry;
    const [, path] = /^node (\S+)$/.exec(scripts!.install!)!;
    const script = readFileSync(join(root, COMPILED_OTHERWISE, path!), 'utf8');
    expect(script).toContain("if (process.env.npm_config_build_from_source === 'true') {\n  build();\n}");
  });

  test('nor would npm find something to compile', () => {
    const native = Object.keys(lockfile('.')).filter((path) => existsSync(join(root, path || '.', 'binding.gyp')));
    expect(native).toEqual([COMPILED_OTHERWISE]);
  });

  test('package.json denies each that has one', () => {
    const scripted = Object.keys(lockfile('.')).flatMap((path) => {
      const file = join(root, path, 'package.json');
      if (path === '' || !existsSync(file)) return []; // of another platform
      const { name, scripts = {} } = JSON.parse(readFileSync(file, 'utf8')) as Entry;
      return ['preinstall', 'install', 'postinstall'].some((event) => event in scripts) ? [name] : [];
    });
    expect(Object.keys(packageJson.allowScripts)).toEqual(expect.arrayContaining(scripted));
    expect(Object.values(packageJson.allowScripts)).toEqual(scripted.concat('fsevents').map(() => false));
  });

  test.each(['scripts/lint', 'scripts/tree-kernel', 'proof/page'])('nor of %s', (folder) => {
    expect(readFileSync(join(root, folder, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  });
});

describe('the cdk command sends nothing home', () => {
  const settings = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));

  test('by cdk.json: no telemetry, no notices, no description of the constructs', () => {
    expect(settings).toMatchObject({ versionReporting: false, notices: false, context: { 'cli-telemetry': false } });
  });

  test('by cdk.env, which the npm scripts read: it does not ask for a newer version of itself either', () => {
    const lines = readFileSync(join(root, 'cdk.env'), 'utf8').split('\n');
    expect(lines).toEqual(expect.arrayContaining(['CDK_DISABLE_CLI_TELEMETRY=1', 'CDK_DISABLE_VERSION_CHECK=1']));
    expect(packageJson.scripts.cdk).toContain('--env-file=cdk.env');
    expect(packageJson.scripts.synth).toContain('npm run --silent cdk -- synth');
  });
});
