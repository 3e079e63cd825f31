/** The snapshot of the guide in a project with vitest: it is written, it holds, and it shows a change. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process';
import type { CdkInit } from './cdk-init';

const APP = join(__dirname, 'app');
/** As it asks for Node.js 20, which the next major does not. */
const VITEST = ['vite@8.3.8', 'vitest@4.1.12'];

/** @param given with a folder in which there is nothing yet */
export async function proveVitest({ report, tarball, from, folder, cdkVersion }: CdkInit): Promise<void> {
  for (const name of ['lib', 'test']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'claims', private: true, type: 'module' }));
  const stack = join(folder, 'lib', 'claims-stack.ts');
  copyFileSync(join(APP, 'claims-stack.ts'), stack);
  copyFileSync(join(APP, 'claims.vitest.ts'), join(folder, 'test', 'claims.test.ts'));
  cpSync(join(from, 'models'), join(folder, 'models'), { recursive: true });
  cpSync(join(from, '.slipway'), join(folder, '.slipway'), { recursive: true });
  const packages = [tarball, `aws-cdk-lib@${cdkVersion}`, ...VITEST];
  const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
  const installed = await run(['npm', 'install', ...options, ...packages], { cwd: folder });
  report.check(
    installed.code === 0,
    'vitest: npm install',
    installed.code === 0 ? '' : installed.output.trim().slice(-1000),
  );
  const vitest = async (what: string, holds: boolean, ...words: string[]) => {
    const env = { ...process.env, CI: 'true' };
    const { code, output } = await run(['npx', '--no', '--', 'vitest', 'run', ...words], { cwd: folder, env });
    report.check((code === 0) === holds, `vitest: ${what}`, (code === 0) === holds ? '' : output.trim().slice(-1000));
  };
  await vitest('a snapshot is written', true, '--update');
  await vitest('it holds', true);
  writeFileSync(stack, readFileSync(stack, 'utf8').replace('requestsPerSecond: 20', 'requestsPerSecond: 900'));
  await vitest('it shows what another traffic changes', false);
}
