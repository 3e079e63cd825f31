/** `slipway status` of a stage with versions. */
import { loadConfig } from '../../lib/config/load';
import { STAGE_VARIANTS, variantsConfig } from '../../testing/stage-variants';
import { EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

let asked: unknown[] = [];
jest.mock('../../lib/deployed/status', () => ({
  stageStatus: async (stack: string) => ({
    ...{ stack, state: 'UPDATE_COMPLETE', created: '2026-11-29T12:00:00.000Z' },
    ...{ alarms: [], told: [], drift: { state: 'NOT_CHECKED' }, resources: [] },
  }),
}));
jest.mock('../../lib/deployed/instances', () => ({ targetsOf: async () => [], instanceGroups: async () => [] }));
jest.mock('../../lib/comparison/cloudwatch', () => ({
  glance: async () => ({ from: 'F', until: 'U', periodSeconds: 300, requests: 0, failed: 0, periods: [] }),
}));
jest.mock('../../lib/comparison/versions', () => ({
  glanceAtVersions: async ({ name }: { name: string }, versions: string[]) => {
    asked = [name, versions];
    return [
      { version: '1', requests: 900, failed: 9, slowestP99Ms: 12.34, meanAnswer: 0.123456 },
      { version: '2', requests: 0, failed: 0 },
    ];
  },
}));

const path = variantsConfig({ versions: STAGE_VARIANTS.versions!, single: '' }, EXAMPLE_MODEL);

test('each version has a line, with its share by slipway.yaml', async () => {
  const { stdout } = await slipway('status', '--stage', 'versions', '--config', path);
  expect(asked).toEqual(['versions.example.com', ['1', '2']]);
  expect(stdout).toContain(
    [
      '',
      'version 1: 90 % of the requests by its weight, 900 for predictions in the last hour, errors 1.00 %, p99 12 ms at most, mean answer 0.1235',
      'version 2: 10 % of the requests by its weight, 0 for predictions in the last hour, errors none',
      '',
    ].join('\n'),
  );
  expect(JSON.parse((await slipway('status', '--stage', 'versions', '--config', path, '--json')).stdout)).toMatchObject(
    {
      versions: [{ version: '1', weight: 0.9 }, { version: '2' }],
    },
  );
});

test('a stage of one version has none', async () => {
  asked = [];
  const { stdout } = await slipway('status', '--stage', 'single', '--config', path);
  expect(loadConfig(path).stages[1]!.versions).toBeUndefined();
  expect([asked, stdout.includes('version 1')]).toEqual([[], false]);
});
