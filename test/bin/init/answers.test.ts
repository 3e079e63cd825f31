import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parse } from 'yaml';
import { answersTo } from '../../../bin/init/ask';
import { doorsOf } from '../../../bin/init/front-doors';
import { PIPELINES } from '../../../bin/init/pipelines';
import { type Answers, NONE, QUESTIONS } from '../../../bin/init/questions';
import { slipwayYaml } from '../../../bin/init/slipway-yaml';

import { parseConfig } from '../../../lib/config/load';
import { temporaryFolder } from '../../../testing/temporary-folder';

const DOMAIN = { domain: 'claims.dev.example.com', zoneId: 'Z0EXAMPLE00' };

/** The file for the first way that the answers leave open. */
const yamlOf = (name: string, answers: Answers) => slipwayYaml(`models/${name}`, answers, doorsOf(answers)[0]!);

/** Somebody who types a line for each question, and what is read meanwhile. */
async function typed(lines: readonly string[], known = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  output.on('data', (text) => {
    shown += String(text);
  });
  input.end(lines.map((line) => `${line}\n`).join(''));
  const answers = await answersTo(QUESTIONS, known, 'claims.joblib', { input, output }).catch((error) => error);
  return { answers, shown };
}

test('what nobody says is suggested, and an empty line takes it', async () => {
  const silent = await answersTo(QUESTIONS, DOMAIN, 'claims.joblib', undefined);
  expect(silent).toMatchObject({ name: 'claims', golden: NONE, zone: 'dev.example.com', rps: '20', p99: '100ms' });
  const { answers, shown } = await typed(Array(11).fill(''), DOMAIN);
  expect(answers).toEqual(silent);
  expect(shown).toMatch(/^Name of the model \[claims\]: .*AWS region \[us-east-1\]: /s);
  expect(shown).not.toMatch(/Id of that zone/);
});

test('an answer that does not do is asked for again', async () => {
  const { answers, shown } = await typed(
    ['Claims!', 'claims', 'none.json', NONE, '', '', '10.0.0.1', 'all', '0', '5', '', '', '', '', ''],
    DOMAIN,
  );
  expect(answers).toMatchObject({ name: 'claims', golden: NONE, rps: '5' });
  expect(shown).toMatch(/must be up to 48 lower-case letters, digits and hyphens, as in "credit-risk", got "Claims!"/);
  expect(shown).toMatch(/ {2}does not exist, got "none.json"\n/);
  expect(shown).toMatch(/ {2}must be a number above 0, got "0"\n/);
  expect(shown).toMatch(/ {2}[^\n]+, got "10.0.0.1"\n/);
});

test('the end of what is typed is the end of the command', async () => {
  expect((await typed(['claims', ''])).answers).toMatchObject({ code: 'E_USAGE', message: /not all was answered/ });
});

test('what cannot be suggested has to be said', async () => {
  const answers = answersTo(QUESTIONS, { domain: 'claims.example.com' }, 'claims.joblib', undefined);
  await expect(answers).rejects.toMatchObject({ code: 'E_USAGE', problems: ['missing --zone-id <id>'] });
});

test('slipway.yaml has the answers, whatever characters they have', async () => {
  const known = { ...DOMAIN, name: '007', notify: 'a+b@example.com, c@example.com', p99: '0.5s', rps: '1e2' };
  const answers = await answersTo(QUESTIONS, known, 'model.joblib', undefined);
  const { stages } = parseConfig(yamlOf('007', answers), 'slipway.yaml');
  expect(stages).toMatchObject([
    {
      model: expect.stringMatching(/models.007$/),
      domain: { name: 'claims.dev.example.com', zone: 'dev.example.com' },
      serviceLevel: { requestsPerSecond: 100, p99Ms: 500, availability: 'single' },
      endpoint: { notify: ['a+b@example.com', 'c@example.com'] },
    },
  ]);
});

test('the mean rate and tags of the answers are in the file', async () => {
  const known = { ...DOMAIN, meanRps: '3', tags: 'team=risk, cost-centre = 42' };
  const answers = await answersTo(QUESTIONS, known, 'model.joblib', undefined);
  const [stage] = parseConfig(yamlOf('claims', answers), 'slipway.yaml').stages;
  expect(stage).toMatchObject({
    serviceLevel: { requestsPerSecond: 20, meanRequestsPerSecond: 3 },
    tags: { team: 'risk', 'cost-centre': '42' },
  });
});

