/**
 * The comment of a pull request, held against what GitHub, GitLab and Bitbucket say of their APIs: a proxy made of each
 * description refuses a request or an answer that does not fit it, and clients that people use are asked to do the same.
 *
 *     npm run proof:pull-requests
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { keepComment, markerOf } from '../../bin/review/comment';
import { type CommentApi, commentApi, SYSTEMS, type System } from '../../bin/review/systems';
import { ownPackages } from '../../scripts/own-packages';
import { type Asked, OWN_USER, PullRequestDouble } from '../../testing/pull-requests/double';
import { ProofProblem } from '../problem';
import { endAll, run } from '../process';
import { virtualEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';
import { descriptionOf, queriesOf } from './descriptions';
import { type DescribedProxy, startProxy } from './proxy';

const FOLDER = resolve('.slipway/proof-pull-requests');
const ENVIRONMENT = resolve('.slipway/proof-pull-requests-venv');
const TOKEN = 'ghs_secret';

const VARIABLES: Readonly<Record<System, (url: string) => Readonly<Record<string, string>>>> = {
  github: (url) => ({ GITHUB_API_URL: url, GITHUB_REPOSITORY: 'acme/models', GITHUB_REF: 'refs/pull/12/merge' }),
  gitlab: (url) => ({ CI_API_V4_URL: url, CI_MERGE_REQUEST_PROJECT_ID: '88', CI_MERGE_REQUEST_IID: '12' }),
  bitbucket: (url) => ({ BITBUCKET_API_URL: url, BITBUCKET_REPO_FULL_NAME: 'acme/models', BITBUCKET_PR_ID: '12' }),
};

/** What has the API of a system at a server. */
const rootOf = (system: System, url: string) => (system === 'gitlab' ? `${url}/api/v4` : url);

class PullRequest {
  constructor(
    private readonly report: Report,
    private readonly system: System,
    private readonly double: PullRequestDouble,
    private readonly proxy: DescribedProxy,
    private readonly queries: ReadonlySet<string>,
  ) {}

  private api(token = TOKEN): CommentApi {
    const { system } = this;
    const variables = VARIABLES[system](rootOf(system, this.proxy.url));
    return commentApi(system, { ...variables, [`${system.toUpperCase()}_TOKEN`]: token });
  }

  private readonly marker = markerOf('slipway.yaml');

  private async kept(text: string, api = this.api()): Promise<string> {
    return keepComment(api, this.marker, `${this.marker}\n\n${text}`).catch((error: Error) => error.message);
  }

  async prove(): Promise<void> {
    const { report, double } = this;
    report.equal(await this.kept('one'), 'created', 'a comment is created');
    report.equal(await this.kept('one'), 'unchanged', 'it is left as it is');
    report.equal(await this.kept('two'), 'updated', 'it is updated in place');
    report.equal(
      double.comments.map(({ text }) => text),
      [`${this.marker}\n\ntwo`],
      'there is one, with the last text',
    );
    const [own] = double.comments.splice(0);
    double.comments = Array.from({ length: 230 }, (_, i) => ({ id: 100 + i, text: 'hello', user: 3, bot: false }));
    double.comments.push(own!);
    report.equal(await this.kept('three'), 'updated', 'it is found on the third page');
    double.reset();
    report.equal(await this.kept('+ a line\n'.repeat(200_000)), 'created', 'one that is too long is created');
    if (this.system === 'github') {
      double.reset();
      double.comments = [{ id: 9, text: `${this.marker} mine`, user: OWN_USER, bot: false }];
      report.equal(
        await this.kept('x', this.api('github_pat_x')),
        'updated',
        'that of a token of a person is known by who has it',
      );
    }
    const asked = double.asked.flatMap(({ path }) => [...new URL(path, this.proxy.url).searchParams.keys()]);
    report.equal(
      [...new Set(asked)].filter((name) => !this.queries.has(name)),
      [],
      'the description knows each parameter of a query',
    );
    await this.refused();
    await this.besideClient();
  }

