/**
 * The proof of the protocols: the clients of other servers, as their users install them, ask the handler as it is
 * bundled for an instance. The answers must be the golden rows.
 *
 *     npm run proof:clients
 *
 * Triton's client and KServe's come from PyPI (requirements.txt) into an environment that is made once. The command of
 * examples/sagemaker/Dockerfile is run too, where this user may change the root: in a root file system that has Node.js,
 * the handler and the model, and nothing else.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { shiftedPackage } from '../../testing/shifted-package';
import { run } from '../process';
import { virtualEnvironment } from '../python/environment';
import { Report } from '../report';
import { runProof } from '../run-proof';
import { bundleHandler, startHandler } from '../serving/handler';
import { proveContainer } from './container';

const DIRECTORY = resolve('.slipway/clients-venv');

const NUMBERS = resolve('models/breast-cancer');
const TEXT = resolve('models/loan');

interface Outcome {
  readonly ok: boolean;
  readonly name: string;
  readonly detail?: string;
}

async function proveClients(report: Report, bundle: string): Promise<void> {
  report.section('clients');
  const handler = await startHandler(bundle, { model: NUMBERS, otherModels: [TEXT], workers: 2, adminPort: 0 });
  try {
    const admin = handler.events.find(({ event }) => event === 'admin listening')!;
    const command = [join(DIRECTORY, 'bin/python'), join(__dirname, 'clients.py')];
    const { code, output } = await run([...command, handler.url, `http://127.0.0.1:${admin.port}`, NUMBERS, TEXT]);
    for (const line of output.split('\n').filter((each) => each.startsWith('{"ok"'))) {
      const { ok, name, detail } = JSON.parse(line) as Outcome;
      report.check(ok, name, detail);
    }
    report.check(code === 0, 'the clients went through to their end', code === 0 ? '' : output.slice(-800));
    const wrong = handler.events.filter(({ level }) => level === 'error');
    report.equal(wrong, [], 'the handler logged no error');
  } finally {
    report.equal(await handler.stop(), 0, 'the handler stopped with status');
  }
}

/** Two versions of one model: the model, and the same with an intercept by which every row is of its second class. */
async function proveVersions(report: Report, bundle: string, folder: string): Promise<void> {
  report.section('versions');
  const other = join(folder, 'always');
  shiftedPackage(NUMBERS, other, { by: 1e6 });
  const versions = [
    { name: '1', weight: 0.5 },
    { name: '2', model: other, weight: 0.5 },
  ];
  const handler = await startHandler(bundle, { model: NUMBERS, versions, workers: 2 });
  try {
    const command = [join(DIRECTORY, 'bin/python'), join(__dirname, 'versions.py')];
    const { code, output } = await run([...command, handler.url, NUMBERS]);
    for (const line of output.split('\n').filter((each) => each.startsWith('{"ok"'))) {
      const { ok, name, detail } = JSON.parse(line) as Outcome;
      report.check(ok, name, detail);
    }
    report.check(code === 0, 'the clients of versions went through', code === 0 ? '' : output.slice(-800));
  } finally {
    report.equal(await handler.stop(), 0, 'the handler stopped with status');
  }
}

async function main(): Promise<number> {
  const report = new Report((line) => process.stdout.write(`${line}\n`));
  await virtualEnvironment(
    {
      requirements: join(__dirname, 'requirements.txt'),
      directory: DIRECTORY,
      contents: "Triton's and KServe's clients",
    },
    (message) => process.stderr.write(`${message}\n`),
  );
  const folder = mkdtempSync(join(tmpdir(), 'slipway-clients-'));
  try {
    const bundle = bundleHandler(folder);
    await proveClients(report, bundle);
    await proveVersions(report, bundle, folder);
    await proveContainer(report, folder, bundle, TEXT);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return report.close().failed === 0 ? 0 : 1;
}

runProof(main);
