/** `slipway review`: the whole comment of a pull request, and where it is kept. */
import { execFileSync } from 'node:child_process';
import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedLines, replacementsOf } from '../../bin/review/templates';
import { templatesReviewText } from '../../lib/report';
import { shiftedPackage } from '../../testing/shifted-package';
import { temporaryFolder } from '../../testing/temporary-folder';
import { EXAMPLE_MODEL } from '../example';
import { slipway } from './run-slipway';

const original = `model: models/breast-cancer
defaults:
  region: us-east-1
  monitoring: { notify: none }
stages:
  dev:
    availability: single
    traffic: { requestsPerSecond: 20, p99: 100ms }
    domain: { name: a.dev.example.com, zone: example.com, zoneId: Z0EXAMPLE000000000000 }
`;

let home: string;

const git = (...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...words], { stdio: 'pipe' });

beforeAll(() => {
  home = process.cwd();
  const folder = temporaryFolder();
  process.chdir(folder);
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync('slipway.yaml', original);
  git('add', '.');
  git('commit', '--quiet', '-m', 'no model yet');
  git('tag', 'empty');
  cpSync(EXAMPLE_MODEL, join('models/breast-cancer'), { recursive: true });
  git('add', '.');
  git('commit', '--quiet', '-m', 'the model');
  shiftedPackage(EXAMPLE_MODEL, 'shifted', { by: 3 });
});

afterAll(() => process.chdir(home));

describe('what a change does', () => {
  test('the same package is named, and no template without an assembly of the base', async () => {
    const { status, stdout } = await slipway('review', 'main');
    expect(status).toBe(0);
    expect(stdout).toContain('### Sizing plan, compared with `main`');
    expect(stdout).toContain('### Models\n\nThe same package as before: dev.');
    expect(stdout).not.toContain('### Templates');
  });

  test('another model shows what it answers, on the golden rows of the commit', async () => {
    renameSync('models/breast-cancer', 'before');
    renameSync('shifted', 'models/breast-cancer');
    try {
      const { status, stdout } = await slipway('review', 'main');
      expect(status).toBe(0);
      expect(stdout).toMatch(/^\*\*dev\*\*: `breast-cancer` [0-9a-f]{12} → `breast-cancer` [0-9a-f]{12}$/m);
      expect(stdout).toContain('On 32 golden rows of the base:');
      expect(stdout).toContain('- `predict`: 4 other labels');
      const { models, stages } = JSON.parse((await slipway('review', 'main', '--json')).stdout) as {
        models: { models: { difference: { compared: unknown[] } }[] };
        stages: unknown[];
      };
      expect([stages.length, models.models[0]!.difference.compared.length]).toEqual([1, 1]);
    } finally {
      renameSync('models/breast-cancer', 'shifted');
      renameSync('before', 'models/breast-cancer');
    }
  });

  test('a version and a shadow with a package of their own are compared, too', async () => {
    cpSync(EXAMPLE_MODEL, 'models/two', { recursive: true });
    const versions = '    versions: [{ name: 1, weight: 90 % }, { name: 2, model: models/two, weight: 10 % }]\n';
    writeFileSync('slipway.yaml', original + versions);
    git('add', '.');
    git('commit', '--quiet', '--all', '-m', 'two versions');
    rmSync('models/two', { recursive: true });
    cpSync('shifted', 'models/two', { recursive: true });
    const changed = await slipway('review', 'HEAD');
    writeFileSync('slipway.yaml', `${original}    shadow: { model: models/two, share: 10 % }\n`);
    const shadow = await slipway('review', 'main~1');
    git('reset', '--quiet', '--hard', 'HEAD^');
    rmSync('models/two', { recursive: true, force: true });
    expect(changed.stdout).toMatch(
      /^\*\*dev, version 2\*\*: `breast-cancer` [0-9a-f]{12} → `breast-cancer` [0-9a-f]{12}$/m,
    );
    expect(changed.stdout).toContain('The same package as before: dev.');
    expect(shadow.stdout).toMatch(
      /^\*\*dev, shadow\*\*: `breast-cancer` [0-9a-f]{12} → `breast-cancer` [0-9a-f]{12}$/m,
    );
  });

  test('a base without a package says so, and the model counts as new', async () => {
    const { stdout } = await slipway('review', 'empty');
    expect(stdout).toContain('The package of the base for dev cannot be read: ');
    expect(stdout).toMatch(/`breast-cancer` [0-9a-f]{12}, a new model$/m);
  });

  test('a stage that is gone is named', async () => {
    const prod = original.slice(original.indexOf('  dev:')).replaceAll('dev', 'prod');
    writeFileSync('slipway.yaml', original + prod);
    git('commit', '--quiet', '--all', '-m', 'two');
    writeFileSync('slipway.yaml', original);
    const { stdout } = await slipway('review', 'HEAD');
    git('reset', '--quiet', '--hard', 'HEAD^');
    expect(stdout).toContain('Gone: prod.');
  });

  test('a package that a filter of git brings, as Git LFS does, is taken as a checkout would', async () => {
    // stands for Git LFS: what is stored is another text than what is checked out
    git('config', 'filter.far.clean', 'base64 -w0');
    git('config', 'filter.far.smudge', 'base64 -d');
    writeFileSync('.gitattributes', '*.onnx filter=far\n');
    git('rm', '--quiet', '-r', '--cached', 'models');
    git('add', '.');
    git('commit', '--quiet', '-m', 'far away');
    const { stdout } = await slipway('review', 'HEAD');
    git('config', '--unset', 'filter.far.smudge');
    const broken = await slipway('review', 'HEAD');
    git('config', '--remove-section', 'filter.far');
    rmSync('.gitattributes');
    git('reset', '--quiet', '--hard', 'HEAD^');
    expect(stdout).toContain('The same package as before: dev.');
    expect(broken.stdout).toContain('The package of the base for dev cannot be read: ');
  });
});

