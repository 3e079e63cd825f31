/**
 * `npm run proof:watch`: what other watchers get, tried with the real programs on loopback.
 *
 * - `promtool` tests the rules; Prometheus scrapes a fleet of three, fires, and resolves.
 * - `slipway check` as a process, and Nagios that runs it: OK, WARNING, CRITICAL, recovery.
 * - Zabbix imports the templates, finds the instances, sees values, fires, and resolves.
 * - A collector of OpenTelemetry takes spans, metrics and the log.
 *
 * `-- rules metrics plugin fleet collector` runs some of these; `--quick` leaves out the last two, which run for minutes.
 * Ends with status 0 when all holds, 1 when not, 2 when Nagios and Zabbix cannot run here and all else holds. What has not
 * been tried is listed as not proved. However a run ends, what it has started ends with it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generate } from 'selfsigned';
import { undoAtEnd } from '../../lib/model/process/interruption';
import type { WatchedStage } from '../../lib/watching/stage/stage';
import { LoggedHandler } from '../../testing/handler-process';
import { exampleStage } from '../../testing/integrations';
import { attempt } from '../boot/command';
import { ProofProblem } from '../problem';
import { endAll, run } from '../process';
import { virtualEnvironment } from '../python/environment';
import { conclude } from '../record';
import { Report } from '../report';
import { bundleHandler } from '../serving/handler';
import { proveCollector } from './collector';
import { proveFleet } from './fleet';
import { runFolder } from './folder';
import { proveDashboard } from './grafana';
import { provePlugin } from './plugin';
import { goProgram, prometheusPrograms } from './programs';
import { provePromtool } from './promtool';
import { INSTANCES, NAME, type Pem, PORT, VERSIONS, World } from './world';

const QUICK = ['rules', 'metrics', 'plugin'] as const;
const PARTS = [...QUICK, 'fleet', 'collector'] as const;
const CANNOT_RUN = 2;
type Part = (typeof PARTS)[number];

/** @throws ProofProblem */
function partsOf(words: readonly string[]): readonly Part[] {
  const named = words.filter((word) => word !== '--quick');
  const unknown = named.find((word) => !PARTS.includes(word as Part));
  if (unknown !== undefined) throw new ProofProblem(`${unknown} is no part; they are ${PARTS.join(', ')}, or --quick`);
  if (named.length > 0) return named as Part[];
  return words.includes('--quick') ? QUICK : PARTS;
}

const CACHE = resolve('.slipway/proof-watch');
const PYTHON = resolve('.slipway/proof-watch-venv');
const DAY_MS = 24 * 3600 * 1000;

const tell = (message: string) => process.stderr.write(`${message}\n`);

/** Certificates of one authority, which end in so many days. */
async function certificates(
  days: Readonly<Record<string, number>>,
): Promise<{ pems: Record<string, Pem>; authority: string }> {
  const authority = await generate([{ name: 'commonName', value: 'proof of slipway' }], {
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    notAfterDate: new Date(Date.now() + 400 * DAY_MS),
  });
  const pems: Record<string, Pem> = {};
  for (const [name, count] of Object.entries(days)) {
    const { cert, private: key } = await generate([{ name: 'commonName', value: NAME }], {
      ca: { cert: authority.cert, key: authority.private },
      extensions: [
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: NAME },
            { type: 7, ip: '127.0.77.10' },
          ],
        },
      ],
      notBeforeDate: new Date(Date.now() - DAY_MS),
      notAfterDate: new Date(Date.now() + count * DAY_MS),
    });
    pems[name] = { certificate: cert, key };
  }
  return { pems, authority: authority.cert };
}

