import { slipway } from './run-slipway';

// what reads models takes most of a second to load: help must not wait for it
jest.mock('../../lib/packaging/pack', () => {
  throw new Error('the packer was loaded');
});
jest.mock('../../bin/commands/plan', () => {
  throw new Error('the command plan was loaded');
});

test('help names every command and loads none', async () => {
  const { status, stdout } = await slipway('--help');
  expect(status).toBe(0);
  for (const name of ['start', 'inspect', 'pack', 'profile', 'plan', 'serve', 'verify', 'compare', 'key', 'catalog']) {
    expect(stdout).toMatch(new RegExp(`^  ${name} +[a-z]`, 'm'));
  }
});

test('a command loads itself, and no other', async () => {
  const { status, stdout } = await slipway('key', '--help');
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'Usage: slipway key [options] <name>']);
  expect((await slipway('plan', '--help')).stderr).toContain('the command plan was loaded');
});

test('a command that nobody knows is told the nearest', async () => {
  const { status, stderr } = await slipway('inspcet', 'model.joblib');
  expect([status, stderr]).toEqual([2, expect.stringContaining('Did you mean inspect?')]);
});
