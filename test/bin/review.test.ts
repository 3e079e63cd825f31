/** `slipway review`: the whole comment of a pull request, and where it is kept. */
import { execFileSync } from 'node:child_process';
import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { keepComment, markerOf } from '../../bin/review/comment';
import { commentApi, SYSTEMS, type System } from '../../bin/review/systems';
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

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly token: string;
}

/** Answers of the shape that each system documents, to what it is asked of one pull request. */
class Double {
  readonly asked: Asked[] = [];
  comments: { id: number; text: string; user: number; bot: boolean }[] = [];
  status = 201;
  private readonly server: Server;

  constructor(readonly system: System) {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += String(part)));
      request.on('end', () => {
        const token = String(request.headers['private-token'] ?? request.headers.authorization);
        this.asked.push({ method: request.method!, path: request.url!, body, token });
        const refused = request.method !== 'GET' && this.status !== 201;
        response.writeHead(refused ? this.status : 200, { 'content-type': 'application/json' });
        const answer = refused ? { message: 'Resource not accessible by integration' } : this.answer(request.url!);
        response.end(JSON.stringify(answer));
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  stop = () => new Promise((resolve) => this.server.close(resolve));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private answer(path: string): unknown {
    if (path === '/user') return { id: 7, login: 'slipway' };
    const page = Number(new URL(path, this.url).searchParams.get('page') ?? 1);
    const some = this.comments.slice(100 * (page - 1), 100 * page);
    const user = ({ user: id, bot }: (typeof some)[number]) => ({ id, type: bot ? 'Bot' : 'User' });
    if (this.system === 'github') return some.map((one) => ({ id: one.id, body: one.text, user: user(one) }));
    if (this.system === 'gitlab') return some.map((one) => ({ id: one.id, body: one.text, author: { id: one.user } }));
    const next = `${this.url}${path.split('&page')[0]}&page=${page + 1}`;
    return {
      values: some.map((one) => ({
        id: one.id,
        content: { raw: one.text },
        user: { uuid: `{${one.user}}`, type: one.bot ? 'app_user' : 'user' },
      })),
      ...(this.comments.length > 100 * page && { next }),
    };
  }
}

const PATHS = {
  github: ['/repos/acme/models/issues/12/comments', '/repos/acme/models/issues/comments/42'],
  gitlab: ['/projects/88/merge_requests/12/notes', '/projects/88/merge_requests/12/notes/42'],
  bitbucket: [
    '/repositories/acme/models/pullrequests/12/comments',
    '/repositories/acme/models/pullrequests/12/comments/42',
  ],
} as const;

const ENVIRONMENT_OF: Readonly<Record<System, Readonly<Record<string, string>>>> = {
  github: { GITHUB_REPOSITORY: 'acme/models', GITHUB_REF: 'refs/pull/12/merge', GITHUB_TOKEN: 'ghs_secret' },
  gitlab: {
    CI_API_V4_URL: 'https://gitlab.example.com/api/v4',
    ...{ CI_MERGE_REQUEST_PROJECT_ID: '88', CI_MERGE_REQUEST_IID: '12', GITLAB_TOKEN: 'ghs_secret' },
  },
  bitbucket: { BITBUCKET_REPO_FULL_NAME: 'acme/models', BITBUCKET_PR_ID: '12', BITBUCKET_TOKEN: 'ghs_secret' },
};
const ENVIRONMENT = Object.assign({}, ...Object.values(ENVIRONMENT_OF)) as Record<string, string>;

describe.each(SYSTEMS)('the comment on %s', (system) => {
  const double = new Double(system);
  const marker = markerOf('slipway.yaml');
  const text = `${marker}\n\n### Sizing plan\n`;
  const places = () => ({ GITHUB_API_URL: double.url, CI_API_V4_URL: double.url, BITBUCKET_API_URL: double.url });

  beforeAll(() => double.start());
  afterAll(() => double.stop());
  beforeEach(() => {
    double.asked.length = 0;
    double.comments = [];
    double.status = 201;
  });

  const written = () => double.asked.filter(({ method }) => method !== 'GET');
  const keep = (said = text) => keepComment(commentApi(system, { ...ENVIRONMENT, ...places() }), marker, said);
  const own = (said = marker) => ({ id: 42, text: said, user: 7, bot: true });
  const saidIn = ({ body }: Asked) => {
    const document = JSON.parse(body) as { body?: string; content?: { raw: string } };
    return document.body ?? document.content!.raw;
  };

  test('is created, with the token', async () => {
    expect(await keep()).toBe('created');
    const [asked] = written() as [Asked];
    expect([asked.method, asked.path, saidIn(asked)]).toEqual(['POST', PATHS[system][0], text]);
    expect(asked.token).toContain('ghs_secret');
  });

  test('is updated, on whatever page it stands', async () => {
    const others = Array.from({ length: 100 }, (_, i) => ({ id: i + 100, text: 'hello', user: 3, bot: false }));
    double.comments = [...others, own()];
    expect(await keep()).toBe('updated');
    const [{ method, path }] = written() as [Asked];
    expect([written().length, method, path]).toEqual([1, system === 'github' ? 'PATCH' : 'PUT', PATHS[system][1]]);
  });

  test('stays as it is when nothing changes', async () => {
    double.comments = [own(text.trimEnd())];
    expect([await keep(), written()]).toEqual(['unchanged', []]);
  });

  test('is not that of a person who copied its first line', async () => {
    double.comments = [{ id: 9, text: `${marker} mine`, user: 3, bot: false }];
    expect(await keep()).toBe('created');
  });

  test('is as long as it may be, and closes what it opened', async () => {
    const long = `${text}<details>\n\n\`\`\`diff\n${'+ a line of the difference\n'.repeat(50_000)}\`\`\`\n</details>\n`;
    await keep(long);
    const said = saidIn(written()[0]!);
    expect(said.length).toBeLessThanOrEqual(commentApi(system, ENVIRONMENT_OF[system]).longest);
    expect(said).toMatch(/\n\+ a line of the difference\n```\n<\/details>\n\nThe rest does not fit here/);
  });

  test('without permission says what is missing, and not the token', async () => {
    double.status = 403;
    const message = await keep().catch((error: Error) => error.message);
    expect(message).toMatch(
      /^127\.0\.0\.1:\d+ answers POST \S+ with 403 Resource not accessible by integration; .*need|must/,
    );
    expect(message).not.toContain('ghs_secret');
  });

  test.each(Object.keys(ENVIRONMENT_OF[system]))('%s has to be set', (name) => {
    expect(() => commentApi(system, { ...ENVIRONMENT_OF[system], [name]: '' })).toThrow(`${name} is not set: `);
  });
});

test('a pull request of a fork, which has no token, has its review in the log', async () => {
  const environment = process.env;
  process.env = { ...environment, ...ENVIRONMENT, GITHUB_TOKEN: '' };
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
