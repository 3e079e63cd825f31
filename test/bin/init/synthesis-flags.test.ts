/** The flags of Node.js with which templates are checked in half of the time: every cdk.json of ours has them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cdkApp, cdkJson } from '../../../bin/init/cdk-app';
import { SYNTHESIS_FLAGS } from '../../../lib/model/process/synthesis-flags';
import { temporaryFolder } from '../../../testing/temporary-folder';

const NODE = `node ${SYNTHESIS_FLAGS.join(' ')} `;

test('that of the repository, and that which slipway init writes', () => {
  const own = JSON.parse(readFileSync(join(__dirname, '../../../cdk.json'), 'utf8'));
  expect(own.app).toBe(`${NODE}--require ./lib/model/process/typescript.preload.js bin/app.ts`);
  const { command } = cdkApp(join(temporaryFolder(), 'project'));
  expect(command.startsWith(NODE)).toBe(true);
  expect(JSON.parse(cdkJson(command)).app).toBe(command);
});

test('this Node.js takes them', () => {
  const { status, stderr } = spawnSync(process.execPath, [...SYNTHESIS_FLAGS, '--eval', '0'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
});
