/**
 * What a run starts ends with it, however it ends: a process of its own starts programs as a run does, and is ended.
 * Called with a root file system it is that process.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { undoAtEnd } from '../../lib/model/process/interruption';
import { MARK, marked } from '../interrupts/processes';
import { endAll, serve } from '../process';
import type { Report } from '../report';
import { confined } from './confined';
import { until } from './world';

/** In the words that it is called with. */
const SLEEP = ['sleep', '600'];

async function prove(report: Report, root: string, signal: NodeJS.Signals): Promise<void> {
  const mark = `${process.pid}-${signal}`;
  const child = spawn(process.execPath, ['--import', 'tsx', __filename, root], {
    env: { ...process.env, [MARK]: mark },
    stdio: 'ignore',
  });
  const asleep = () => marked(mark).filter(({ command }) => command.startsWith('sleep')).length;
  const started = await until(60, () => asleep() === 2);
  child.kill(signal);
  const gone = await until(10, () => marked(mark).length === 0);
  const left = marked(mark);
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  const mounted = readFileSync('/proc/mounts', 'utf8').includes(root);
  const found = left.map(({ command }) => command).join('; ');
  report.check(
    started !== undefined && gone !== undefined && !mounted,
    `${signal} leaves no process and no mount`,
    found,
  );
}

/** @param root of the file system of Nagios and Zabbix */
export async function proveEndings(report: Report, root: string): Promise<void> {
  report.section('a run that is ended');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const) await prove(report, root, signal);
}

function start(root: string): void {
  undoAtEnd(endAll);
  serve(SLEEP, '/dev/null');
  const environment = { [MARK]: process.env[MARK]! };
  serve(confined({ root, user: 'nagios:nagios', environment }, SLEEP), '/dev/null');
}

if (require.main === module) start(process.argv[2]!);
