/** A stage of several models of every kind, as slipway.yaml has it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOYMENT_FIXTURES } from './fixtures';
import { temporaryFolder } from './temporary-folder';

const PACKAGE = join(DEPLOYMENT_FIXTURES, 'models/breast-cancer');

/** Lines of models by their names: by path and by name, of one zone and of three, watched by others, with a canary, with keys. */
export const MODELS: Readonly<Record<string, string>> = {
  titanic: '',
  iris: 'host: iris.example.com, monitoring: { notify: [iris@example.com] }',
  triage: 'path: /clinic/triage, availability: zone, rollout: { canary: 5 %, for: 10m }',
  dosage: 'access: { apiKeys: /slipway/dosage }, monitoring: { notify: none }',
};

/** @param stage further keys of the stage, @returns the path of a slipway.yaml in a folder of its own */
export function modelsConfig(models: Readonly<Record<string, string>> = MODELS, stage = ''): string {
  const path = join(temporaryFolder(), 'slipway.yaml');
  const lines = Object.entries(models).map(
    ([name, said]) => `  ${name}: { model: ${PACKAGE}${said === '' ? '' : `, ${said}`} }`,
  );
  const domain = 'domain: { name: models.example.com, zone: example.com, zoneId: Z0123456789PROD }';
  const text = [
    'models:',
    ...lines,
    'defaults: { traffic: { requestsPerSecond: 20, p99: 100ms }, monitoring: { notify: [ops@example.com] } }',
    'stages:',
    `  prod: { account: "111111111111", region: eu-west-1${stage.includes('availability:') ? '' : ', availability: single'}, ${domain}${stage === '' ? '' : `, ${stage}`} }`,
  ];
  writeFileSync(path, `${text.join('\n')}\n`);
  return path;
}
