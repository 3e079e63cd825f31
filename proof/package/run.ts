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
import { join, resolve } from 'node:path';
import { fileDigest } from '../../lib/model/files/file-digest';
import { MIB } from '../../lib/model/units';
import { PACKAGE_NAME, PEERS } from '../../scripts/package/manifest';
import { endAll, run } from '../process';
import { Report } from '../report';
import { proveCdkInit } from './cdk-init';

const ROOT = resolve(__dirname, '../..');
const LARGEST_TARBALL = 5_000_000;
const LARGEST_INSTALL = 30 * MIB;
const TYPESCRIPTS = ['5.9', '6', '7'];
/** As npm delivers it, without a script that puts it into place. */
const NODE = `node-${process.platform}-${process.arch}`;
const NODES = ['20.19', '22', '24'];
const ONNX_RUNTIME = 'onnxruntime-node@1.30.0';

/** Of the AWS CDK, which whoever deploys has anyway. */
const CDK = ['aws-cdk-lib', '@aws-cdk', 'constructs'];

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
  const install = (...names: string[]) => ['npm', 'install', '--no-audit', '--no-fund', ...names];

  report.section('The package');
  const built = await run(['npm', 'run', '--silent', 'package'], { cwd: ROOT });
  const tarball = /build\/\S+\.tgz/.exec(built.output)?.[0];
  report.check(built.code === 0 && tarball !== undefined, 'npm run package', built.output.trim());
  if (tarball === undefined) return;
  const size = statSync(join(ROOT, tarball)).size;
  report.check(size <= LARGEST_TARBALL, 'the tarball has at most 5 MB', `${(size / 1e6).toFixed(1)} MB`);

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
  report.check(
    whole - cdk <= LARGEST_INSTALL,
    'without the CDK at most 30 MiB',
    `${((whole - cdk) / MIB).toFixed(1)} MiB`,
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
  const slipway = ['npx', '--no', '--', 'slipway'];
  const help = await here('slipway --help', [...slipway, '--help']);
  report.check(help.includes('Usage: npx slipway [options]'), 'it is called as it can be typed here');
  const lost = await run([...slipway, 'plan', '--stage', 'dev'], { cwd: folder });
  const [page] = /node_modules\/\S+\.md/.exec(lost.output) ?? [];
  report.check(
    page !== undefined && existsSync(join(folder, page)),
    'a page that it names is where it says',
    lost.output,
  );
  const pack = ['pack', 'model.joblib', '--golden', 'golden.json', '--name', 'claims', '--out', 'models/claims'];
  await here('a model is packed', [...slipway, ...pack]);
  const { code, output } = await run([...slipway, 'profile', 'models/claims'], { cwd: folder });
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
    ...slipway,
    ...['start', 'model.joblib', '--golden', 'golden.json', '--port', '9543', '--exit-after-verify'],
  ]);
  report.check(/32 (?:of 32 )?golden rows/.test(started), 'its golden rows hold through HTTPS');
  rmSync(join(folder, 'models'), { recursive: true });
  const made = await here('slipway init model.joblib', [
    ...slipway,
    ...['init', 'model.joblib', '--name', 'claims', '--yes', '--ci', 'github', '--compute', 'instances'],
  ]);
  report.check(/^Bill: .* USD\/month/m.test(made), 'it prints the bill');
  report.check(/ is the cheapest: .* would cost [\d.]+ USD\/month/.test(made), 'and why its front door was chosen');
  report.check(!/^next: /m.test(made), 'what comes next is told to terminals alone');
  await here('slipway runtime', [...slipway, 'runtime']);
  await here('slipway bundle', [...slipway, 'bundle', 'bundled', '--architecture', 'arm64']);
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
    report.section('Projects of cdk init');
    const empty = mkdtempSync(join(tmpdir(), 'slipway-cdk-init-'));
    const given = {
      tarball: join(ROOT, tarball),
      from: folder,
      folder: empty,
      cdkVersion: PEERS['aws-cdk-lib'].oldest,
    };
    try {
      await proveCdkInit({ report, ...given });
    } finally {
      rmSync(empty, { recursive: true, force: true });
    }
  }

  report.section('An app of one’s own');
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
  const ends = quick ? [undefined] : [PEERS.constructs.oldest, undefined];
  for (const constructs of ends) {
    if (constructs) await here(`with constructs ${constructs}`, install(`constructs@${constructs}`));
    for (const version of quick ? TYPESCRIPTS.slice(-1) : TYPESCRIPTS) {
      await here(`TypeScript ${version} is installed`, install(`typescript@${version}`, '@types/node@20'));
      await here(`types under strict, libraries checked too, by TypeScript ${version}`, [
        join(modules, '.bin', 'tsc'),
        '-p',
        '.',
      ]);
    }
  }
  for (const version of quick ? [undefined] : NODES) {
    if (version) await here(`Node.js ${version} is installed`, install(`${NODE}@${version}`));
    const name = version ? `Node.js ${version}` : `Node.js ${process.versions.node}`;
    const app = await here(`the compiled app in ${name}`, [
      version ? join(modules, NODE, 'bin/node') : 'node',
      'compiled/app.js',
    ]);
    report.check(
      /"groups":2,"instanceTypes":\["\w+\.\w+","\w+\.\w+"\],"functions":7/.test(app),
      'it has an endpoint and a variant that planned by themselves',
      app.trim().slice(-200),
    );
  }
}

async function main(): Promise<void> {
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-package-'));
  try {
    await prove(report, folder, process.argv.includes('--quick'));
  } finally {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  }
  if (report.close().failed > 0) process.exitCode = 1;
}

void main();
