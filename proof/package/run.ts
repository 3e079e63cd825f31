/**
 * `npm run proof:package`: the package is made and installed as others install it, into a folder that has nothing else. There
 * its command serves a model, and apps in TypeScript and JavaScript import it, under every release of TypeScript and Node.js
 * that is supported.
 *
 *     npm run proof:package [-- --quick]   with this Node.js and one TypeScript alone
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileDigest } from '../../lib/model/files/file-digest';
import { PACKAGE_NAME, PEERS } from '../../scripts/package/manifest';
import { endAll, run } from '../process';
import { conclude } from '../record';
import { Report } from '../report';
import { proveCdkInit } from './cdk-init';
import { proveVitest } from './vitest';

const ROOT = resolve(__dirname, '../..');
const LARGEST_TARBALL = 5_000_000;
const LARGEST_INSTALL = 30_000_000;
const TYPESCRIPTS = ['5.9', '6', '7'];
/** As npm delivers it, without a script that puts it into place. */
const NODE = `node-${process.platform}-${process.arch}`;
const NODES = ['20.19', '22', '24'];
const ONNX_RUNTIME = 'onnxruntime-node@1.30.0';

/** Of the AWS CDK, which whoever deploys has anyway. */
const CDK = ['aws-cdk-lib', '@aws-cdk', 'constructs'];

const SLIPWAY = ['npx', '--no', '--', 'slipway'];
const install = (...names: string[]) => ['npm', 'install', '--no-audit', '--no-fund', ...names];

function bytesOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

async function prove(report: Report, folder: string, quick: boolean): Promise<void> {
  const here = async (what: string, command: readonly string[], env = {}) => {
    const { code, output } = await run(command, { cwd: folder, env: { ...process.env, ...env } });
    report.check(code === 0, what, code === 0 ? '' : `\n${output.trim().split('\n').slice(-40).join('\n')}\n`);
    return output;
  };
  report.section('The package');
  const built = await run(['npm', 'run', '--silent', 'package'], { cwd: ROOT });
  const tarball = /build\/\S+\.tgz/.exec(built.output)?.[0];
  report.check(built.code === 0 && tarball !== undefined, 'npm run package', built.output.trim());
  if (tarball === undefined) return;
  const size = statSync(join(ROOT, tarball)).size;
  report.row('The tarball', 'at most 5 MB', `${(size / 1e6).toFixed(1)} MB`, size <= LARGEST_TARBALL);

  report.section('Installed into an empty folder');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'claims', private: true }));
  const first = await here('npm install, its scripts and all', [
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    join(ROOT, tarball),
  ]);
  report.check(!/deprecated|ERESOLVE/.test(first), 'npm warns of nothing', first.trim().split('\n')[0]);
  const modules = join(folder, 'node_modules');
  const [whole, cdk] = [bytesOf(modules), CDK.reduce((sum, name) => sum + bytesOf(join(modules, name)), 0)];
  const beside = whole - cdk;
  report.row(
    'Installed, without ONNX Runtime and the CDK',
    'at most 30 MB',
    `${(beside / 1e6).toFixed(1)} MB`,
    beside <= LARGEST_INSTALL,
  );

  const ours = join(modules, ...PACKAGE_NAME.split('/'));
  const pages = readdirSync(ours, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(bin|lib|lambda)\b.*\.js$/.test(path))
    .flatMap((path) => readFileSync(join(ours, path), 'utf8').match(/\bdocs\/[\w./-]+\.md\b/g) ?? []);
  report.equal(
    [...new Set(pages)].filter((page) => !existsSync(join(ours, page))),
    [],
    `each of ${new Set(pages).size} pages that its messages name is in it`,
  );

  report.section('Without ONNX Runtime');
  cpSync(join(ROOT, 'examples/breast-cancer'), folder, { recursive: true });
  const help = await here('slipway --help', [...SLIPWAY, '--help']);
  report.check(help.includes('Usage: npx slipway [options]'), 'it is called as it can be typed here');
  const lost = await run([...SLIPWAY, 'plan', '--stage', 'dev'], { cwd: folder });
  const [page] = /node_modules\/\S+\.md/.exec(lost.output) ?? [];
  report.check(
    page !== undefined && existsSync(join(folder, page)),
    'a page that it names is where it says',
    lost.output,
  );
  const pack = ['pack', 'model.joblib', '--golden', 'golden.json', '--name', 'claims', '--out', 'models/claims'];
  await here('a model is packed', [...SLIPWAY, ...pack]);
  const { code, output } = await run([...SLIPWAY, 'profile', 'models/claims'], { cwd: folder });
  report.check(
    code === 2 && output.includes(`npm install --ignore-scripts ${ONNX_RUNTIME}`),
    'what needs it says how to install it',
    output.trim(),
  );
  copyFileSync(join(ROOT, 'proof/package/app/serve.js'), join(folder, 'serve.js'));
  const served = await here('the embeddable server', ['node', 'serve.js']);
  report.equal(
    served.trim().split('\n'),
    ['{"status":200,"rows":2,"docs":200}', '{"complete":true}'],
    'it answers and ends',
  );

  report.section('The command');
  await here('npm install --ignore-scripts onnxruntime-node', [
    ...install('--ignore-scripts', ONNX_RUNTIME, 'aws-cdk@2.1148.1'),
  ]);
  const started = await here('slipway start model.joblib --golden golden.json', [
    ...SLIPWAY,
    ...['start', 'model.joblib', '--golden', 'golden.json', '--port', '9543', '--exit-after-verify'],
  ]);
  report.check(/32 (?:of 32 )?golden rows/.test(started), 'its golden rows hold through HTTPS');
  rmSync(join(folder, 'models'), { recursive: true });
  const made = await here('slipway init model.joblib', [
    ...SLIPWAY,
    ...['init', 'model.joblib', '--name', 'claims', '--yes', '--ci', 'github', '--compute', 'instances'],
  ]);
  report.check(/^Bill: .* USD\/month/m.test(made), 'it prints the bill');
  report.check(/ is the cheapest: .* would cost [\d.]+ USD\/month/.test(made), 'and why its front door was chosen');
  report.check(!/^next: /m.test(made), 'what comes next is told to terminals alone');
  await here('slipway runtime', [...SLIPWAY, 'runtime']);
  await here('slipway bundle', [...SLIPWAY, 'bundle', 'bundled', '--architecture', 'arm64']);
  await run([process.execPath, 'bin/launcher.js', 'bundle', join(folder, 'in-clone'), '--architecture', 'arm64'], {
    cwd: ROOT,
  });
  for (const name of readdirSync(join(folder, 'bundled'))) {
    const [here_, there] = ['bundled', 'in-clone'].map((each) => fileDigest(join(folder, each, name)));
    report.equal(here_, there, `${name} has the bytes that the tests of the clone ran`);
  }
  const cdkCommand = ['npx', '--no', '--', 'cdk'];
  await here('its stage by npx cdk synth', [...cdkCommand, 'synth', '--quiet', '--no-lookups']);
  const stacks = await here('npx cdk list', [...cdkCommand, 'list', '--no-lookups']);
  report.equal(stacks.match(/^dev\/\w+/gm), ['dev/Network', 'dev/Endpoint'], 'it has a network and an endpoint');

  if (!quick) {
    report.section('Projects of cdk init, and one with vitest');
    const empty = mkdtempSync(join(tmpdir(), 'slipway-cdk-init-'));
    const given = {
      tarball: join(ROOT, tarball),
      from: folder,
      folder: empty,
      cdkVersion: PEERS['aws-cdk-lib'].oldest,
    };
    try {
      await proveCdkInit({ report, ...given });
      await proveVitest({ report, ...given, folder: join(empty, 'vitest') });
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  }

  await proveTypes({ report, folder, modules, quick, here });
  for (const version of quick ? [undefined] : NODES) await proveNode({ report, folder, modules, version, here });
}

