import { type PlannedStage, planDifferenceText } from '../../lib/report';
import { type ServiceLevel, sizingPlan } from '../../lib/sizing';
import { MIXTURE, manifestOf, serviceLevel, steadyProfile } from '../sizing/fixtures';

function planned(name: string, ms: number, level: Partial<ServiceLevel> = {}): PlannedStage {
  const stage = { name, region: 'us-east-1', serviceLevel: serviceLevel(level), profile: steadyProfile(ms) };
  return { ...stage, outcome: sizingPlan({ ...stage, manifest: manifestOf(), catalogue: MIXTURE }) };
}

test('a slower model and more traffic: old and new fleet, the bill, and what moved them', () => {
  const text = planDifferenceText('main', [
    { before: planned('dev', 4), after: planned('dev', 4) },
    { before: planned('prod', 4), after: planned('prod', 9, { requestsPerSecond: 400, budgetUsdPerMonth: 5000 }) },
  ]);
  expect(text).toMatchSnapshot();
});

test('where nothing changes there are no reasons', () => {
  const text = planDifferenceText('main', [{ before: planned('dev', 4), after: planned('dev', 4) }]);
  expect(text).toContain('| dev | ');
  expect(text).toContain('| the same | ');
  expect(text).not.toContain('**dev**');
});

test('stages that come and go are named, and one without a fleet says why', () => {
  const nowhere: PlannedStage = { ...planned('huge', 4), outcome: { infeasible: 'p99 of 1 ms cannot be kept' } };
  const text = planDifferenceText('main', [
    { after: planned('new', 4) },
    { before: planned('old', 4) },
    { before: planned('huge', 4), after: nowhere },
  ]);
  expect(text).toMatch(/\| new \| none \| \d+ x \S+ \| - → [\d.]+ \| - → [\d.]+ ms \|/);
  expect(text).toMatch(/\| old \| \d+ x \S+ \| none \|/);
  expect(text).toContain('**old** is gone: its stacks stay in AWS until somebody destroys them.');
  expect(text).toContain('- no fleet: p99 of 1 ms cannot be kept');
});
