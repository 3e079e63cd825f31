/**
 * The pipelines that `slipway init --ci` writes, the workflows of this repository and those of docs/guide/pull-requests.md, each
 * held against the linter or the schema of its system; and the app of CDK Pipelines, compiled and synthesised.
 *
 *     npm run proof:pipelines
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PIPELINES } from '../../bin/init/pipelines';
import { ownPackages } from '../../scripts/own-packages';
import { DEPLOYMENT_FIXTURES } from '../../testing/fixtures';
import { ProofProblem } from '../problem';
import { run } from '../process';
import { virtualEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';

const FOLDER = resolve('.slipway/proof-pipelines');
const GUIDE = resolve('docs/guide/pull-requests.md');
const ACTIONLINT = 'v1.7.12';
const STAGE = 'dev';

/** Names of the schemas that check-jsonschema has with it. */
const SCHEMAS = {
  github: 'vendor.github-workflows',
  gitlab: 'vendor.gitlab-ci',
  bitbucket: 'vendor.bitbucket-pipelines',
} as const;

/** What no system takes: the check must see it. */
const BROKEN: Readonly<Record<string, (text: string) => string>> = {
  github: (text) => text.replace('runs-on:', 'run-on:'),
  gitlab: (text) => text.replace('  script:', '  skript:'),
  bitbucket: (text) => text.replace('oidc: true', 'oidc: [maybe]'),
};

/** The blocks of a language in the guide. */
function blocks(language: string): string[] {
  const found = readFileSync(GUIDE, 'utf8').matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...found].map(([, text]) => text!);
}

async function schemas(report: Report, written: Readonly<Record<string, string>>): Promise<void> {
  report.section('Schemas of GitHub, GitLab and Bitbucket');
  const directory = resolve('.slipway/proof-pipelines-venv');
  const requirements = join(__dirname, 'requirements.txt');
  await virtualEnvironment({ requirements, directory, contents: 'check-jsonschema' }, (text) =>
    console.log(`  ${text}`),
  );
  const check = (schema: string, file: string) => {
    const transform = schema.includes('gitlab') ? ['--data-transform', 'gitlab-ci'] : [];
    return run([join(directory, 'bin/check-jsonschema'), '--builtin-schema', schema, ...transform, file]);
  };
  for (const [system, schema] of Object.entries(SCHEMAS)) {
    const { code, output } = await check(schema, written[system]!);
    report.check(code === 0, `${PIPELINES[system]!.file} of init fits the schema of ${system}`, output.trim());
    const broken = `${written[system]}.broken.yml`;
    writeFileSync(broken, BROKEN[system]!(readFileSync(written[system]!, 'utf8')));
    report.check((await check(schema, broken)).code !== 0, 'and one with a mistake does not');
  }
}

async function actions(report: Report, github: string): Promise<void> {
  report.section('actionlint');
  const bin = join(FOLDER, 'bin');
  const env = { ...process.env, GOBIN: bin, GOFLAGS: '-mod=mod' };
  const made = await run(['go', 'install', `github.com/rhysd/actionlint/cmd/actionlint@${ACTIONLINT}`], { env }).catch(
    (error: Error) => ({ code: 1, output: error.message }),
  );
  if (made.code !== 0) return report.unproved('actionlint', `it could not be built with Go: ${made.output.trim()}`);
  const own = readdirSync('.github/workflows').map((file) => join('.github/workflows', file));
  const { code, output } = await run([join(bin, 'actionlint'), '-shellcheck=', '-pyflakes=', github, ...own]);
  report.check(
    code === 0,
    `has nothing to say about init's workflow and ${own.length} of this repository`,
    output.trim(),
  );
  const broken = join(FOLDER, 'broken.yml');
  writeFileSync(broken, readFileSync(github, 'utf8').replace('github.token', 'github.tokn'));
  const wrong = await run([join(bin, 'actionlint'), '-shellcheck=', '-pyflakes=', broken]);
  report.check(wrong.code !== 0 && wrong.output.includes('tokn'), 'and finds an expression that is misspelled');
}

/** What the command of Debian's groovy asks for, which knows no other Java than that of default-jre. */
function javaHome(): NodeJS.ProcessEnv {
  const { JAVA_HOME, PATH = '' } = process.env;
  if (JAVA_HOME !== undefined && existsSync(join(JAVA_HOME, 'bin/java'))) return process.env;
  const java = PATH.split(':')
    .map((folder) => join(folder, 'java'))
    .find((path) => existsSync(path));
  return java === undefined ? process.env : { ...process.env, JAVA_HOME: dirname(dirname(realpathSync(java))) };
}

