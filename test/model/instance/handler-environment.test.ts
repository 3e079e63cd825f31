import { delimiter } from 'node:path';
import { fromEnvironment, toEnvironment } from '../../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../../lib/model/instance/handler-settings';

const settings = { ...DEFAULT_HANDLER_SETTINGS, model: '/models/a' };
const problems = (environment: Record<string, string>): readonly string[] => {
  try {
    fromEnvironment({ SLIPWAY_MODEL: '/models/a', ...environment });
    return [];
  } catch (error) {
    return (error as { problems: string[] }).problems;
  }
};

test.each([
  ['none', []],
  ['one', ['/models/b']],
  ['two', ['/models/b', '/models/c']],
  ['one with the character that parts them', [`/models/b${delimiter}c`, '/models/d']],
  ['one that looks like a list', ['[b]', '["c"]']],
])('other models come back as they were: %s', (_name, otherModels) => {
  const environment = toEnvironment({ ...settings, otherModels });
  expect(fromEnvironment(environment).otherModels ?? []).toEqual(otherModels);
});

test('other models are parted as in PATH where that tells them apart', () => {
  expect(toEnvironment({ ...settings, otherModels: ['/b', '/c'] }).SLIPWAY_OTHER_MODELS).toBe(`/b${delimiter}/c`);
});

test.each(['["/b"', '[1]', '[not a list'])('%j is no list of models', (text) => {
  expect(problems({ SLIPWAY_OTHER_MODELS: text })).toEqual([expect.stringMatching(/^SLIPWAY_OTHER_MODELS must be/)]);
});

test.each([
  'application/json',
  'text/csv',
  'text/csv;q=0.9, application/json;q=0.1',
  '*/*',
  'TEXT/CSV; header=present',
])('%j can be what is answered to who accepts anything', (SLIPWAY_DEFAULT_ACCEPT) => {
  expect(problems({ SLIPWAY_DEFAULT_ACCEPT })).toEqual([]);
});

test.each(['nonsense', 'text/csv,', 'application/x-npy', ';q=1', `text/csv${';a=b'.repeat(40)};`])(
  '%j cannot',
  (SLIPWAY_DEFAULT_ACCEPT) => {
    expect(problems({ SLIPWAY_DEFAULT_ACCEPT })).toEqual([expect.stringMatching(/^SLIPWAY_DEFAULT_ACCEPT must be/)]);
  },
);

test('no more processes than any machine could have use for', () => {
  expect(problems({ SLIPWAY_WORKERS: '100000' })).toEqual([
    'SLIPWAY_WORKERS must be a whole number from 1 to 1024, got "100000"',
  ]);
});

test('every setting comes back as it was', () => {
  const all: Required<Omit<HandlerSettings, 'members' | 'versions'>> = {
    model: '/models/a',
    basePath: '/a',
    otherModels: ['/models/b'],
    port: 0,
    host: '127.0.0.1',
    workers: 3,
    threadsPerWorker: 2,
    rowsPerRun: 16,
    queueRows: 100,
    queueBytes: 30_000_000,
    deadlineMs: 500,
    maximumBodyBytes: 1_000_000,
    engine: 'native',
    shadow: { model: '/models/c', share: 0.25, tolerance: 0.001, rowValues: true, addresses: '/run/shadow' },
    shadowPort: 8081,
    origins: ['https://a.example.com', 'https://b.example.com:8443'],
    publicMetrics: true,
    spot: true,
    loadSeconds: 90,
    loadMiB: 512,
    adminPort: 9000,
    defaultAccept: 'text/csv',
    endpoint: 'credit',
    release: '0a1b2c3d-4e5f6a7b',
    tls: { certificate: '/tls/a.pem', key: '/tls/a.key' },
    stages: false,
    access: {
      apiKeys: '/keys',
      jwt: { issuer: 'https://login.example.com/', audience: 'credit', keySet: '/jwks', scope: 'predict' },
      requestLog: false,
    },
    requestLog: true,
  };
  const { requestLog, ...limited } = all; // of an endpoint whose access is limited, the access says it
  expect(fromEnvironment(toEnvironment(limited))).toEqual(limited);
  const { access, ...open } = all;
  expect(fromEnvironment(toEnvironment(open))).toEqual(open);
});

describe('several endpoints', () => {
  const member = { model: '/models/a', endpoint: 'models.example.com/a', basePath: '/a', queueRows: 100, weight: 2 };
  const byName = { model: '/models/b', endpoint: 'b.example.com', host: 'b.example.com', queueRows: 9, weight: 0.5 };
  const several = {
    ...DEFAULT_HANDLER_SETTINGS,
    model: '/models/a',
    endpoint: 'models.example.com small',
    members: [
      {
        ...member,
        deadlineMs: 400,
        rowsPerRun: 16,
        publicMetrics: true,
        access: { apiKeys: '/keys', requestLog: false },
      },
      byName,
    ],
  };

  test('come back as they were', () => {
    expect(fromEnvironment(toEnvironment(several))).toEqual(several);
  });

  const readMembers = (members: unknown, more = {}) =>
    problems({ SLIPWAY_MODEL: '', SLIPWAY_MEMBERS: JSON.stringify(members), ...more });

  test.each([
    ['none', []],
    ['a path and a name', [{ ...member, host: 'a.example.com' }]],
    ['neither', [{ ...byName, host: undefined }]],
    ['a path of two', [member, { ...member, endpoint: 'other' }]],
    ['a name of two', [byName, { ...byName, endpoint: 'other' }]],
    ['an endpoint of two', [member, { ...byName, endpoint: member.endpoint }]],
    ['no weight', [{ ...member, weight: 0 }]],
    ['what is not known', [{ ...member, weigth: 1 }]],
    ['access for nobody', [{ ...member, access: {} }]],
    ['one version', [{ ...member, versions: [{ name: '1', weight: 1 }] }]],
    [
      'weights that are not all',
      [
        {
          ...member,
          versions: [
            { name: '1', weight: 0.5 },
            { name: '2', model: '/b', weight: 0.4 },
          ],
        },
      ],
    ],
  ])('are refused with %s', (_name, members) => {
    expect(readMembers(members)).toEqual([expect.stringMatching(/^SLIPWAY_MEMBERS must be a JSON list of models/)]);
  });

  test('have nothing beside them that each has for itself', () => {
    expect(readMembers([member], { SLIPWAY_ADMIN_PORT: '9000', SLIPWAY_MODEL: '/models/b' })).toEqual([
      'SLIPWAY_MODEL is of a handler with one endpoint: leave it out beside SLIPWAY_MEMBERS',
      'SLIPWAY_ADMIN_PORT is of a handler with one endpoint: leave it out beside SLIPWAY_MEMBERS',
    ]);
  });
});
