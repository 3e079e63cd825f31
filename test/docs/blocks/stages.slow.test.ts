/** Each piece of slipway.yaml that a document shows is planned and synthesised in a whole file. */
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SlipwayConfig, StageConfig } from '../../../lib/config/config';
import { parseConfig } from '../../../lib/config/load';
import { addStages } from '../../../lib/stacks/slipway-app';
import { allBlocks, blocksOf, placeOf } from '../../../testing/documents/code-blocks';
import { framedStage } from '../../../testing/documents/framed-stage';
import { shiftedPackage } from '../../../testing/shifted-package';
import { temporaryFolder } from '../../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../../example';
import { standIns, testingApp } from '../../testing-app';

const blocks = allBlocks().filter(({ language }) => language === 'yaml');

/** A package for every folder that a stage names; the second of a pair is another one. */
function putPackages({ model, shadow, versions = [] }: StageConfig): void {
  const others = [shadow?.model, ...versions.map((version) => version.model)];
  for (const folder of [model, ...others]) {
    if (folder === undefined || existsSync(folder)) continue;
    mkdirSync(dirname(folder), { recursive: true });
    if (folder === model) cpSync(EXAMPLE_MODEL, folder, { recursive: true });
    else shiftedPackage(EXAMPLE_MODEL, folder, { by: 0.1 });
  }
}

function synthesised(config: SlipwayConfig): readonly string[] {
  const app = testingApp();
  addStages(app, config, standIns());
  return app.synth().stacksRecursively.map(({ hierarchicalId }) => hierarchicalId);
}

test('there are pieces on many pages', () => {
  expect(new Set(blocks.map(({ page }) => page)).size).toBeGreaterThan(10);
});

test.each(blocks.map((block) => [placeOf(block), block] as const))('%s', (_, block) => {
  const folder = temporaryFolder();
  const before = blocksOf(block.page).filter(({ line }) => line < block.line);
  const packed = (name: string) => join(folder, 'packed', name);
  const config = parseConfig(framedStage(block, before), join(folder, 'slipway.yaml'), undefined, ({ name }) =>
    packed(name),
  );
  for (const stage of config.stages) putPackages(stage);
  const stacks = synthesised(config);
  for (const { name } of config.stages) expect(stacks).toContainEqual(expect.stringMatching(`^${name}/`));
});