async function jenkins(report: Report, written: string): Promise<void> {
  const broken = file(
    'broken/Jenkinsfile',
    readFileSync(written, 'utf8').replace("agent { docker { image 'node:24' } }", 'agent {'),
  );
  const files = [written, ...blocks('groovy').map((text, i) => file(`guide-${i}/Jenkinsfile`, text))];
  const env = javaHome();
  await groovyLint(report, { files, broken, env });
  report.section('Groovy');
  const parse = (path: string) => run(['groovy', join(__dirname, 'parse.groovy'), path], { env });
  const there = await run(['groovy', '--version'], { env }).catch(() => ({ code: 1 }));
  if (there.code !== 0)
    return report.unproved('Jenkinsfiles', 'groovy does not run; on Debian: apt install groovy default-jre');
  for (const path of files) {
    const { code, output } = await parse(path);
    report.check(
      code === 0,
      `${path.slice(FOLDER.length + 1)} is Groovy with the sections of a pipeline`,
      output.trim(),
    );
  }
  report.check((await parse(broken)).code !== 0, 'and one that is cut is not');
}

interface Jenkinsfiles {
  readonly files: readonly string[];
  readonly broken: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Jenkins' own linter is a plugin of a running Jenkins, which no package registry has; this one has rules for Jenkinsfiles. */
async function groovyLint(report: Report, { files, broken, env }: Jenkinsfiles): Promise<void> {
  report.section('npm-groovy-lint');
  const java = await run(['java', '-version'], { env }).catch(() => ({ code: 1 }));
  if (java.code !== 0) return report.unproved('Jenkinsfiles', 'there is no java; on Debian: apt install default-jre');
  const program = join(dirname(ownPackages(__dirname).resolve('npm-groovy-lint')), 'index.js');
  const options = ['--no-insight', '--noserver', '--failon', 'info', '--config', join(__dirname, '.groovylintrc.json')];
  const lint = (path: string) => run([process.execPath, program, ...options, path], { env });
  for (const path of files) {
    const { code, output } = await lint(path);
    report.check(
      code === 0,
      `has nothing to say about ${path.slice(FOLDER.length + 1)}`,
      code === 0 ? '' : output.trim(),
    );
  }
  report.check((await lint(broken)).code !== 0, 'and finds one that is cut');
}

async function cdkPipelines(report: Report): Promise<void> {
  report.section('CDK Pipelines');
  const [text] = blocks('ts') as [string];
  const folder = join(FOLDER, 'cdk');
  cpSync(DEPLOYMENT_FIXTURES, folder, { recursive: true });
  writeFileSync(join(folder, 'pipeline.ts'), text);
  const stacks = resolve('lib/stacks/index');
  const options = { noEmit: true, rootDir: resolve('.'), paths: { '@slipway-ml/slipway/stacks': [stacks] } };
  const tsconfig = { extends: resolve('tsconfig.json'), compilerOptions: options, include: ['pipeline.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const types = await run([resolve('node_modules/.bin/tsc'), '-p', folder]);
  report.check(types.code === 0, 'the app of the guide compiles', types.output.trim());
  const env = { ...process.env, CDK_OUTDIR: join(folder, 'cdk.out'), TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') };
  await run([process.execPath, resolve('bin/launcher.js'), 'runtime'], { cwd: folder });
  const synth = await run([process.execPath, '--import', 'tsx', 'pipeline.ts'], { cwd: folder, env });
  report.check(synth.code === 0, 'and is synthesised', synth.output.trim().slice(-2000));
  if (synth.code !== 0) return;
  const template = readFileSync(join(folder, 'cdk.out', 'Pipeline.template.json'), 'utf8');
  const { Resources } = JSON.parse(template) as { Resources: Record<string, { Type: string; Properties: Pipeline }> };
  const pipeline = Object.values(Resources).find(({ Type }) => Type === 'AWS::CodePipeline::Pipeline')!;
  const names = pipeline.Properties.Stages.map(({ Name }) => Name);
  report.equal(
    names.filter((name) => ['dev', 'staging', 'prod'].includes(name)),
    ['dev', 'staging', 'prod'],
    'stages of the pipeline, in their order',
  );
}

interface Pipeline {
  readonly Stages: readonly { readonly Name: string }[];
}

function file(name: string, text: string): string {
  const path = join(FOLDER, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

async function main(): Promise<number> {
  const report = new Report(console.log);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const written = Object.fromEntries(
    Object.entries(PIPELINES).map(([system, { file: name, text }]) => [
      system,
      file(system === 'jenkins' ? 'init/Jenkinsfile' : `${system}.${name.replaceAll('/', '-')}`, text(STAGE)),
    ]),
  );
  await schemas(report, written);
  await actions(report, written.github!);
  await jenkins(report, written.jenkins!);
  await cdkPipelines(report);
  return conclude('pipelines', report, { versions: { actionlint: ACTIONLINT } }) ? 0 : 1;
}

main().then(
  (status) => process.exit(status),
  (error) => {
    console.error(error instanceof ProofProblem ? error.message : error);
    process.exit(2);
  },
);
