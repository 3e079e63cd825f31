import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TYPESCRIPT } from '../../lib/model/process/typescript';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_CONFIG } from '../example';
import { cdkContext } from '../testing-app';

const root = join(__dirname, '../..');

/** Runs bin/app.ts as `cdk` does. */
function app(context: Record<string, unknown>) {
  return spawnSync(process.execPath, [...TYPESCRIPT, 'bin/app.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: temporaryFolder(),
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkContext(), ...context }),
    },
  });
}

test('a mistake in the configuration is one message without a stack trace, and exit status 2', () => {
  const path = join(temporaryFolder(), 'slipway.yaml');
  writeFileSync(path, 'model: models/breast-cancer\nstages: { dev: { regoin: eu-west-1 } }\n');
  const { status, stderr } = app({ 'slipway:config': path });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error E_CONFIG: /);
  expect(stderr).toContain('regoin');
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('a model package that is not there is named', () => {
  const { status, stderr } = app({ 'slipway:config': EXAMPLE_CONFIG, 'slipway:model': 'models/none' });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error E_PACKAGE: .*models\/none: does not exist/);
  expect(stderr).not.toMatch(/^\s+at /m);
});
