/** The TypeScript of documents, run by Node.js: apps synthesise, a test is run by jest. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ENTRIES } from '../../scripts/package/manifest';
import type { CodeBlock } from '../../testing/documents/code-blocks';
import { modules, typescriptConfig } from '../../testing/documents/modules';
import { DEPLOYMENT_FIXTURES } from '../../testing/fixtures';
import { shiftedPackage } from '../../testing/shifted-package';
import { run } from '../process';
import type { Report } from '../report';

const EXAMPLE = join(DEPLOYMENT_FIXTURES, 'models/breast-cancer');

export async function runModules(report: Report, blocks: readonly CodeBlock[]): Promise<void> {
  report.section('TypeScript');
  const parent = resolve('.slipway/documents'); // within the repository, whose node_modules they import
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'modules-'));
  try {
    cpSync(DEPLOYMENT_FIXTURES, folder, { recursive: true });
    cpSync(EXAMPLE, join(folder, 'models/claims'), { recursive: true });
    shiftedPackage(EXAMPLE, join(folder, 'models/claims-2'), { by: 0.1 });
    mkdirSync(join(folder, 'function'));
    writeFileSync(join(folder, 'function/index.mjs'), '');
    const files = modules(blocks);
    const settings = join(folder, 'tsconfig.json');
    writeFileSync(settings, JSON.stringify(typescriptConfig(Object.keys(files), ENTRIES)));
    await run([process.execPath, resolve('bin/launcher.js'), 'runtime'], { cwd: folder });
    for (const [name, text] of Object.entries(files)) {
      const isTest = /^test\(/m.test(text);
      const file = isTest ? name.replace('.ts', '.test.ts') : name;
      writeFileSync(join(folder, file), text);
      const env = { ...process.env, CDK_OUTDIR: join(folder, `${name}.out`), TSX_TSCONFIG_PATH: settings };
      const command = isTest ? jest(folder, file) : [process.execPath, '--import', 'tsx', file];
      const { code, output } = await run(command, { cwd: folder, env });
      report.check(code === 0, `${name} ${isTest ? 'passes in jest' : 'runs'}`, code === 0 ? '' : output.slice(-2000));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As somebody who has installed the package runs it. */
function jest(folder: string, file: string): readonly string[] {
  const names = Object.entries(ENTRIES).map(([path, source]) => [
    `^@slipway-ml/slipway${path.slice(1)}$`,
    resolve(source),
  ]);
  const config = {
    rootDir: folder,
    testMatch: [join(folder, file)],
    moduleNameMapper: Object.fromEntries(names),
    transform: { '\\.ts$': resolve('test/jest/transform.cjs') },
    testTimeout: 120_000,
  };
  return [process.execPath, resolve('node_modules/jest/bin/jest.js'), '--config', JSON.stringify(config), '--ci=false'];
}
