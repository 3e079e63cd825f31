/** The files of an arm64 instance, which this machine runs by emulation of its user mode (qemu-user-static). */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { verifyEndpoint } from '../../lambda/verification/replay';
import { HANDLER_ENTRY, HOME, MODEL_FOLDER, NODE_BINARY, RUNTIME_TARBALL } from '../../lib/constructs/boot/layout';
import { HANDLER_PORT, READY_PATH } from '../../lib/model/instance/handler-settings';
import type { Report } from '../report';
import { statusOf, until } from './client';
import { attempt, command } from './command';
import type { Deployment } from './deployment';

const EMULATOR = '/usr/bin/qemu-aarch64-static';

/** Folder with the C and C++ libraries of Debian for arm64, kept between runs. */
const libraries = (cache: string) => join(cache, 'arm64-libraries');

/**
 * Installs what is missing: the emulator, and libraries of the processor, of which nothing is run to install them.
 *
 * @param cache folder that is kept between runs
 * @returns why there is none; undefined when there is
 */
export function prepareEmulation(cache: string, onProgress: (message: string) => void): string | undefined {
  if (!existsSync(EMULATOR)) {
    onProgress('installing qemu-user-static');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status } = attempt('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'qemu-user-static'], {
      env,
    });
    if (status !== 0) return 'qemu-user-static cannot be installed';
  }
  const root = libraries(cache);
  if (existsSync(root)) return undefined;
  onProgress('fetching the libraries of Debian for arm64; about half a minute, once');
  const partial = `${root}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const what = ['--arch=arm64', '--foreign', '--variant=minbase', '--include=libstdc++6', 'bookworm', partial];
  if (attempt('debootstrap', what).status !== 0) return 'the libraries of Debian for arm64 cannot be fetched';
  renameSync(partial, root);
  return undefined;
}

/** The environment that the unit in the boot script gives the handler, for a folder in place of the instance's. */
function environmentOf(script: string, home: string): Record<string, string> {
  const lines = [...script.matchAll(/^Environment="(SLIPWAY_\w+)=(.*)"$/gm)];
  const environment = Object.fromEntries(lines.map(([, name, value]) => [name!, value!.replaceAll(HOME, home)]));
  // a worker is started by the kernel, which does not know the emulator
  return { ...environment, SLIPWAY_WORKERS: '1', ORT_DISABLE_TELEMETRY: '1' };
}

const READY_SECONDS = 120;

/** Runs the Node.js and the handler of the template of an arm64 stage, and asks it for the golden rows. */
export async function judgeArm64(report: Report, deployment: Deployment, folder: string, cache: string): Promise<void> {
  const { machine, model } = deployment;
  const files = [
    RUNTIME_TARBALL,
    HANDLER_ENTRY,
    ...['manifest.json', 'model.onnx', 'golden.json'].map((file) => `${MODEL_FOLDER}/${file}`),
  ];
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), machine.objects.get(deployment.objectOf(file))!);
  }
  const target = join(folder, dirname(NODE_BINARY));
  command('tar', ['-xzf', join(folder, RUNTIME_TARBALL), '-C', target, '--strip-components=2', 'package/bin/node']);
  const log = join(folder, 'handler.log');
  const output = openSync(log, 'a');
  const words = ['-L', libraries(cache), join(folder, NODE_BINARY), join(folder, HANDLER_ENTRY)];
  const env = environmentOf(machine.objects.get(deployment.objectOf('boot.sh'))!.toString('utf8'), folder);
  const handler: ChildProcess = spawn(EMULATOR, words, { env, stdio: ['ignore', output, output] });
  const url = new URL(`http://127.0.0.1:${HANDLER_PORT}/`);
  const startedAt = performance.now();
  const ready = await until(async () => (await statusOf(new URL(READY_PATH, url))) === 200, READY_SECONDS);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  report.check(
    ready,
    'arm64: the handler of the template becomes ready',
    ready ? `${seconds} s` : readFileSync(log, 'utf8'),
  );
  if (ready) {
    const { rows, differences, maximumDifference } = await verifyEndpoint(url, model);
    report.check(
      rows > 0 && differences.length === 0,
      'arm64: golden rows hold',
      `${rows} rows, largest difference ${maximumDifference}`,
    );
  }
  handler.kill('SIGKILL');
}
