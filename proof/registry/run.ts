/**
 * `npm run proof:registry`: the command line pushes packages to the S3 of the AWS emulator, lists and fetches them, and a stage
 * whose package is an address is planned and synthesised, also offline. A model of 2 GB goes in parts.
 */
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { fileDigest } from '../../lib/model/files/file-digest';
import { PACKAGE_FILES } from '../../lib/model/package/manifest';
import { readModelPackage } from '../../lib/model/package/model-package';
import { Bucket } from '../../lib/model-registry/bucket';
import { DEPLOYMENT_FIXTURES } from '../../testing/fixtures';
import { Emulator } from '../deploy/emulator';
import { endAll, run } from '../process';
import { pythonEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';

const ROOT = resolve(__dirname, '../..');
const MODEL = join(DEPLOYMENT_FIXTURES, 'models/breast-cancer');
const PLACE = 's3://models-of-ours/cancer';
/** Of a large model, in MB; 2048 without --quick. */
const QUICK = process.argv.includes('--quick');
const LARGE_MB = QUICK ? 304 : 2048;
/** Of a command that sends or fetches it, Node.js itself included. */
const MOST_MEMORY_MB = 600;
const MB = 1e6;

async function main(): Promise<void> {
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-registry-'));
  const { python } = await pythonEnvironment(console.log);
  const emulator = await Emulator.start(python, folder);
  const env = { ...process.env, ...emulator.environment, AWS_REGION: 'eu-west-1' };
  const slipway = (...words: string[]) =>
    run([process.execPath, join(ROOT, 'bin/launcher.js'), ...words], { cwd: folder, env });
  try {
    Object.assign(process.env, emulator.environment, { AWS_REGION: 'eu-west-1' });
    const bucket = new Bucket('models-of-ours', new CloudFormationClient({}).config);
    await bucket.send({
      method: 'PUT',
      key: '',
      body: '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
    });

    report.section('Packages by their digest');
    const { digest } = readModelPackage(MODEL);
    const address = `${PLACE}@sha256:${digest}`;
    writeFileSync(join(folder, 'metrics.json'), '{"auc": 0.93}');
    const pushed = await slipway('push', MODEL, PLACE, '--metrics', 'metrics.json');
    report.check(
      pushed.code === 0 && pushed.output.includes(`model: ${address}`),
      'a package is pushed',
      pushed.output,
    );
    const again = await slipway('push', MODEL, PLACE, '--metrics', 'metrics.json');
    report.check(
      again.code === 0 && again.output.includes('is there already'),
      'the same again changes nothing',
      again.output,
    );
    const encrypted = await slipway('push', MODEL, `${PLACE}-s3`, '--encryption-key', 's3');
    report.check(encrypted.code === 0, 'a package is pushed with keys of S3', encrypted.output);
    const head = await bucket.send({ method: 'HEAD', key: `cancer-s3/${digest}/model.onnx` });
    report.equal(head.headers.get('x-amz-server-side-encryption'), 'AES256', 'its files are encrypted so');

    const other = join(folder, 'other');
    cpSync(MODEL, other, { recursive: true });
    const profile = JSON.parse(readFileSync(join(other, 'profile.json'), 'utf8')) as object;
    writeFileSync(join(other, 'profile.json'), JSON.stringify(profile));
    const refused = await slipway('push', other, PLACE);
    report.check(
      refused.code === 2 && refused.output.includes('is there with another content'),
      'nothing is replaced',
      refused.output,
    );

    const text = readFileSync(join(DEPLOYMENT_FIXTURES, 'slipway.yaml'), 'utf8');
    writeFileSync(join(folder, 'slipway.yaml'), text.replace(/^model:.*$/m, `model: ${address}`));
    const listed = await slipway('versions', PLACE);
    report.check(listed.code === 0 && listed.output.includes(digest.slice(0, 12)), 'it is listed', listed.output);
    report.check(listed.output.includes('auc 0.93'), 'with its metrics', listed.output);

    const planned = await slipway('plan', '--stage', 'dev', '--json');
    report.check(
      planned.code === 0 && planned.output.includes('fetching s3://'),
      'a stage of it is planned',
      planned.output.slice(-500),
    );
    const offline = { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const words = ['plan', '--stage', 'dev', '--json'];
    const without = await run([process.execPath, join(ROOT, 'bin/launcher.js'), ...words], {
      cwd: folder,
      env: offline,
    });
    report.check(without.code === 0, 'and planned offline from then on', without.output.slice(-500));
    await synthesised(report, folder, offline);
    await large(report, folder, env);
  } finally {
    await emulator.stop();
    endAll();
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = conclude('registry', report, { whole: !QUICK }) ? 0 : 1;
}

async function synthesised(report: Report, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  mkdirSync(join(folder, 'out'));
  const runtime = join(ROOT, '.slipway/runtime');
  if (existsSync(runtime)) symlinkSync(runtime, join(folder, '.slipway/runtime'));
  const context = JSON.stringify({ 'slipway:folder': folder, 'slipway:config': join(folder, 'slipway.yaml') });
  const app = [process.execPath, '--import', 'tsx', join(ROOT, 'bin/app.ts')];
  const made = await run(app, {
    cwd: ROOT,
    env: { ...env, CDK_CONTEXT_JSON: context, CDK_OUTDIR: join(folder, 'out') },
  });
  // where "slipway runtime" has not run, synthesis ends there, which is behind the package
  const right = made.code === 0 || (!existsSync(runtime) && made.output.includes('E_RUNTIME_MISSING'));
  report.check(right && !made.output.includes('E_PACKAGE'), 'and synthesised offline', made.output.slice(-500));
}

/**
 * A package whose model has 2 GB, by the commands. Nothing of them looks into the model, so that it need not be one; each
 * process writes at its end how much memory it had at most.
 */
async function large(report: Report, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  report.section(`A model of ${LARGE_MB} MB`);
  const peaks = join(folder, 'peaks');
  const preload = join(folder, 'peak.cjs');
  const code = `process.on('exit', () => require('node:fs').appendFileSync(${JSON.stringify(peaks)}, process.resourceUsage().maxRSS + '\\n'));`;
  writeFileSync(preload, code);
  const measured = { ...env, NODE_OPTIONS: `--require ${preload}` };
  /** @returns what it printed, and the most memory in MB that a process of it had */
  const command = async (...words: string[]) => {
    writeFileSync(peaks, '');
    const ran = await run([process.execPath, join(ROOT, 'bin/launcher.js'), ...words], { cwd: folder, env: measured });
    const kilobytes = readFileSync(peaks, 'utf8').trim().split('\n').map(Number);
    return { ...ran, mb: (Math.max(...kilobytes) * 1024) / MB };
  };
  const bounded = (what: string, mb: number) =>
    report.row(
      `${what}: memory`,
      `at most ${MOST_MEMORY_MB} MB`,
      `${mb.toFixed(0)} MB`,
      mb > 0 && mb <= MOST_MEMORY_MB,
    );
  const told = (what: string, output: string, pattern: RegExp) => {
    const lines = output.match(pattern) ?? [];
    const least = Math.floor(LARGE_MB / 150);
    report.row(`${what}: progress`, `at least ${least} lines`, `${lines.length}`, lines.length >= least);
  };

  const large = join(folder, 'large');
  const address = largePackage(large);
  const pushed = await command('push', large, PLACE);
  report.check(pushed.code === 0 && pushed.output.includes(address), 'it is pushed', pushed.output.slice(-500));
  told('Pushed', pushed.output, /^model\.onnx: sent \d+ of \d+ MB$/gm);
  bounded('Pushed', pushed.mb);

  const text = readFileSync(join(DEPLOYMENT_FIXTURES, 'slipway.yaml'), 'utf8');
  writeFileSync(join(folder, 'slipway.yaml'), text.replace(/^model:.*$/m, `model: ${address}`));
  const fetched = await command('plan', '--stage', 'dev', '--json');
  report.check(fetched.code === 0, 'it is fetched, and its stage planned', fetched.output.slice(-500));
  told('Fetched', fetched.output, /^model\.onnx: \d+ of \d+ MB$/gm);
  bounded('Fetched', fetched.mb);
  const copy = join(folder, '.slipway/packages', address.slice(-64, -52), PACKAGE_FILES.model);
  report.equal(fileDigest(copy), fileDigest(join(large, PACKAGE_FILES.model)), 'it came back as it went');
}

/** @returns its address */
function largePackage(folder: string): string {
  cpSync(MODEL, folder, { recursive: true });
  const path = join(folder, PACKAGE_FILES.model);
  const piece = Buffer.alloc(8 * MB, 'slipway ');
  const file = openSync(path, 'w');
  for (let at = 0; at < LARGE_MB; at += 8) {
    piece.writeUInt32LE(at, 0);
    writeSync(file, piece);
  }
  closeSync(file);
  const described = join(folder, PACKAGE_FILES.manifest);
  const manifest = JSON.parse(readFileSync(described, 'utf8')) as { model: object };
  manifest.model = { ...manifest.model, bytes: statSync(path).size, sha256: fileDigest(path) };
  writeFileSync(described, JSON.stringify(manifest));
  const measured = join(folder, PACKAGE_FILES.profile);
  const profile = JSON.parse(readFileSync(measured, 'utf8')) as object;
  writeFileSync(measured, JSON.stringify({ ...profile, modelSha256: fileDigest(path) }));
  return `${PLACE}@sha256:${readModelPackage(folder).digest}`;
}

main();
