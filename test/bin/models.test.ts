/** The command line where slipway.yaml has several models. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { outcomeOf } from '../../bin/check/look';
import { loadConfig } from '../../lib/config/load';
import { planStage } from '../../lib/config/plan-stage';
import { readModelPackage, readProfile } from '../../lib/model/package/model-package';
import { modelsConfig } from '../../testing/many-models';
import { temporaryFolder } from '../../testing/temporary-folder';
import { slipway } from './run-slipway';

const mockAsked: string[] = [];
jest.mock('../../lambda/verification/replay', () => ({
  holds: () => true,
  verifyEndpoint: async (url: URL, { manifest }: { manifest: { name: string } }) => {
    mockAsked.push(`${url.href} ${manifest.name}`);
    return { rows: 1, differences: [] };
  },
}));

const EXAMPLE = join(__dirname, '../../examples/many-models/slipway.yaml');

const config = modelsConfig({ titanic: '', iris: 'host: iris.example.com' });
const run = (command: string, ...words: string[]) => slipway(command, '--config', config, ...words);

test('ten models of the example share one network, one front door and one fleet', async () => {
  const { stdout, status } = await slipway('plan', '--stage', 'prod', '--config', EXAMPLE, '--json');
  expect(status).toBe(0);
  interface Cost {
    readonly usdPerMonth: number;
    readonly lines: readonly { readonly item: string }[];
  }
  const { models, fleets, shared, usdPerMonth } = JSON.parse(stdout) as {
    models: Record<string, { cost: Cost }>;
    fleets: Record<string, { plan: { cost: Cost } }>;
    shared: Cost;
    usdPerMonth: number;
  };
  expect([Object.keys(models).length, Object.keys(fleets)]).toEqual([10, ['shared']]);
  const own = [...Object.values(models), fleets.shared!.plan].map(({ cost }) => cost);
  expect(usdPerMonth).toBeCloseTo(
    own.reduce((sum, cost) => sum + cost.usdPerMonth, shared.usdPerMonth),
    2,
  );
  const items = shared.lines.map(({ item }) => item);
  expect(items).toContain('load balancer');
  for (const { lines } of own) expect(lines.filter(({ item }) => items.includes(item))).toEqual([]);
});

test('the ten cost at most 1.3 times what one of them would by itself', async () => {
  const { stages } = loadConfig(EXAMPLE);
  const { stdout } = await slipway('plan', '--stage', 'prod', '--config', EXAMPLE, '--json');
  const { usdPerMonth } = JSON.parse(stdout) as { usdPerMonth: number };
  const alone = stages.map((stage) => {
    const model = readModelPackage(stage.model);
    const { sharedDoor: _, budgetUsdPerMonth: __, ...serviceLevel } = stage.serviceLevel;
    const request = { profile: readProfile(model), manifest: model.manifest };
    return planStage({ stages }, { ...stage, serviceLevel }, request).cost.usdPerMonth;
  });
  expect(usdPerMonth).toBeLessThan(1.3 * Math.min(...alone));
  expect(usdPerMonth).toBeGreaterThan(Math.max(...alone));
});

test('the ten cost at most 1.3 times one of them, on the fleet that the plan puts them on', async () => {
  const text = readFileSync(EXAMPLE, 'utf8').replaceAll('../../models', join(EXAMPLE, '../../../models'));
  const unshared = text.replace(/^ {4}fleets:\n.*\n/m, '');
  expect(loadConfig(EXAMPLE).stages.map(({ fleet }) => fleet?.name)).toEqual(Array(10).fill('shared'));
  const costOf = async (yaml: string) => {
    const { stdout } = await slipway('plan', '--stage', 'prod', '--config', yaml, '--json');
    return (JSON.parse(stdout) as { usdPerMonth: number }).usdPerMonth;
  };
  const [one, ten] = ['one', 'ten'].map((name) => join(temporaryFolder(), `${name}.yaml`)) as [string, string];
  writeFileSync(one, unshared.replace(/^ {2}(?!triage)[a-z-]+: \{ model.*\n/gm, ''));
  expect(await costOf(EXAMPLE)).toBeLessThan(1.3 * (await costOf(one)));
  writeFileSync(ten, unshared.replace('60 USD/month', '250 USD/month').replace(', budget: 5 USD/month', ''));
  const { stdout } = await slipway('plan', '--stage', 'prod', '--config', ten, '--fleets', '--write');
  expect(stdout).toMatch(/sharing instances \(screening, .*, supplies\) would save [\d.]+ USD\/month/);
  expect(readFileSync(ten, 'utf8')).toContain(/^ {4}fleets:\n.*\n/m.exec(text)![0]);
  expect((await slipway('plan', '--stage', 'prod', '--config', EXAMPLE, '--fleets')).stdout).toMatch(
    /no other fleets cost less/,
  );
});

test('plan shows every model, what they share, and the total', async () => {
  const { stdout } = await run('plan', '--stage', 'prod');
  expect(stdout).toMatch(/Stage prod: 2 models behind one front door/);
  expect(stdout).toMatch(/titanic +https:\/\/models\.example\.com\/titanic/);
  expect(stdout).toMatch(/iris +https:\/\/iris\.example\.com/);
  expect(stdout).toMatch(/Shared, whatever the number of models: [\d.]+ USD\/month/);
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('the plan of one model has its own lines alone', async () => {
  const { stdout } = await run('plan', '--stage', 'prod', '--model', 'iris');
  expect(stdout).toMatch(/^Asked/);
  expect(stdout).not.toMatch(/ {2}load balancer {2}/);
  expect(stdout).toMatch(/load balancer capacity/);
});

test.each([
  [['why', '--stage', 'prod'], 'stage "prod" of .* has several models: say which with --model; it has titanic, iris'],
  [['rollback', '--stage', 'prod'], 'has several models: say which with --model'],
  [['compare', '--stage', 'prod', '--model', 'irsi'], 'has no model "irsi"; it has titanic, iris'],
  [['plan', '--stage', 'prod', '--html', 'x.html'], '--html is the page of one model: say which with --model'],
  [['plan', '--model', 'iris'], '--model goes with --stage'],
  [
    ['watch', '--for', 'nagios', '--stage', 'prod', '--model', 'titanic', '--out', 'x'],
    'watchers tell endpoints by the name of their host',
  ],
  [['status', '--model', 'iris'], 'say with --stage where the model iris is'],
  [['status', '--stage', 'dev'], 'has no stage "dev"; it has prod'],
])('%j is refused with a way out', async ([command, ...words], message) => {
  const { status, stderr } = await run(command!, ...words);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(new RegExp(message));
});

test('verify asks every model of a stage at its own address', async () => {
  await run('verify', '--stage', 'prod', '--json');
  await run('verify', '--stage', 'prod', '--model', 'iris', '--json');
  expect(mockAsked).toEqual([
    'https://models.example.com/titanic breast-cancer',
    'https://iris.example.com/ breast-cancer',
    'https://iris.example.com/ breast-cancer',
  ]);
  expect((await run('verify')).stderr).toContain('name what to verify: the URL of an endpoint, or --stage');
});

test('a check of a stage takes the name of its model', async () => {
  const flags = { config, stage: 'prod', timeout: 1, interval: 1 };
  expect((await outcomeOf('predictions', flags)).text).toMatch(/has several models: say which with --model/);
  expect((await outcomeOf('predictions', { ...flags, model: 'irsi' })).text).toMatch(/has no model "irsi"/);
});

test('at a terminal a plan of several models says what is next', async () => {
  const terminal = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
  Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
  try {
    const { stderr } = await slipway('plan', '--stage', 'prod', '--config', EXAMPLE);
    expect(stderr).toContain("next: npx slipway runtime && npx cdk deploy 'prod/*'");
    const fleets = await slipway('plan', '--stage', 'prod', '--config', EXAMPLE, '--fleets');
    expect(fleets.stderr).toContain('next: npx slipway plan --stage prod --fleets --write');
  } finally {
    if (terminal) Object.defineProperty(process.stderr, 'isTTY', terminal);
    else delete (process.stderr as { isTTY?: boolean }).isTTY;
  }
});
