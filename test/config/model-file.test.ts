import { resolve } from 'node:path';
import { parseConfig } from '../../lib/config/load';
import { SlipwayError } from '../../lib/model/error';
import type { ModelFile } from '../../lib/packaging/model-file';
import { mistakes } from './configuration';

const text = (model: string) => `${model}
stages:
  dev:
    region: eu-west-1
    availability: single
    traffic: { requestsPerSecond: 20, p99: 100ms }
    domain: { name: a.example.com, zone: example.com, zoneId: Z0EXAMPLE00 }
    monitoring: { notify: none }
`;

function packed(model: string) {
  const asked: [ModelFile, string][] = [];
  const config = parseConfig(text(model), 'deployed/slipway.yaml', undefined, (file, cache) => {
    asked.push([file, cache]);
    return '/packed';
  });
  return { asked, config };
}

test('a model file is packed into the cache beside slipway.yaml, and has its profile beside itself', () => {
  const { asked, config } = packed('model: { file: trained/Model v2.joblib, golden: golden.json, threshold: 0.3 }');
  expect(asked).toEqual([
    [
      {
        file: [resolve('deployed/trained/Model v2.joblib')],
        golden: resolve('deployed/golden.json'),
        threshold: 0.3,
        name: 'model-v2',
        profile: resolve('deployed/trained/model-v2.profile.json'),
      },
      resolve('deployed/.slipway/models'),
    ],
  ]);
  expect(config.stages).toMatchObject([{ model: '/packed', modelFile: { name: 'model-v2' } }]);
});

test('of several models each may be a file, named as in models', () => {
  const { asked, config } = packed(
    'models: { fraud: { path: /fraud, model: { file: [scale.pkl, fraud.pkl] } }, churn: { path: /churn, model: models/churn } }',
  );
  expect(asked.map(([{ name, profile }]) => [name, profile])).toEqual([
    ['fraud', resolve('deployed/fraud.profile.json')],
  ]);
  expect(config.stages.map(({ model }) => model)).toEqual(['/packed', resolve('deployed/models/churn')]);
});

test('a shadow may be a model file too, as a stage or all of them have it', () => {
  const shadow = '    shadow: { model: { file: next/model.joblib, golden: next/golden.json }, share: 5 % }\n';
  for (const whole of [
    `${text('model: models/credit')}${shadow}`,
    `${text('model: models/credit')}defaults:\n${shadow.slice(2)}`,
  ]) {
    const asked: ModelFile[] = [];
    const config = parseConfig(whole, 'deployed/slipway.yaml', undefined, (file) => {
      asked.push(file);
      return '/packed';
    });
    expect(asked).toEqual([
      {
        file: [resolve('deployed/next/model.joblib')],
        golden: resolve('deployed/next/golden.json'),
        name: 'model',
        profile: resolve('deployed/next/model.profile.json'),
      },
    ]);
    expect(config.stages).toMatchObject([
      { model: resolve('deployed/models/credit'), shadow: { model: '/packed', share: 0.05 } },
    ]);
  }
});

test('a shadow that cannot be packed is told with its line', () => {
  const fail = () => {
    throw new SlipwayError('E_FILE', 'next.joblib: does not exist');
  };
  const whole = `${text('model: models/credit')}    shadow: { model: { file: next.joblib } }\n`;
  expect(() => parseConfig(whole, 'slipway.yaml', undefined, fail)).toThrow(
    'slipway.yaml:9: stages.dev.shadow.model: next.joblib: does not exist',
  );
  expect(mistakes(`${text('model: models/credit')}    shadow: { model: { goldn: a.json } }\n`)).toEqual(
    expect.arrayContaining([expect.stringContaining('stages.dev.shadow.model.file is missing')]),
  );
});

test('what cannot be packed is told with its line', () => {
  const fail = () => {
    throw new SlipwayError('E_PARITY', 'model.joblib: 1 of 3 golden rows do not hold', { problems: ['row 0'] });
  };
  expect(() => parseConfig(text('model: { file: model.joblib }'), 'slipway.yaml', undefined, fail)).toThrow(
    expect.objectContaining({
      code: 'E_PARITY',
      message: 'slipway.yaml:1: model: model.joblib: 1 of 3 golden rows do not hold',
      problems: ['row 0'],
    }),
  );
});

test.each([
  [
    'model: 3',
    'model must be the folder of a model package, e.g. models/credit-risk, or a model file, { file: model.joblib }, got 3',
  ],
  ['model: { golden: golden.json }', 'model.file is missing'],
  ['model: { file: [] }', 'model.file must name a file'],
  [
    'model: { file: a.pkl, goldn: b.json }',
    'model.goldn is not known; did you mean golden?; allowed are file, golden,',
  ],
  ['model: { file: a.pkl, threshold: 3 }', 'model.threshold must be a probability of at most 1, got 3'],
  ['model: { file: a.pkl, name: A B }', 'model.name must be up to 48 lower-case letters'],
  ['model: { file: a.pkl, missing: none }', 'model.missing must be a number or nan, got "none"'],
])('%s is refused', (model, message) => {
  expect(mistakes(text(model))).toEqual([expect.stringContaining(message)]);
});