async function proveOpenMetrics(report: Report): Promise<void> {
  report.section('/metrics');
  await virtualEnvironment(
    { requirements: join(__dirname, 'requirements.txt'), directory: PYTHON, contents: 'prometheus_client' },
    tell,
  );
  const { code, output } = await run([
    join(PYTHON, 'bin/python'),
    join(__dirname, 'parse.py'),
    ...INSTANCES.map((address) => `http://${address}:${PORT}/metrics`),
  ]);
  for (const line of output.trim().split('\n')) {
    const [outcome, ...what] = line.split(' ');
    if (outcome === 'ok' || outcome === 'FAIL') report.check(outcome === 'ok', what.join(' '));
  }
  report.check(
    code === 0,
    'the parsers of prometheus_client go through to their end',
    code === 0 ? '' : output.slice(-600),
  );
}

/** What is written for it is of the versions that the handlers of the world serve. */
function withVersions(stage: WatchedStage): WatchedStage {
  const planned = { modelSha256: stage.model.digest, engine: 'native', cpuShare: 0.5, memoryMiB: 1 } as const;
  return { ...stage, plan: { ...stage.plan, versions: VERSIONS.map((version) => ({ ...version, ...planned })) } };
}

async function main(): Promise<number> {
  const parts = partsOf(process.argv.slice(2));
  const report = new Report((line) => process.stdout.write(`${line}\n`));
  const { folder, remove } = runFolder();
  const endHere = () => {
    LoggedHandler.killAll();
    endAll();
    remove();
  };
  const ended = undoAtEnd(endHere);
  let tried = true;
  const versions: Record<string, string> = { 'Node.js': process.versions.node };
  mkdirSync(CACHE, { recursive: true });
  const stage = withVersions(exampleStage('prod', INSTANCES));
  try {
    const programs = await prometheusPrograms(CACHE, tell);
    versions.Prometheus =
      /version (\S+)/.exec(attempt(join(programs.bin, 'promtool'), ['--version']).output)?.[1] ?? '?';
    const rules = join(folder, 'rules');
    mkdirSync(rules);
    if (parts.includes('rules')) {
      await provePromtool(report, programs.bin, stage, rules);
      proveDashboard(report, await goProgram(CACHE, 'dashboard', tell), stage);
    }

    const bundle = bundleHandler(folder);
    const { pems, authority } = await certificates({ good: 90, soon: 20, sooner: 3 });
    const authorityFile = join(folder, 'authority.pem');
    writeFileSync(authorityFile, authority);
    const runtime = join(folder, 'runtime');
    mkdirSync(runtime);
    const world = new World(bundle, pems, runtime);
    if (parts.some((part) => part !== 'rules' && part !== 'collector')) await world.start();
    try {
      if (parts.includes('metrics')) await proveOpenMetrics(report);
      if (parts.includes('plugin')) await provePlugin(report, world, authorityFile, folder);
      if (parts.includes('fleet')) {
        const more = { folder, cache: CACHE, programs, authority: authorityFile, versions, tell };
        tried = await proveFleet({ report, world, stage, ...more });
      }
    } finally {
      await world.end();
    }
    if (parts.includes('collector')) {
      const collector = await goProgram(CACHE, 'collector', tell);
      if (collector === undefined) report.unproved('a collector of OpenTelemetry', 'there is no Go to build it with');
      else {
        versions['OpenTelemetry Collector'] =
          /version (\S+)/.exec(attempt(collector, ['--version']).output)?.[1] ?? '?';
        await proveCollector(report, collector, bundle, join(folder, 'collector'));
      }
    }
    if (parts.includes('fleet')) {
      const reason = 'it takes an account of AWS; Prometheus gets addresses, Zabbix a stand-in of aws';
      report.unproved('discovery in EC2', reason);
    }
  } finally {
    ended();
    endHere();
  }
  console.log(
    `\n${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  );
  if (!conclude('watch', report, { versions, whole: tried && parts.length === PARTS.length })) return 1;
  return tried ? 0 : CANNOT_RUN;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    endAll();
    console.error(error.name === 'ProofProblem' ? error.message : error);
    process.exitCode = 1;
  },
);
