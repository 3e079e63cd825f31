/**
 * `npm run proof:python-helper`: models that bin/python/slipway_save.py has saved, with the newest pandas, polars, numpy,
 * XGBoost and LightGBM, are packed, and their golden rows hold.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isVerified } from '../../lib/model/package/manifest';
import { readModelPackage } from '../../lib/model/package/model-package';
import { run } from '../process';
import { virtualEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';

const ROOT = resolve(__dirname, '../..');
const DIRECTORY = resolve('.slipway/helper-venv');
/** Kinds of rows that cases.py has. */
const CASES = 12;
const MOST_ROWS = 5000;

async function main(): Promise<void> {
  const report = new Report(console.log);
  const requirements = join(__dirname, 'requirements.txt');
  await virtualEnvironment({ requirements, directory: DIRECTORY, contents: 'pandas, polars and models' }, console.log);
  const folder = mkdtempSync(join(tmpdir(), 'slipway-helper-'));
  try {
    report.section('Saved by slipway_save.py');
    const python = [join(DIRECTORY, 'bin/python'), '-W', 'ignore', join(__dirname, 'cases.py'), folder];
    const made = await run(python);
    report.check(made.code === 0, 'every kind of rows is saved', made.output.trim().slice(-2000));
    const cases = readdirSync(folder).sort();
    report.check(cases.length === CASES, `there are ${CASES}`, cases.join(', '));
    report.section('Packed, with golden rows that hold');
    for (const name of cases) await packed(report, folder, name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const pins = readFileSync(requirements, 'utf8').matchAll(/^([\w.-]+)==(\S+)/gm);
  const versions = Object.fromEntries([...pins].map(([, name, version]) => [name!, version!]));
  process.exitCode = conclude('python-helper', report, { versions }) ? 0 : 1;
}

async function packed(report: Report, folder: string, name: string): Promise<void> {
  const out = join(folder, name, 'package');
  const words = ['pack', join(folder, name), '--name', name, '--out', out, '--ties', 'first'];
  const { code, output } = await run([process.execPath, join(ROOT, 'bin/launcher.js'), ...words]);
  if (code !== 0) return report.check(false, `${name}: packs`, output.trim());
  const { manifest, golden, training } = readModelPackage(out);
  const rows = golden?.inputs.length ?? 0;
  report.check(
    isVerified(manifest) && rows > 0 && rows <= MOST_ROWS,
    `${name}: its ${rows} golden rows hold`,
    hint(output),
  );
  report.check((training !== undefined) === (name !== 'texts'), `${name}: it has the training rows`);
  if (name === 'without-answers') return;
  const { score } = JSON.parse(readFileSync(join(folder, name, 'metrics.json'), 'utf8')) as { score: number };
  report.check(Number.isFinite(score), `${name}: it has a score`, String(score));
}

/** The last lines of what was printed. */
const hint = (output: string) => output.trim().split('\n').slice(-1)[0]!.trim();

main();
