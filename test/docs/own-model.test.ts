/** Whoever deploys a model of their own changes slipway.yaml and models/ at the root, and the tests stay green: none reads them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TESTS = join(__dirname, '..');

test('no test reads the models or the slipway.yaml at the root of the repository', () => {
  const reading = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('fixtures'))
    .filter((path) => {
      const text = readFileSync(join(TESTS, path), 'utf8');
      return /(root|__dirname), '(\.\.\/)*(models['/]|slipway\.yaml')|__dirname\}\/(\.\.\/)+(models|slipway\.yaml)/.test(
        text,
      );
    });
  expect(reading).toEqual([]);
});
