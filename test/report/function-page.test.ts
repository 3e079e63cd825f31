/** The page of a function. */

import type { Beside } from '../../lib/report';
import { functionPage } from '../../lib/report/function-page';
import { isPlanPage } from '../../lib/report/page';
import { functionPlan } from '../../lib/sizing';
import { manifestOf, steadyProfile } from '../../testing/sizing/examples';

const { machine } = steadyProfile(1);
const plan = (requestsPerSecond: number, more: object = {}) =>
  functionPlan({
    profile: steadyProfile(0.2, { machine: { ...machine, engine: 'native 1', engineKind: 'native' } }),
    manifest: manifestOf(),
    region: 'us-east-1',
    serviceLevel: { requestsPerSecond, rowsPerRequest: 1, p99Ms: 3000, availability: 'single', ...more },
  });
const beside = {
  plan: { choice: { instances: 1, instanceType: 't4g.micro', usdPerMonth: 50 } },
  cheaperBelow: 12.7,
} as Beside;

test('the page of a function needs no network, runs no script, and is known again', () => {
  const made = plan(2);
  const page = functionPage('loan, dev', made, beside);
  expect(page).not.toMatch(/<script|<link|<img|@import|url\((?!#)/i);
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
  expect(isPlanPage(Buffer.from(page))).toBe(true);
  expect(page).toContain(`<h1>loan, dev: a function of ${made.memoryMB} MB</h1>`);
});

test('it says how the bill grows, up to where instances cost less', () => {
  const page = functionPage('loan', plan(2), beside);
  expect(page).toContain('The monthly bill of the function against its mean rate');
  expect(page).toContain('1 x t4g.micro cost 50.00 USD a month, and the function less below 13 requests per second.');
  expect(functionPage('loan', plan(2))).not.toContain('t4g.micro');
});

test('sizes that do and those that do not are listed, the choice first', () => {
  const made = plan(2);
  const page = functionPage('loan', made);
  expect(made.sizes[0]).toMatchObject({ memoryMB: made.memoryMB, usdPerMonth: made.cost.usdPerMonth });
  expect(page).toMatch(/class="choice"><td>\d+ MB/);
  expect(page).toContain('<td>128 MB</td><td>the handler needs 221 MiB</td>');
});

test.each([
  [{ ownName: true, hostedZone: true }, 'an HTTP API, by a name of yours', 'CloudFront before the HTTP API'],
  [{ frontDoor: 'cloudfront' }, 'CloudFront and an HTTP API, by a name of AWS', 'the HTTP API alone'],
])('with %j it says which door it has, and what the other costs', (more, has, other) => {
  const page = functionPage('loan', plan(2, more)).replaceAll(/\s+/g, ' ');
  expect(page).toContain(has);
  expect(page).toContain(other);
});

test('the same plan gives the same page', () => {
  expect(functionPage('x', plan(0.01))).toBe(functionPage('x', plan(0.01)));
});
