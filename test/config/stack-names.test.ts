import fc from 'fast-check';
import { stackNames } from '../../lib/config/stack-names';
import { runs } from '../runs';

test('names without hyphens are the domain name itself, as they have always been', () => {
  expect(stackNames('screening.dev.example.com')).toEqual({
    network: 'screening-dev-example-com-network',
    frontDoor: 'screening-dev-example-com-front-door',
    endpoint: 'screening-dev-example-com-endpoint',
  });
});

test('a dot and a hyphen do not meet', () => {
  expect(stackNames('s.dev.example.com').endpoint).toBe('s-dev-example-com-endpoint');
  expect(stackNames('s-dev.example.com').endpoint).toMatch(/^s-dev-example-com--[0-9a-f]{8}-endpoint$/);
});

const label = fc.stringMatching(/^[a-b1]([a-b1-]{0,3}[a-b1])?$/);
const domain = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => `${labels.join('.')}.com`);

test('CloudFormation takes every name, and two domain names have two', () => {
  fc.assert(
    fc.property(fc.uniqueArray(domain, { minLength: 2, maxLength: 30 }), (domains) => {
      const names = domains.flatMap((name) => Object.values(stackNames(name)));
      for (const name of names) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    }),
    { numRuns: runs(100) },
  );
});

test('long names that differ at their end, and names that begin with a digit', () => {
  const long = `${'a'.repeat(60)}.${'b'.repeat(60)}`;
  const names = [`${long}.x.com`, `${long}.y.com`, '1model.example.com', 'n1model.example.com'].map(
    (name) => stackNames(name).network,
  );
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
});
