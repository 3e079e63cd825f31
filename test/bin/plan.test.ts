/** `slipway plan` where it reads slipway.yaml, git and writes a page. The git of the contributor is used. */

import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

const original = `model: models/breast-cancer
defaults:
  region: us-east-1
  monitoring: { notify: none }
stages:
  dev:
    availability: single
    traffic: { requestsPerSecond: 20, p99: 100ms }
    domain: { name: a.dev.example.com, zone: example.com, zoneId: Z0EXAMPLE000000000000 }
  prod:
    availability: zone
    traffic: { requestsPerSecond: 400, meanRequestsPerSecond: 120, p99: 40ms }
    domain: { name: a.example.com, zone: example.com, zoneId: Z0EXAMPLE000000000000 }
`;

let folder: string;
let home: string;

const git = (...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...words], { stdio: 'pipe' });

beforeAll(() => {
  home = process.cwd();
  folder = temporaryFolder();
  cpSync(EXAMPLE_MODEL, join(folder, 'models/breast-cancer'), { recursive: true });
  writeFileSync(join(folder, 'slipway.yaml'), original);
  process.chdir(folder);
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '-m', 'nothing yet');
  git('tag', 'empty');
  git('add', '.');
  git('commit', '--quiet', '-m', 'the model');
});

afterAll(() => process.chdir(home));

afterEach(() => writeFileSync('slipway.yaml', original));

test('plan --diff has a line for each model of a stage, and one for what they share', async () => {
  const models = 'models:\n  titanic: { model: models/breast-cancer }\n  iris: { model: models/breast-cancer }\n';
  const several = original.replace('model: models/breast-cancer\n', models);
  writeFileSync('slipway.yaml', several);
  const { stdout } = await slipway('plan', '--diff', 'main');
  expect(stdout).toMatch(/\| prod\/titanic \| none \|/);
  expect(stdout).toMatch(/\| prod \| .* \| none \|/);
  expect(stdout).toMatch(/\| prod, shared \| \| \| - → [\d.]+ \| \|/);
  const { stages, shared } = JSON.parse((await slipway('plan', '--diff', 'main', '--json')).stdout) as {
    stages: { name: string }[];
    shared: { stage: string; after: number }[];
  };
  expect(stages.map(({ name }) => name)).toContain('dev/iris');
  expect(shared.map(({ stage }) => stage)).toEqual(['dev', 'prod']);
});

describe('slipway plan --diff', () => {
  test('of an unchanged tree says that everything is the same', async () => {
    const { status, stdout } = await slipway('plan', '--diff', 'main');
    expect(status).toBe(0);
    expect(stdout.match(/\| the same \|/g)).toHaveLength(2);
  });

  test('shows what the working directory changes of one stage', async () => {
    writeFileSync('slipway.yaml', original.replace('requestsPerSecond: 400,', 'requestsPerSecond: 40000,'));
    const { status, stdout } = await slipway('plan', '--diff', 'main', '--stage', 'prod');
    expect(status).toBe(0);
    expect(stdout).toContain('- peak requests per second: 400 → 40000');
    expect(stdout).not.toContain('| dev |');
  });

  test('compares a commit that has no slipway.yaml yet: all stages are new', async () => {
    const { stdout } = await slipway('plan', '--diff', 'empty');
    expect(stdout).toContain('`empty` cannot be planned, so all stages look new: it has no slipway.yaml');
    expect(stdout.match(/- a new stage/g)).toHaveLength(2);
  });

  test('a commit whose profile cannot be read is said to be so, and the new plans are shown', async () => {
    const profile = 'models/breast-cancer/profile.json';
    const good = readFileSync(profile, 'utf8');
    writeFileSync(profile, good.replace(/"schemaVersion": \d+/, '"schemaVersion": 0'));
    git('add', '.');
    git('commit', '--quiet', '-m', 'a profile of another version');
    git('tag', 'unreadable');
    git('reset', '--quiet', '--hard', 'HEAD^');
    const { status, stdout } = await slipway('plan', '--diff', 'unreadable');
    expect(status).toBe(0);
    expect(stdout).toContain('`unreadable` cannot be planned, so all stages look new: ');
    expect(stdout.match(/- a new stage/g)).toHaveLength(2);
  });

  test('a stage that cannot be sized any more fails the check, and the others are still shown', async () => {
    writeFileSync('slipway.yaml', original.replace('p99: 40ms', 'p99: 1ms'));
    const { status, stdout } = await slipway('plan', '--diff', 'main');
    expect(status).toBe(1);
    expect(stdout).toContain('**no fleet keeps it**');
    expect(stdout).toContain('| dev |');
  });

  test('a change that no deployment makes fails the check, unless it is accepted', async () => {
    writeFileSync('slipway.yaml', original.replaceAll('name: a.', 'name: b.'));
    const { status, stdout, stderr } = await slipway('plan', '--diff', 'main');
    expect(status).toBe(1);
    expect(stdout).toContain('**the name of the endpoint: ');
    expect(stderr).toMatch(/^refused, \w+: the name of the endpoint: /m);
    const accepted = await slipway('plan', '--diff', 'main', '--accept');
    expect([accepted.status, accepted.stderr]).toEqual([0, '']);
  });

  test('--json has both plans of every stage', async () => {
    const { stdout } = await slipway('plan', '--diff', 'main', '--json');
    const { comparedWith, stages } = JSON.parse(stdout);
    expect(comparedWith).toMatch(/^[0-9a-f]{40}$/);
    expect(stages.map((stage: { name: string }) => stage.name)).toEqual(['dev', 'prod']);
    expect(stages[0].after).toEqual(stages[0].before);
  });

  test.each([
    [['--diff', 'nowhere'], /git knows no commit "nowhere" here; a pipeline fetches it first/],
    [['--diff', '--help-me'], /git knows no commit "--help-me"|unknown option/],
    [['--diff', 'main', '--rps', '3'], /--diff takes the service level from slipway.yaml; leave out --rps/],
    [['models/breast-cancer', '--diff', 'main'], /leave out models\/breast-cancer/],
    [['--diff', 'main', '--stage', 'test'], /has no stage "test"; it has dev, prod/],
    [['--diff', 'main', '--html', 'plan.html'], /do not go together/],
  ])('plan %j is refused', async (words, reason) => {
    const { status, stderr } = await slipway('plan', ...words);
    expect(status).toBe(2);
    expect(stderr).toMatch(reason);
  });
});

