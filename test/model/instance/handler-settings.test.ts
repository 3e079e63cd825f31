import { delimiter } from 'node:path';
import { DEFAULT_HANDLER_SETTINGS, fromEnvironment, toEnvironment } from '../../../lib/model/instance/handler-settings';

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
