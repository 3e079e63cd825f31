/** Writes `integrations/`: what `slipway watch` makes for the stage `prod` of the example, for each watcher. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { WATCHERS } from '../lib/watching/watchers';
import { INTEGRATIONS, integrations } from '../testing/integrations';

for (const watcher of Object.keys(WATCHERS)) rmSync(join(INTEGRATIONS, watcher), { recursive: true, force: true });
for (const [path, text] of Object.entries(integrations())) {
  mkdirSync(dirname(join(INTEGRATIONS, path)), { recursive: true });
  writeFileSync(join(INTEGRATIONS, path), text);
}
