/** The stages with every option that `npm run bench:synthesis` measures. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { addStages } from '../../lib/stacks/slipway-app';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';
import { stacksWithin } from './within';

/** But for Spot: the tests have no such prices of its region. */
function config() {
  const path = join(temporaryFolder(), 'slipway.yaml');
  const text = readFileSync(join(__dirname, '../../bench/synthesis/every-option.yaml'), 'utf8');
  writeFileSync(path, text.replaceAll('../../models/breast-cancer', EXAMPLE_MODEL).replace(/^ *purchase: .*\n/m, ''));
  return loadConfig(path);
}

test('templates of stages with every option are written below 150 KB', () => {
  const app = testingApp();
  addStages(app, config(), standIns());
  const files = app
    .synth()
    .stacksRecursively.flatMap((stack) => [
      stack.templateFullPath,
      ...[...stacksWithin(stack).values()].map(({ path }) => path),
    ]);
  const sizes = files.map((path) => statSync(path).size);
  expect(Math.max(...sizes)).toBeLessThan(150_000);
  expect(Math.max(...sizes)).toBeGreaterThan(100_000); // those that have everything are among them
});
