/**
 * `npm run proof:own-model`: the gate of somebody who deploys a model of their own. In a copy of this working tree the models
 * and slipway.yaml give way to another model, two stages of other names, and a catalogue of their region; then the tests that
 * could know the example run, and the stages are synthesised.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readModelPackage } from '../../lib/model/package/model-package';
import { catalogueText, parseCatalogueFile } from '../../lib/sizing/catalogue/file';
import { DEPLOYMENT_FIXTURES } from '../../testing/fixtures';
import { endAll, run } from '../process';
import { Report } from '../report';

const ROOT = resolve(__dirname, '../..');
const MODEL = 'models/claims';
const REGION = 'eu-central-1';

const SLIPWAY_YAML = `model: ${MODEL}
stages:
  trial:
    region: ${REGION}
    availability: single
    traffic: { requestsPerSecond: 3, p99: 250ms }
    monitoring: { notify: none }
    domain: { name: claims.trial.insurance.example, zone: insurance.example, zoneId: Z0123456789TRIAL }
  live:
    region: ${REGION}
    availability: zone
    traffic: { requestsPerSecond: 50, p99: 100ms }
    monitoring: { notify: [claims@insurance.example] }
    domain: { name: claims.insurance.example, zone: insurance.example, zoneId: Z0123456789TRIAL }
`;

/** Suites that read a configuration, a package, a catalogue or templates; all of them would take too long. */
const SUITES = [
  'test/bin/(plan|slipway|how-to-deploy)',
  'test/comparison/command',
  'test/config/load',
  'test/docs/handler',
  'test/packaging/pack',
  'test/report/report',
  'test/sizing/catalogue',
  'test/stacks',
  'test/verification',
];

/** A copy of what is, or will be, committed; what is fetched and ignored is shared. */
async function copyTo(folder: string): Promise<void> {
  const { output } = await run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const path of new Set(output.split('\0').filter(Boolean))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path), { verbatimSymlinks: true });
  }
  mkdirSync(join(ROOT, '.slipway/runtime'), { recursive: true });
  mkdirSync(join(folder, '.slipway'));
  symlinkSync(join(ROOT, '.slipway/runtime'), join(folder, '.slipway/runtime'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** Prices a tenth dearer: a catalogue as `slipway catalog refresh` may leave it. */
function raisePrices(folder: string, region: string): void {
  const path = join(folder, 'lib/sizing/catalogue/regions', `${region}.json`);
  const file = JSON.parse(readFileSync(path, 'utf8')) as { columns: string[]; types: unknown[][] };
  const price = file.columns.indexOf('usdPerHour');
  if (price < 0) throw new Error(`${path} has no column usdPerHour`);
  const types = file.types.map((row) =>
    row.map((cell, i) => (i === price && typeof cell === 'number' ? 1.1 * cell : cell)),
  );
  writeFileSync(
    path,
    catalogueText(parseCatalogueFile(JSON.stringify({ ...file, capturedAt: '2026-11-29', types }), path)),
  );
}

async function prove(report: Report, folder: string): Promise<void> {
  await copyTo(folder);
  for (const model of readdirSync(join(folder, 'models'))) rmSync(join(folder, 'models', model), { recursive: true });
  writeFileSync(join(folder, 'slipway.yaml'), SLIPWAY_YAML);
  for (const region of [REGION, 'eu-west-1']) raisePrices(folder, region); // and that of the example

  const here = async (what: string, command: readonly string[]) => {
    const { code, output } = await run(command, { cwd: folder });
    report.check(code === 0, what, code === 0 ? '' : `\n${output.trim().split('\n').slice(-200).join('\n')}\n`);
    return output;
  };
  const slipway = [process.execPath, 'bin/launcher.js'];
  const example = (file: string) => join('examples/loan', file);
  await here('a model of their own is packed', [
    ...slipway,
    ...['pack', example('model.joblib'), '--golden', example('golden.json'), '--name', 'claims', '--out', MODEL],
  ]);
  // not measured, which would take longer than all the rest: only its digest is of this model
  const { manifest } = readModelPackage(join(folder, MODEL));
  const profile = JSON.parse(readFileSync(join(DEPLOYMENT_FIXTURES, 'models/breast-cancer/profile.json'), 'utf8'));
  writeFileSync(
    join(folder, MODEL, 'profile.json'),
    JSON.stringify({ ...profile, modelSha256: manifest.model.sha256 }),
  );

  const jest = [process.execPath, require.resolve('jest/bin/jest'), '--ci', '--silent'];
  await here(`the tests of ${SUITES.join(', ')}`, [...jest, ...SUITES]);
  await here('npm run synth', ['npm', 'run', '--silent', 'synth']);
  for (const stage of ['trial', 'live']) {
    const assembly = join(folder, 'cdk.out', `assembly-${stage}`);
    const files = existsSync(assembly) ? readdirSync(assembly) : [];
    const templates = files.filter((file) => file.endsWith('.template.json'));
    report.equal(templates.length, 2, `${stage} has the templates of a network and an endpoint`);
  }
}

async function main(): Promise<void> {
  const report = new Report(console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-own-model-'));
  try {
    await prove(report, folder);
  } finally {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  }
  if (report.close().failed > 0) process.exitCode = 1;
}

void main();
