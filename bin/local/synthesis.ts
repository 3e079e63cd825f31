/** The real `cdk synth` of node_modules on the real app, into a folder that appears whole or not at all. */
import { type ChildProcess, spawn } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { type Occupant, placeFolder } from '../../lib/model/files/place-folder';
import type { ModelPackage } from '../../lib/model/package/model-package';
import { undoAtEnd } from '../../lib/model/process/interruption';
import { leashed } from '../../lib/model/process/leash';
import { notice } from '../terminal/output';

/** Where the cloud assembly is, as `cdk` itself has it. */
export const ASSEMBLY = 'cdk.out';

/** The folder of the app, whatever folder the command runs in. */
const ROOT = join(__dirname, '..', '..');

/** Names in the folder of a cloud assembly. */
const KNOWN =
  /^(?:cdk\.out|manifest\.json|tree\.json|validation-report\.json|synth\.lock|(?:asset|assembly-|read\.).*|.*\.(?:assets|metadata|template)\.json)$/;

/** A command that reads the assembly keeps `read.PID.N.lock` in it for as long. */
const LOCK = /^read\.(\d+)\..*lock$/;

/** What a process of ours may have as a group of its own: Windows knows none. */
const GROUPS = process.platform !== 'win32';

/**
 * Synthesise all stages with a model package, in place of the one that the configuration names.
 *
 * @param config path of slipway.yaml
 * @throws SlipwayError E_CONFIG when the app refuses; E_FILE when there is something else in the place of the assembly, or
 *   it is being deployed
 */
export async function synthesise(config: string, modelPackage: ModelPackage, workspace: string): Promise<void> {
  const root = process.cwd();
  if (lstatSync(ASSEMBLY, { throwIfNoEntry: false })) replaceable(ASSEMBLY);
  mkdirSync(workspace, { recursive: true });
  const scratch = mkdtempSync(join(workspace, 'synthesis-'));
  const made = join(scratch, 'assembly');
  const remove = () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  const release = undoAtEnd(remove);
  try {
    const context = {
      'slipway:folder': root,
      'slipway:config': config,
      'slipway:model': relative(root, modelPackage.directory),
    };
    const options = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
    await runCdk(['synth', '--quiet', '--no-lookups', '--no-notices', '--output', made, ...options], scratch);
    const move = (folder: string) => {
      for (const name of readdirSync(made)) renameSync(join(made, name), join(folder, name));
    };
    placeFolder(ASSEMBLY, move, replaceable);
  } finally {
    release();
    remove();
  }
}

/** @param folder for what cdk and the app put aside, which goes with it */
async function runCdk(words: readonly string[], folder: string): Promise<void> {
  const temporary = join(folder, 'temporary');
  mkdirSync(temporary);
  const { execArgv, env, stdin } = leashed({ folder, group: GROUPS });
  const child = spawn(process.execPath, [...execArgv, require.resolve('aws-cdk/bin/cdk'), ...words], {
    cwd: ROOT, // where cdk.json is
    stdio: [stdin, 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...env,
      ...{ CDK_DISABLE_CLI_TELEMETRY: '1', CDK_DISABLE_VERSION_CHECK: '1' },
      ...{ TMPDIR: temporary, TEMP: temporary, TMP: temporary },
    },
    detached: GROUPS, // the app is a child of its own, and ends with it
  });
  const release = undoAtEnd(() => killGroup(child));
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => said.push(String(text)));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  release();
  if (status === 0) return;
  for (const line of said.join('').trimEnd().split('\n')) notice(line);
  throw new SlipwayError('E_CONFIG', 'the stacks could not be synthesised; the lines above say why');
}

function killGroup(child: ChildProcess): void {
  try {
    if (GROUPS) process.kill(-child.pid!, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // it has just ended
  }
}

/** An assembly is made again at any time; what else lies there is not ours. */
const replaceable: Occupant = (folder) => {
  const shown = relative(process.cwd(), folder) || ASSEMBLY;
  const refuse = (why: string) =>
    new SlipwayError('E_FILE', `${shown}: is to be the folder of the stacks, but ${why}; move it away`);
  if (!lstatSync(folder).isDirectory()) throw refuse('it is no folder');
  const names = readdirSync(folder);
  const strange = names.find((name) => !KNOWN.test(name));
  if (strange !== undefined) throw refuse(`"${strange}" in it is not made by cdk`);
  if (names.length > 0 && !names.includes('cdk.out')) throw refuse('cdk has not made it');
  const reader = names.map((name) => Number(LOCK.exec(name)?.[1])).find(isRunning);
  if (reader !== undefined) throw refuse(`process ${reader} is reading it, maybe to deploy it`);
  return 'replace';
};

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
