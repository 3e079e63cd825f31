/**
 * Projects as `cdk init` makes them, in TypeScript and in JavaScript, with an endpoint in their stack: `cdk synth` and their
 * jest run. The project in TypeScript also as `cdk init` made it until 2.1100 or so: with ts-node and ts-jest.
 */
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process';
import type { Report } from '../report';

const APP = join(__dirname, 'app');
/** The name of the project is that of its folder. */
const NAME = 'claims';

export interface CdkInit {
  readonly report: Report;
  /** Path of the tarball. */
  readonly tarball: string;
  /** A folder with `models/claims`, the fetched runtime, and the `cdk` command. */
  readonly from: string;
  /** An empty folder, which no other package is above. */
  readonly folder: string;
  readonly cdkVersion: string;
}

export async function proveCdkInit({ report, tarball, from, folder, cdkVersion }: CdkInit): Promise<void> {
  const cdk = [process.execPath, join(from, 'node_modules/aws-cdk/bin/cdk')];
  for (const language of ['typescript', 'javascript'] as const) {
    const project = join(folder, language, NAME);
    mkdirSync(project, { recursive: true });
    const here = async (what: string, command: readonly string[]) => {
      const { code, output } = await run(command, { cwd: project });
      const said = `${language}: ${what}`;
      report.check(code === 0, said, code === 0 ? '' : `\n${output.trim().split('\n').slice(-40).join('\n')}\n`);
    };
    const ending = language === 'typescript' ? 'ts' : 'js';
    await here('cdk init app', [...cdk, 'init', 'app', '--language', language, '--generate-only']);
    pinned(join(project, 'package.json'), cdkVersion);
    await here('npm install', ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', tarball]);
    copyFileSync(join(APP, `claims-stack.${ending}`), join(project, 'lib', `${NAME}-stack.${ending}`));
    copyFileSync(join(APP, `claims.test.${ending}`), join(project, 'test', `${NAME}.test.${ending}`));
    cpSync(join(from, 'models'), join(project, 'models'), { recursive: true });
    cpSync(join(from, '.slipway'), join(project, '.slipway'), { recursive: true });
    await here('npx cdk synth', ['npx', '--no', '--', 'cdk', 'synth', '--quiet', '--no-lookups']);
    await here('npm test, by its set-up of jest', ['npm', 'test', '--silent', '--', '--ci=false']);
    if (language === 'typescript') await proveTsNode(project, here);
    rmSync(project, { recursive: true, force: true });
  }
}

/** The version of the library that the package is made with; what the template names may not be there yet. */
function pinned(path: string, version: string): void {
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.dependencies['aws-cdk-lib'] = version;
  writeFileSync(path, JSON.stringify(manifest));
}

async function proveTsNode(
  project: string,
  here: (what: string, command: readonly string[]) => Promise<void>,
): Promise<void> {
  const packages = ['typescript@5.9', 'ts-node@10', 'ts-jest@29', 'jest@29', '@types/jest@29'];
  const options = ['--save-dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  await here('ts-node, ts-jest and TypeScript 5.9 are installed', ['npm', 'install', ...options, ...packages]);
  const compilerOptions = {
    target: 'ES2022',
    ...{ module: 'NodeNext', moduleResolution: 'NodeNext', lib: ['es2022'] },
    ...{ declaration: true, strict: true, inlineSourceMap: true, inlineSources: true, experimentalDecorators: true },
    ...{ skipLibCheck: false, typeRoots: ['./node_modules/@types'] },
  };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, exclude: ['node_modules', 'cdk.out'] }),
  );
  writeFileSync(
    join(project, 'jest.config.js'),
    `module.exports = { testEnvironment: 'node', roots: ['<rootDir>/test'], testMatch: ['**/*.test.ts'], transform: { '^.+\\\\.tsx?$': 'ts-jest' } };\n`,
  );
  const app = `npx ts-node --prefer-ts-exts bin/${NAME}.ts`;
  await here('npx cdk synth by ts-node', [
    'npx',
    '--no',
    '--',
    'cdk',
    'synth',
    '--quiet',
    '--no-lookups',
    '--app',
    app,
  ]);
  await here('its test by ts-jest', ['npx', '--no', '--', 'jest', '--ci=false', '--updateSnapshot']);
}
