/**
 * `npm run proof:examples`: each example project as its README says. Its script trains the model, in an environment with the
 * versions that it pins. Slipway packs it, and the handler answers rows that the model has not seen as the library does. What
 * the README shows of requests and of Python is run against that handler. `-- fraud` proves this one alone.
 */
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { verifyEndpoint } from '../../lambda/verification/replay';
import { parseGoldenRows } from '../../lib/model/package/golden-file';
import { readModelPackage } from '../../lib/model/package/model-package';
import { curlExamples, parsedNear } from '../../testing/curl-examples';
import {
  BILL,
  billOf,
  EXAMPLE_PROJECTS,
  projectFile,
  projectPage,
  projectPins,
  projectPlan,
} from '../../testing/example-projects';
import { ProofProblem } from '../problem';
import { run } from '../process';
import { virtualEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';
import { runProof } from '../run-proof';
import { bundleHandler, startHandler } from '../serving/handler';

const ROOT = resolve(__dirname, '../..');
const WORK = resolve('.slipway/examples');
const PYTHON = join(WORK, 'venv/bin/python');

/** Everything that the examples pin, in one environment. */
async function environment(): Promise<readonly string[]> {
  const pins = [...new Set(EXAMPLE_PROJECTS.flatMap(projectPins))].sort();
  const requirements = join(WORK, 'requirements.txt');
  mkdirSync(WORK, { recursive: true });
  writeFileSync(requirements, `${pins.join('\n')}\n`);
  const contents = 'what the examples are trained with';
  await virtualEnvironment({ requirements, directory: join(WORK, 'venv'), contents }, console.log);
  return pins;
}

async function prove(report: Report, project: string, folder: string, bundle: string): Promise<void> {
  report.section(`examples/${project}`);
  const train = join(folder, project, 'train.py');
  mkdirSync(join(folder, project));
  copyFileSync(projectFile(project, 'train.py'), train);
  const heldOut = join(folder, project, 'held-out.json');
  const trained = await run([PYTHON, join(__dirname, 'held_out.py'), train, heldOut]);
  report.check(trained.code === 0, 'its script trains', trained.code === 0 ? '' : trained.output.trim());
  if (trained.code !== 0) return;
  const [, printed] = /^The training prints:\n\n```text\n([\s\S]*?)```/m.exec(projectPage(project)) ?? [];
  report.check(trained.output === printed, 'README: what the training prints', trained.output.trim());

  const out = join(folder, project, 'model');
  const packed = await slipway(project, 'pack', folder);
  report.check(packed.code === 0, 'it packs', packed.output.trim().split('\n').at(-1)!.trim());
  if (packed.code !== 0) return;

  const fresh = readModelPackage(out);
  const committed = readModelPackage(projectFile(project, 'model'));
  if (fresh.digest === committed.digest) report.check(true, 'the package is the committed one, to the byte');
  else report.unproved('the package is the committed one, to the byte', 'libraries round by the processor');

  const served = async (model: string, use: (url: string) => Promise<void>) => {
    const handler = await startHandler(bundle, { model });
    try {
      await use(handler.url);
    } finally {
      report.equal(await handler.stop(), 0, 'the handler stopped with status');
    }
  };
  await served(out, async (url) => {
    const golden = parseGoldenRows(readFileSync(heldOut, 'utf8'), heldOut);
    const { rows, differences, maximumDifference, serves } = await verifyEndpoint(new URL(url), { ...fresh, golden });
    report.check(
      serves === undefined && differences.length === 0,
      `${rows} rows that it has not seen are answered as by the library`,
      `largest difference ${maximumDifference.toExponential(1)}, ${differences.length} differ`,
    );
  });
  // what readers have: another processor rounds otherwise while it trains, and its model answers so in the twelfth digit
  await served(committed.directory, (url) => provePage(report, project, url));
}

/** A command as the README has it, on the example of the repository or on a copy in a folder. */
function slipway(project: string, command: string, folder = join(ROOT, 'examples')) {
  const [, line] = new RegExp(`^npx slipway (${command} .*)$`, 'm').exec(projectPage(project))!;
  const words = line!.replaceAll(`examples/${project}/`, `${join(folder, project)}/`).split(' ');
  return run([process.execPath, join(ROOT, 'bin/launcher.js'), ...words]);
}

/** What the README shows: requests, Python, and the bill with the catalogue that is shipped. */
async function provePage(report: Report, project: string, url: string): Promise<void> {
  const page = projectPage(project);
  for (const { url: asked, body, answer } of curlExamples(page)) {
    const reply = await fetch(asked.replace('$ENDPOINT', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body!,
    });
    report.equal(parsedNear(await reply.text()), parsedNear(answer), `README: ${asked}`);
  }
  for (const [, program, printed] of page.matchAll(/```python\n([\s\S]*?)```\n```text\n([\s\S]*?)```/g)) {
    const { output } = await run([PYTHON, '-c', program!], { env: { ...process.env, ENDPOINT: url } });
    report.equal(output, printed, 'README: what its Python prints');
  }
  const planned = await slipway(project, 'plan');
  report.check(planned.code === 0, 'README: its stage is planned', planned.output.split('\n')[0]);
  report.equal(BILL.exec(page)?.[0], billOf(projectPlan(project)), 'README: what it costs');
}

async function main(): Promise<number> {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !EXAMPLE_PROJECTS.some((project) => project === name));
  if (unknown !== undefined) throw new ProofProblem(`${unknown}: no example; there are ${EXAMPLE_PROJECTS.join(', ')}`);
  const report = new Report(console.log);
  const pins = await environment();
  const folder = mkdtempSync(join(tmpdir(), 'slipway-examples-'));
  try {
    const bundle = bundleHandler(folder);
    for (const project of names.length > 0 ? names : EXAMPLE_PROJECTS) await prove(report, project, folder, bundle);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const versions = Object.fromEntries(pins.map((pin) => pin.split('==') as [string, string]));
  return conclude('examples', report, { versions, whole: names.length === 0 }) ? 0 : 1;
}

runProof(main);
