/** The AWS emulator: moto with the extension beside this file, on a free port of loopback. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ProofProblem } from '../problem';
import { serve, stop } from '../process';

/** moto answers for this account whatever the credentials are. */
export const ACCOUNT = '123456789012';

const START_SECONDS = 60;

export class Emulator {
  private constructor(
    private readonly child: ChildProcess,
    private readonly log: string,
    private readonly files: { readonly faults: string; readonly signal: string; readonly watch: string },
    readonly port: number,
  ) {}

  /**
   * @param python interpreter of the proof's environment
   * @param folder for its log and its fault file
   * @param without resource types that it shall forget
   */
  static async start(python: string, folder: string, without: readonly string[] = []): Promise<Emulator> {
    const port = await freePort();
    const log = join(folder, 'emulator.log');
    const files = { faults: join(folder, 'faults'), signal: join(folder, 'signal'), watch: join(folder, 'watch') };
    const command = [python, '-m', 'emulator', '--port', String(port)];
    for (const [name, file] of Object.entries(files)) command.push(`--${name}`, file);
    for (const type of without) command.push('--without', type);
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', MOTO_ACCOUNT_ID: ACCOUNT };
    const emulator = new Emulator(serve(command, log, { cwd: __dirname, env }), log, files, port);
    await emulator.ready();
    return emulator;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * What every AWS client needs to reach it, and nothing of the user's own AWS configuration.
   * An IP address makes the SDK put buckets into the path; moto reads the template's bucket from the
   * path only where the host is called localhost.
   */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: `http://localhost:${this.port}`,
      AWS_ACCESS_KEY_ID: 'emulator',
      AWS_SECRET_ACCESS_KEY: 'emulator',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
    };
  }

  /** Make the resources fail, from now on, whose logical ids begin so; none to end it. */
  fail(logicalIds: readonly string[]): void {
    if (logicalIds.length === 0) rmSync(this.files.faults, { force: true });
    else writeFileSync(this.files.faults, logicalIds.join('\n'));
  }

  /** Make instances signal a failure from now on; undefined to end it. */
  signalFailure(reason: string | undefined): void {
    if (reason === undefined) rmSync(this.files.signal, { force: true });
    else writeFileSync(this.files.signal, reason);
  }

  /** How many targets were healthy after each step of the updates since the last call, in their order. */
  healthyTargets(): { readonly what: string; readonly healthy: number }[] {
    if (!existsSync(this.files.watch)) return [];
    const lines = readFileSync(this.files.watch, 'utf8').trim().split('\n');
    rmSync(this.files.watch);
    return lines.map((line) => JSON.parse(line) as { what: string; healthy: number });
  }

  stop(): Promise<void> {
    return stop(this.child);
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + START_SECONDS * 1000;
    while (this.child.exitCode === null && Date.now() < deadline) {
      const answer = await fetch(`${this.url}/moto-api/data.json`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const said = readFileSync(this.log, 'utf8').trim().split('\n').slice(-5).join('\n');
    throw new ProofProblem(`the emulator does not start within ${START_SECONDS} s\n${said}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
