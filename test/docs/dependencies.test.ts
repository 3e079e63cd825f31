import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json';

const root = join(__dirname, '../..');

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

test('the lockfile names no host: packages come from the registry that npm is configured with', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
  };
  const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
  expect(entries.filter(([, entry]) => entry.resolved !== undefined).map(([path]) => path)).toEqual([]);
  expect(entries.length).toBeGreaterThan(100);
});

test('no install script runs, so onnxruntime-node fetches nothing from outside the npm registry', () => {
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

test('the lockfile has the packages of every platform, not only of the one it was written on', () => {
  interface Entry {
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Entry> };
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !lock.packages[`${path}/node_modules/${name}`] && !lock.packages[`node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
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
