import { costChart, loadChart } from '../../lib/report/charts';
import { planPage } from '../../lib/report/plan-page';
import { type ServiceLevel, sizingPlan, survey } from '../../lib/sizing';
import { MIXTURE, manifestOf, serviceLevel, steadyProfile } from '../../testing/sizing/examples';

function pageOf(title: string, level: Partial<ServiceLevel> = {}): string {
  const request = {
    profile: steadyProfile(4),
    manifest: manifestOf(),
    serviceLevel: serviceLevel({ requestsPerSecond: 400, ...level }),
    region: 'us-east-1',
    catalogue: MIXTURE,
  };
  return planPage(title, sizingPlan(request), survey(request));
}

test('the page needs no network and runs no script', () => {
  const page = pageOf('screening, prod');
  expect(page).not.toMatch(/<script|<link|<img|@import|url\((?!#)/i);
  // the only addresses are names of XML namespaces
  expect(page.match(/https?:\/\/[^"' )]+/g)?.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([]);
});

test('every drawing says in words what it shows', () => {
  const labels = [...pageOf('screening').matchAll(/<svg role="img" aria-label="([^"]+)"/g)].map(([, label]) => label);
  expect(labels).toHaveLength(3);
  expect(labels[0]).toMatch(/^Monthly bill against p99 latency of \d+ fleets\. The chosen one costs [\d.]+ USD/);
  expect(labels[1]).toMatch(/within the service level up to \d+/);
  expect(labels[2]).toContain('load balancer 16.43 USD');
});

test('the same plan gives the same page', () => {
  expect(pageOf('screening')).toBe(pageOf('screening'));
});

test('names are text, not markup', () => {
  expect(pageOf('<b>&"x"')).toContain('<h1>&lt;b&gt;&amp;&quot;x&quot;: ');
});

test.each([
  { availability: 'single', requestsPerSecond: 1 },
  { requestsPerSecond: 15_000, p99Ms: 15 },
] as const)('a page is made for %j too, with no number that is none', (level) => {
  expect(pageOf('screening', level)).not.toMatch(/NaN|undefined|Infinity/);
});

test('the line of the frontier begins at the choice, whose name is there once', () => {
  const request = {
    profile: steadyProfile(4),
    manifest: manifestOf(),
    serviceLevel: serviceLevel({ requestsPerSecond: 400 }),
    region: 'us-east-1',
  };
  const plan = sizingPlan(request);
  const drawing = costChart(plan, survey(request));
  const circle = /<circle cx="([\d.]+)" cy="([\d.]+)" r="7" fill="#b3440a"/.exec(drawing)!;
  const line = /<path d="M([\d.]+) ([\d.]+)L[^"]*" fill="none" stroke="#14508c"/.exec(drawing)!;
  expect(Number(line[1])).toBeCloseTo(Number(circle[1]), 0);
  expect(Number(line[2])).toBeCloseTo(Number(circle[2]), 0);
  expect(drawing.split(`>${plan.choice.instances} x ${plan.choice.instanceType}<`)).toHaveLength(2);
});

test.each([
  { ms: 4, level: { requestsPerSecond: 400 } },
  { ms: 4000, level: { requestsPerSecond: 0.05, p99Ms: 20_000, availability: 'single' } },
  { ms: 0.02, level: { requestsPerSecond: 5, p99Ms: 2.5 } },
] as const)('the line of the load takes the width of its drawing, for %j', ({ ms, level }) => {
  const request = {
    profile: steadyProfile(ms),
    manifest: manifestOf(),
    serviceLevel: serviceLevel(level),
    region: 'us-east-1',
    catalogue: MIXTURE,
  };
  const drawing = loadChart(sizingPlan(request), survey(request));
  const [, line] = /<path d="([^"]+)" fill="none" stroke="#b3440a"/.exec(drawing)!;
  const across = line!.split(/[ML]/).flatMap((point) => (point === '' ? [] : Number(point.split(' ')[0])));
  expect(Math.max(...across)).toBeGreaterThan(700); // of 820
  expect(Math.max(...across)).toBeLessThanOrEqual(820);
});