interface App {
  readonly report: Report;
  readonly folder: string;
  readonly modules: string;
  readonly here: (what: string, command: readonly string[], env?: object) => Promise<string>;
}

/** An app of one's own, under strict, with the libraries checked too. */
async function proveTypes({ report, folder, modules, quick, here }: App & { readonly quick: boolean }): Promise<void> {
  copyFileSync(join(ROOT, 'proof/package/app/app.ts'), join(folder, 'app.ts'));
  const options = {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    outDir: 'compiled',
    types: ['node'],
    skipLibCheck: false,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['app.ts'] }));
  for (const constructs of quick ? [undefined] : [PEERS.constructs.oldest, undefined]) {
    report.section(`Types under strict, constructs ${constructs ?? 'as the package has it'}`);
    if (constructs) await here(`constructs ${constructs} is installed`, install(`constructs@${constructs}`));
    for (const version of quick ? TYPESCRIPTS.slice(-1) : TYPESCRIPTS) {
      await here(`TypeScript ${version} is installed`, install(`typescript@${version}`, '@types/node@20'));
      await here(`libraries checked too, by TypeScript ${version}`, [join(modules, '.bin', 'tsc'), '-p', '.']);
    }
  }
}

/** The app, the server and the command in a release of Node.js, this one if none is named. */
async function proveNode(app: App & { readonly version: string | undefined }): Promise<void> {
  const { report, modules, version, here } = app;
  report.section(`Node.js ${version ?? process.versions.node}`);
  if (version) await here('it is installed', install(`${NODE}@${version}`));
  const node = version ? join(modules, NODE, 'bin/node') : process.execPath;
  const compiled = await here('the compiled app', [node, 'compiled/app.js']);
  report.check(
    /"groups":2,"instanceTypes":\["\w+\.\w+","\w+\.\w+"\],"functions":7/.test(compiled),
    'it has an endpoint and a variant that planned by themselves',
    compiled.trim().slice(-200),
  );
  const served = await here('the embeddable server', [node, 'serve.js']);
  report.check(served.includes('{"complete":true}'), 'it answers and ends');
  const env = { PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const said = await here('node --version', ['node', '--version'], env);
  report.check(said.startsWith(`v${version ?? ''}`), 'it is what the commands below run in', said.trim());
  const start = ['start', 'model.joblib', '--golden', 'golden.json', '--port', '9543', '--exit-after-verify'];
  const started = await here('npx slipway start model.joblib', [...SLIPWAY, ...start], env);
  report.check(/32 (?:of 32 )?golden rows/.test(started), 'its golden rows hold through HTTPS');
  await here('npx cdk synth of its stage', ['npx', '--no', '--', 'cdk', 'synth', '--quiet', '--no-lookups'], env);
}

async function main(): Promise<void> {
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-package-'));
  const quick = process.argv.includes('--quick');
  try {
    await prove(report, folder, quick);
  } finally {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  }
  if (!conclude('package', report, { whole: !quick })) process.exitCode = 1;
}

void main();