  /** The description must see a mistake. */
  private async refused(): Promise<void> {
    const { report, double } = this;
    const api = this.api();
    const wrong: Readonly<Record<string, CommentApi>> = {
      'another member of the body': { ...api, body: (text) => ({ text }) },
      'a body that is no object': { ...api, body: (text) => [text] },
      'a comment that is written where it is read': { ...api, update: { ...api.update, url: () => api.create } },
      'another method of the update': {
        ...api,
        update: { ...api.update, method: api.update.method === 'PUT' ? 'PATCH' : 'PUT' },
      },
      ...(this.system !== 'github' && { 'no token': { ...api, headers: {} } }),
    };
    for (const [what, broken] of Object.entries(wrong)) {
      double.reset();
      if (what.includes('update') || what.includes('written')) {
        double.comments = [{ id: 42, text: this.marker, user: OWN_USER, bot: true }];
      }
      const message = await this.kept('one', broken);
      report.check(/ with (401|404|405|422) /.test(message), `the description refuses ${what}`, message.slice(0, 160));
    }
  }

  private async besideClient(): Promise<void> {
    const { report, double, system } = this;
    double.reset();
    await this.kept('one');
    await this.kept('two');
    const ours = new Set(double.asked.map(asRequest));
    double.reset();
    const text = (said: string) => `${this.marker}\n\n${said}`;
    const program = [join(ENVIRONMENT, 'bin/python'), join(__dirname, 'clients.py')];
    const client = await run([...program, system, rootOf(system, this.proxy.url), text('one'), text('two')]);
    report.check(client.code === 0, 'the client gets what it wants from the double', client.output.trim().slice(-500));
    const theirs = [...new Set(double.asked.map(asRequest))];
    report.equal(theirs.length, 3, 'it reads, creates and updates');
    report.equal(
      theirs.filter((request) => !ours.has(request)),
      [],
      'each of its requests is one of ours: method, path, token and body',
    );
  }
}

/** What makes a request the same to a system. */
function asRequest({ method, path, body, headers }: Asked): string {
  const { authorization, 'private-token': key } = headers;
  const token = key === undefined ? authorization?.replace(/^token /, 'Bearer ') : `private ${key}`;
  return JSON.stringify([method, path.split('?')[0], token, body && (JSON.parse(body) as unknown)]);
}

async function main(): Promise<number> {
  const report = new Report(console.log);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const packages = ownPackages(__dirname);
  const requirements = join(__dirname, 'requirements.txt');
  await virtualEnvironment({ requirements, directory: ENVIRONMENT, contents: 'clients of the systems' }, (text) =>
    console.log(`  ${text}`),
  );
  const prism = packages.resolve('@stoplight/prism-cli/package.json');
  const { version } = JSON.parse(readFileSync(prism, 'utf8')) as { version: string };
  const github = packages('@octokit/openapi/generated/api.github.com.json');
  for (const system of SYSTEMS) {
    report.section(`The comment on ${{ github: 'GitHub', gitlab: 'GitLab', bitbucket: 'Bitbucket' }[system]}`);
    const description = join(FOLDER, `${system}.json`);
    const described = descriptionOf(system, github);
    writeFileSync(description, JSON.stringify(described));
    const double = new PullRequestDouble(system);
    await double.start();
    const proxy = await startProxy(
      join(prism, '../dist/index.js'),
      description,
      double.url,
      join(FOLDER, `${system}.log`),
    );
    double.public = rootOf(system, proxy.url);
    try {
      await new PullRequest(report, system, double, proxy, queriesOf(described)).prove();
    } finally {
      await proxy.stop();
      await double.stop();
    }
  }
  return conclude('pull-requests', report, { versions: { Prism: version } }) ? 0 : 1;
}

main()
  .catch((error) => {
    console.error(error instanceof ProofProblem ? error.message : error);
    return 2;
  })
  .then((status) => {
    endAll();
    process.exit(status);
  });
