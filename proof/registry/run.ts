/**
 * `npm run proof:registry`: the command line pushes packages to the S3 of the AWS emulator, lists and fetches them, and a stage
 * whose package is an address is planned and synthesised, also offline. A model of 2 GB goes in parts.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { readModelPackage } from '../../lib/model/package/model-package';
import { Bucket } from '../../lib/model-registry/bucket';
import { download } from '../../lib/model-registry/pull';
import { upload } from '../../lib/model-registry/upload';
import { DEPLOYMENT_FIXTURES } from '../../testing/fixtures';
import { Emulator } from '../deploy/emulator';
import { endAll, run } from '../process';
import { pythonEnvironment } from '../python/environment';
import { Report } from '../report';

const ROOT = resolve(__dirname, '../..');
const MODEL = join(DEPLOYMENT_FIXTURES, 'models/breast-cancer');
const PLACE = 's3://models-of-ours/cancer';
/** Of a large model, in MB; 2048 without --quick. */
const LARGE_MB = process.argv.includes('--quick') ? 200 : 2048;
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
    await large(report, folder, bucket);
  } finally {
    await emulator.stop();
    endAll();
    rmSync(folder, { recursive: true, force: true });
  }
  process.exitCode = report.close().failed > 0 ? 1 : 0;
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

async function large(report: Report, folder: string, bucket: Bucket): Promise<void> {
  const path = join(folder, 'large.onnx');
  const piece = Buffer.alloc(8 * MB, 'slipway ');
  const file = openSync(path, 'w');
  const digest = createHash('sha256');
  for (let at = 0; at < LARGE_MB; at += 8) {
    piece.writeUInt32LE(at, 0);
    writeSync(file, piece);
    digest.update(piece);
  }
  closeSync(file);
  const said: string[] = [];
  const before = process.memoryUsage().rss;
  const started = performance.now();
  await upload(bucket, 'large/model.onnx', path, { onProgress: (text) => said.push(text) });
  const up = (performance.now() - started) / 1000;
  const copy = join(folder, 'copy.onnx');
  const most = 3000 * MB;
  const found = await download(bucket, 'large/model.onnx', { path: copy, most, onProgress: (text) => said.push(text) });
  report.equal(found, digest.digest('hex'), `${LARGE_MB} MB come back as they went, in ${up.toFixed(0)} s up`);
  const grown = (process.memoryUsage().rss - before) / MB;
  report.check(grown < 600, 'they stream: memory grows by less than 600 MB', `${grown.toFixed(0)} MB`);
  report.check(said.length >= LARGE_MB / 100, 'progress is told', said.at(-1)!);
}

main();