describe('templates', () => {
  const output = `Stack prod/Network (prod-Network)
IAM Statement Changes
(NOTE: There may be security-related changes not in this list. See https://github.com/aws/aws-cdk/issues/1299)

Resources
[-] AWS::SQS::Queue OldF7E39C65 destroy
[+] AWS::SQS::Queue Network/New New8A81B073
[~] AWS::S3::Bucket Network/B B08E7C7AF replace
 └─ [~] BucketName (requires replacement)
     ├─ [-] aaa-1
     └─ [+] aaa-2
[~] AWS::SQS::Queue Network/Q Q63C6E3AB



✨  Number of stacks with differences: 1
`;

  test('what is replaced stands first, and each line has its colour', () => {
    const lines = changedLines(output);
    const replacements = replacementsOf(lines);
    expect(replacements).toEqual([
      { type: 'AWS::SQS::Queue', resource: 'OldF7E39C65', effect: 'destroy' },
      { type: 'AWS::S3::Bucket', resource: 'Network/B B08E7C7AF', effect: 'replace' },
    ]);
    const stack = { stack: 'prod/Network', resources: 4, replacements, lines };
    expect(templatesReviewText([stack, { ...stack, stack: 'prod/New', only: 'head' }], true)).toMatchSnapshot();
    expect(templatesReviewText([stack], false)).not.toMatch(/<details>|<summary>/);
  });

  test('no difference is none', () => {
    expect(changedLines('Stack a\nThere were no differences\n\n✨  Number of stacks with differences: 0\n')).toEqual(
      [],
    );
  });

  test('a base that was not synthesised is said, and the rest stands', async () => {
    const { status, stdout, stderr } = await slipway('review', 'main', '--base-app', 'nothing');
    expect([status, stdout]).toEqual([0, expect.not.stringContaining('### Templates')]);
    expect(stderr).toMatch(/^warning: templates are not compared: nothing is no cloud assembly/m);
  });
});

test('a pull request of a fork, which has no token, has its review in the log', async () => {
  const environment = process.env;
  process.env = {
    ...environment,
    GITHUB_REPOSITORY: 'acme/models',
    GITHUB_REF: 'refs/pull/12/merge',
    GITHUB_TOKEN: '',
  };
  try {
    const { status, stdout, stderr } = await slipway('review', 'main', '--comment', 'github');
    expect([status, stdout]).toEqual([0, expect.stringContaining('### Sizing plan')]);
    expect(stderr).toMatch(
      /^warning: the comment was not written: GITHUB_TOKEN is not set: .*; a pull request of a fork/m,
    );
  } finally {
    process.env = environment;
  }
});
