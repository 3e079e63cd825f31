/** Tags of the user's own are on everything that those of Slipway are on, in a stage of every kind. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../lib/config/load';
import { readModelPackage } from '../../lib/model/package/model-package';
import { addStages } from '../../lib/stacks/slipway-app';
import { modelsConfig } from '../../testing/many-models';
import { steadyProfile } from '../../testing/sizing/examples';
import { NETWORK, variantsConfig } from '../../testing/stage-variants';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { standIns, testingApp } from '../testing-app';

const TAGS = 'tags: { team: risk, cost-centre: "42" }';
const EXPECTED = { team: 'risk', 'cost-centre': '42' };

/** A copy of the example as if the native engine had been measured, which is what functions have. */
function native(): string {
  const folder = join(temporaryFolder(), 'model');
  cpSync(EXAMPLE_MODEL, folder, { recursive: true });
  const machine = { ...steadyProfile(1).machine, engine: 'native 1', engineKind: 'native' as const };
  const { sha256 } = readModelPackage(folder).manifest.model;
  writeFileSync(
    join(folder, 'profile.json'),
    JSON.stringify({ ...steadyProfile(0.2, { machine }), modelSha256: sha256 }),
  );
  return folder;
}

const KINDS: Readonly<Record<string, () => string>> = {
  balancer: () => variantsConfig({ edge: `${TAGS}, encryptionKey: stage, access: { apiKeys: /slipway/keys }` }),
  cloudfront: () => variantsConfig({ edge: `${TAGS}, name: on-cloudfront, frontDoor: cloudfront` }),
  api: () => variantsConfig({ edge: `${TAGS}, name: on-an-api, frontDoor: api` }),
  network: () => variantsConfig({ edge: `${TAGS}, ${NETWORK}` }),
  function: () => variantsConfig({ edge: `${TAGS}, compute: lambda, name: as-function` }, native()),
  models: () => modelsConfig(undefined, TAGS),
  fleet: () => modelsConfig({ titanic: '', iris: '' }, `${TAGS}, fleets: { small: [titanic, iris] }`),
};

type Tags = readonly { readonly Key: string; readonly Value: unknown }[] | Readonly<Record<string, unknown>>;

/** All tags that a resource is given, be it for what it starts. */
function tagsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key !== 'Tags' && key !== 'HostedZoneTags') return tagsIn(inner);
    const tags = inner as Tags;
    return [Array.isArray(tags) ? Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value])) : { ...tags }];
  });
}

test.each(Object.keys(KINDS))('a stage of the kind %s has them on all that it makes', (kind) => {
  const app = testingApp();
  addStages(app, loadConfig(KINDS[kind]!()), standIns());
  const stacks = app.synth().stacksRecursively;
  for (const { template, tags, stackName } of stacks) {
    expect([stackName, tags]).toEqual([
      stackName,
      expect.objectContaining({ ...EXPECTED, 'slipway:stage': expect.any(String) }),
    ]);
    const tagged = Object.values(template.Resources as Record<string, unknown>).flatMap(tagsIn);
    for (const each of tagged) expect(each).toMatchObject(EXPECTED);
    expect(tagged.filter((each) => 'slipway:stage' in each)).toHaveLength(tagged.length);
  }
  expect(stacks.flatMap(({ template }) => Object.values(template.Resources).flatMap(tagsIn)).length).toBeGreaterThan(4);
});

test('without tags the stacks still say which stage they are of, by which a renamed one is found again', () => {
  const app = testingApp();
  addStages(app, loadConfig(variantsConfig({ edge: '' })), standIns());
  expect(app.synth().stacksRecursively.map(({ tags }) => tags)).toEqual([
    { 'slipway:stage': 'edge' },
    { 'slipway:stage': 'edge' },
  ]);
});
