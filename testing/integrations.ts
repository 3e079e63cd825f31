/** What `slipway watch` writes for the example, which `integrations/` shows. */
import { dirname, join } from 'node:path';
import { loadConfig } from '../lib/config/load';
import type { WatchedStage } from '../lib/watching/stage/stage';
import { watchedStage } from '../lib/watching/stage/watched-stage';
import { WATCHERS } from '../lib/watching/watchers';
import { DEPLOYMENT_FIXTURES } from './fixtures';

export const INTEGRATIONS = join(__dirname, '../integrations');

/** Two instances that nobody has. */
const INSTANCES = ['10.0.0.11', '10.0.1.11'];

export function exampleStage(name = 'prod', instances: readonly string[] = INSTANCES): WatchedStage {
  const file = join(DEPLOYMENT_FIXTURES, 'slipway.yaml');
  const config = loadConfig(file);
  const stage = config.stages.find((each) => each.name === name)!;
  return watchedStage(config, stage, { folder: dirname(file), instances, documents: '' });
}

/** Texts by their path below `integrations/`. */
export function integrations(): Readonly<Record<string, string>> {
  const stage = exampleStage();
  return Object.fromEntries(
    Object.entries(WATCHERS).flatMap(([watcher, { files }]) =>
      Object.entries(files(stage)).map(([name, text]) => [join(watcher, name), text]),
    ),
  );
}
