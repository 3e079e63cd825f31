/** What the real `cdk diff` says of two assemblies that Slipway wrote. */
import { templateDifferences } from '../../bin/review/templates';
import { loadConfig } from '../../lib/config/load';
import { templatesReviewText } from '../../lib/report';
import { addStages } from '../../lib/stacks/slipway-app';
import { modelsConfig } from '../../testing/many-models';
import { variantsConfig } from '../../testing/stage-variants';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

const files = standIns(); // the same on both sides

function assembly(stages: Readonly<Record<string, string>>): string {
  const app = testingApp();
  addStages(app, loadConfig(variantsConfig(stages, EXAMPLE_MODEL)), files);
  return app.synth().directory;
}

jest.setTimeout(120_000); // it starts processes, on a machine that may be busy

test('a stage that becomes internal, one that comes and one that goes', async () => {
  const base = assembly({ dev: 'availability: single', gone: 'availability: single', same: 'availability: single' });
  const head = assembly({
    dev: 'availability: single, internal: true',
    same: 'availability: single',
    there: 'availability: single',
  });
  const differences = await templateDifferences(base, head);
  const stage = (name: string) => differences.filter(({ stack }) => stack.startsWith(`${name}/`));
  expect(stage('same')).toEqual([]);
  expect(stage('there').map(({ only }) => only)).toEqual(['head', 'head']);
  expect(stage('gone').map(({ only }) => only)).toEqual(['base', 'base']);
  expect(stage('dev').flatMap(({ replacements }) => replacements)).toContainEqual(
    expect.objectContaining({ type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', effect: 'replace' }),
  );
  expect(templatesReviewText(differences, true)).toMatch(/LoadBalancer.*\| \*\*replace\*\* \|/);
});

function fleet(members: readonly string[], more = ''): string {
  const app = testingApp();
  const models = Object.fromEntries(members.map((name) => [name, '']));
  addStages(app, loadConfig(modelsConfig(models, `fleets: { small: [${members.join(', ')}] }${more}`)), files);
  return app.synth().directory;
}

test('alarms in the stacks of models of a fleet are told one by one, where a bound changes and where a model comes', async () => {
  const base = fleet(['titanic', 'iris']);
  const slower = await templateDifferences(
    base,
    fleet(['titanic', 'iris'], ', traffic: { requestsPerSecond: 20, p99: 900ms }'),
  );
  const { lines } = slower.find(({ stack }) => stack === 'prod/small')!;
  expect(lines.filter((line) => /^\[~\] AWS::CloudWatch::Alarm AlarmsLatency/.test(line))).toHaveLength(2);
  expect(lines.join('\n')).toMatch(/└─ \[~\] Threshold: [\d.]+ -> [\d.]+/);
  const [more] = (await templateDifferences(base, fleet(['titanic', 'iris', 'billing']))).filter(
    ({ stack }) => stack === 'prod/small',
  );
  const starts = more!.lines.flatMap((line, i) => (line.startsWith('Within it ') ? [i] : []));
  const [alarms, dashboard, ...others] = starts.map((start, i) => more!.lines.slice(start, starts[i + 1]));
  expect(alarms![0]).toMatch(/billing/);
  expect(alarms!.slice(1).every((line) => line.startsWith('[+] AWS::CloudWatch::Alarm '))).toBe(true);
  expect(dashboard!.slice(1).join('\n')).toMatch(/^\[~\] AWS::CloudWatch::Dashboard /); // which shows it, too
  expect(others).toEqual([]);
});
