import { slipway } from './run-slipway';

// what reads models takes most of a second to load: help must not wait for it
jest.mock('../../lib/packaging/pack', () => {
  throw new Error('the packer was loaded');
});
jest.mock('../../bin/commands/plan', () => {
  throw new Error('the command plan was loaded');
});
// a watcher starts a check each minute
jest.mock('../../lib/config/load', () => {
  throw new Error('the configuration was loaded');
});
jest.mock('../../lib/model/package/model-package', () => {
  throw new Error('the reader of packages was loaded');
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
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'Usage: npx slipway key [options] <name>']);
  expect((await slipway('plan', '--help')).stderr).toContain('the command plan was loaded');
});

test('a check loads no more than it looks at', async () => {
  process.env.SLIPWAY_CHECKING = '1';
  try {
    for (const name of ['memory', 'certificate']) {
      expect((await slipway('check', name, '-u', 'https://127.0.0.1:9')).stdout).toMatch('nothing listens there');
    }
    expect((await slipway('check', 'latency', '--stage', 'prod')).stdout).toMatch('the configuration was loaded');
  } finally {
    delete process.env.SLIPWAY_CHECKING;
  }
});

test('a command that nobody knows is told the nearest', async () => {
  const { status, stderr } = await slipway('inspcet', 'model.joblib');
  expect([status, stderr]).toEqual([2, expect.stringContaining('Did you mean inspect?')]);
});