test.each([
  ['team', /must be keys with values, as team=risk/],
  ['aws:team=risk', /must not begin with aws:.* \(aws:team\)/],
  ['team=risk,Team=other', /the same tag to IAM.* \(Team\)/],
  ['team=<script>', /must have letters, digits.* \(team\)/],
])('tags %s do not do', (answer, message) => {
  const { problem } = QUESTIONS.find(({ key }) => key === 'tags')!;
  expect(problem(answer)).toMatch(message);
});

test('without a domain the endpoint has a name of AWS', async () => {
  const answers = await answersTo(QUESTIONS, { name: 'claims' }, 'model.joblib', undefined);
  expect(answers).not.toHaveProperty('zone');
  const [stage] = parseConfig(yamlOf('claims', answers), 'slipway.yaml').stages;
  expect(stage).toMatchObject({ serviceLevel: { frontDoor: 'cloudfront' }, domain: { name: 'claims-dev' } });
});

test.each([
  ['all', {}],
  ['internal', { internal: true }],
  ['203.0.113.0/24, pl-0123456789abcdef0', { allowFrom: ['203.0.113.0/24', 'pl-0123456789abcdef0'] }],
])('callers %s', async (callers, expected) => {
  const answers = await answersTo(QUESTIONS, { ...DOMAIN, callers }, 'model.joblib', undefined);
  const [stage] = parseConfig(yamlOf('claims', answers), 'slipway.yaml').stages;
  const { internal, allowFrom } = stage!.endpoint;
  expect({ ...(internal && { internal }), ...(allowFrom && { allowFrom }) }).toEqual(expected);
});

test('callers of an endpoint without a domain are refused where its name is one of AWS', async () => {
  const answers = await answersTo(QUESTIONS, { name: 'claims', callers: 'internal' }, 'model.joblib', undefined);
  expect(() => yamlOf('claims', answers)).toThrow(expect.objectContaining({ code: 'E_CONFIG' }));
});

test('a function needs no domain and no availability', async () => {
  const answers = await answersTo(QUESTIONS, { name: 'claims', compute: 'lambda' }, 'model.joblib', undefined);
  expect(answers).not.toHaveProperty('domain');
  const [stage] = parseConfig(yamlOf('claims', answers), 'slipway.yaml').stages;
  expect(stage).toMatchObject({ compute: 'lambda', domain: { name: 'claims-dev' } });
  const both = { ...answers, domain: 'claims.example.com' };
  expect(() => yamlOf('claims', both)).toThrow('slipway.yaml has a mistake');
});

test('answers that do not go together are refused before any work', async () => {
  const answers = await answersTo(QUESTIONS, { ...DOMAIN, zone: 'other.example' }, 'model.joblib', undefined);
  expect(() => yamlOf('a', answers)).toThrow(
    expect.objectContaining({
      code: 'E_CONFIG',
      problems: [expect.stringMatching(/is not in the zone other\.example/)],
    }),
  );
});

describe('a pipeline', () => {
  test.each(['github', 'gitlab', 'bitbucket'])(
    'for %s is YAML, plans what is proposed and deploys the stage',
    (system) => {
      const text = PIPELINES[system]!.text('dev');
      const jobs = JSON.stringify(parse(text));
      expect(jobs).toMatch(new RegExp(`slipway review (HEAD\\^1|FETCH_HEAD) --base-app \\S+ --comment ${system}`));
      expect(jobs).toMatch(/cdk deploy --app cdk\.out 'dev\/\*'/);
    },
  );

  test('for Jenkins quotes what a shell reads', () => {
    const text = PIPELINES.jenkins!.text('dev');
    expect(text).toContain(`sh "npx cdk deploy --app cdk.out 'dev/*' --require-approval never"`);
    expect(text.split('{').length).toBe(text.split('}').length);
  });
});

test('a folder that slipway_save.py wrote gives the name and the golden rows', async () => {
  const folder = join(temporaryFolder(), 'credit-risk');
  mkdirSync(folder);
  for (const file of ['model.joblib', 'golden.json']) writeFileSync(join(folder, file), '');
  const answers = await answersTo(QUESTIONS, {}, join(folder, 'model.joblib'), undefined);
  expect(answers).toMatchObject({ name: 'credit-risk', golden: join(folder, 'golden.json') });
});