describe('slipway plan --stage', () => {
  test('takes the model that slipway.yaml names, and writes the page', async () => {
    const { status, stdout } = await slipway('plan', '--stage', 'prod', '--html', 'plan.html');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Asked {4}400 requests/);
    expect(readFileSync('plan.html', 'utf8')).toMatch(/<h1>breast-cancer, prod: \d+ x /);
  });

  test('the page of a stage with zones of its own shows the fleet that is planned for them', async () => {
    // one of them has no c8a, which would be the cheapest elsewhere
    const zones = 'availability: zone\n    zones: [use1-az1, use1-az5]\n    instances: { families: [c8a, c5] }\n';
    writeFileSync('slipway.yaml', original.replace('availability: zone\n', zones));
    expect(await slipway('plan', '--stage', 'prod', '--html', 'zones.html')).toMatchObject({ status: 0 });
    const page = readFileSync('zones.html', 'utf8');
    const [, planned] = /<h1>breast-cancer, prod: ([^<]+)</.exec(page)!;
    expect(page).toContain(`<tr class="choice"><td>${planned}</td>`);
  });

  test('a page replaces a page, and nothing else', async () => {
    const page = readFileSync('plan.html', 'utf8');
    expect((await slipway('plan', '--stage', 'dev', '--html', 'plan.html')).status).toBe(0);
    expect(readFileSync('plan.html', 'utf8')).not.toBe(page);
    writeFileSync('own.html', '<!doctype html>\n<p>mine');
    const { status, stderr } = await slipway('plan', '--stage', 'prod', '--html', 'own.html');
    expect(status).toBe(2);
    expect(stderr).toMatch(/error E_FILE: own\.html: is there and is no page of "plan --html"; name another file/);
    expect(readFileSync('own.html', 'utf8')).toBe('<!doctype html>\n<p>mine');
  });

  test('a page that cannot be written is an error of one line', async () => {
    const { status, stderr } = await slipway('plan', '--stage', 'prod', '--html', 'nowhere/plan.html');
    expect(status).toBe(2);
    expect(stderr).toMatch(/error E_FILE: nowhere\/plan\.html: cannot be written/);
  });
});

describe('plan --lambda', () => {
  const words = ['plan', 'models/breast-cancer', '--lambda', '--p99', '2s'];

  test('plans a function beside the instances', async () => {
    const { status, stdout } = await slipway(...words, '--rps', '0.5');
    expect([status, stdout]).toEqual([0, expect.stringMatching(/a function of AWS Lambda with \d+ MB.*Or +1 x /s)]);
  });

  test('prints it as JSON', async () => {
    const { stdout } = await slipway(...words, '--rps', '0.5', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ memoryMB: expect.any(Number), coldStart: { decides: false } });
  });

  test('takes the traffic of a stage', async () => {
    const { status, stdout } = await slipway('plan', '--stage', 'dev', '--lambda');
    expect([status, stdout]).toEqual([0, expect.stringContaining('20 requests/s at the peak')]);
  });

  test('writes the page of a function', async () => {
    const { status, stderr } = await slipway(...words, '--rps', '1', '--html', 'function.html');
    expect([status, stderr]).toEqual([0, expect.stringContaining('wrote function.html')]);
    expect(readFileSync('function.html', 'utf8')).toContain('How the bill grows with the requests');
  });

  test('refuses what is of instances', async () => {
    const { status, stderr } = await slipway(...words, '--rps', '1', '--diff', 'main');
    expect([status, stderr]).toEqual([2, expect.stringContaining('leave out --diff')]);
  });

  test('fails where a cold start does not fit, with its time', async () => {
    const { status, stderr } = await slipway(
      'plan',
      'models/breast-cancer',
      '--lambda',
      '--p99',
      '100ms',
      '--rps',
      '0.001',
    );
    expect([status, stderr]).toEqual([1, expect.stringMatching(/meet a cold start of \d\.\d s/)]);
  });
});
