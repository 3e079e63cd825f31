/** The command of the SageMaker image in a root file system of its own: what the container would run, without Docker. */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../process';
import type { Report } from '../report';

const DOCKERFILE = resolve('examples/sagemaker/Dockerfile');
const PORT = '8391';

/** A list in exec form, e.g. `ENTRYPOINT ["node", "x"]`. */
function instruction(name: string): string[] {
  const found = new RegExp(`^${name} (\\[.*\\])$`, 'm').exec(readFileSync(DOCKERFILE, 'utf8'));
  return JSON.parse(found![1]!) as string[];
}

/** Node.js with the libraries that it is linked with, the handler where the image has it, and the model. */
async function makeRoot(root: string, bundle: string, model: string): Promise<void> {
  const { output } = await run(['ldd', process.execPath]);
  const libraries = [...output.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
  for (const file of libraries) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    copyFileSync(file, join(root, file));
  }
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  copyFileSync(process.execPath, join(root, 'usr/local/bin/node'));
  cpSync(bundle, join(root, 'opt/slipway'), { recursive: true });
  cpSync(model, join(root, 'opt/ml/model'), { recursive: true });
}

export async function proveContainer(report: Report, folder: string, bundle: string, model: string): Promise<void> {
  report.section('the SageMaker image');
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    report.unproved('the command of the image starts in a root file system', 'that needs root on Linux');
    return;
  }
  const root = join(folder, 'root');
  await makeRoot(root, bundle, model);
  const [node, ...parameters] = [...instruction('ENTRYPOINT'), ...instruction('CMD')];
  const child: ChildProcess = spawn('chroot', [root, `/usr/local/bin/${node}`, ...parameters], {
    env: { PATH: process.env.PATH, SAGEMAKER_BIND_TO_PORT: PORT, SAGEMAKER_MODEL_SERVER_WORKERS: '2' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const lines: string[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => lines.push(line));
  const ping = async () => (await fetch(`http://127.0.0.1:${PORT}/ping`).catch(() => undefined))?.status;
  let status = await ping();
  for (let i = 0; status !== 200 && child.exitCode === null && i < 600; i++) {
    await new Promise((wake) => setTimeout(wake, 50));
    status = await ping();
  }
  report.equal(status, 200, 'GET /ping answers');
  if (status === 200) {
    const { inputs, predict } = JSON.parse(readFileSync(join(model, 'golden.json'), 'utf8')) as Record<
      string,
      unknown[]
    >;
    const answer = await fetch(`http://127.0.0.1:${PORT}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amzn-sagemaker-custom-attributes': 'x' },
      body: JSON.stringify({ instances: inputs }),
    });
    report.equal(await answer.json(), { predictions: predict }, 'POST /invocations answers the golden rows');
  } else report.check(false, 'the container became ready', lines.join('\n').slice(-800));
  child.kill('SIGTERM');
  report.equal(await exited, 0, 'SIGTERM ends it with status');
}
