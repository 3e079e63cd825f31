/** One stand-in instance: a container that boots systemd and cloud-init, above the kept root file system. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGE_ID_FILE } from '../../lambda/shipping/origin';
import { BOOT_LOG, HANDLER_LOG, HOME } from '../../lib/constructs/boot/layout';
import { type Finished, run } from '../process';
import { command } from './command';
import { controlGroupsOf } from './control-groups';
import { attachInstance } from './network';

/** As Amazon Linux 2023 has it. */
const IMAGE_ID = `image_name="al2023-ami"
image_version="2023"
image_date="20260101120000"
`;

const AUTHORITIES = 'etc/ssl/certs/ca-certificates.crt';

/** Node.js has a list of its own of the authorities that it trusts. */
const NODE_AUTHORITIES = 'etc/systemd/system.conf.d/proof.conf';

/** Enters the control groups given as arguments before `--`, then becomes the program after it. */
const IN_CONTROL_GROUPS = 'until [ "$1" = -- ]; do echo 0 > "$1/cgroup.procs"; shift; done; shift; exec "$@"';

export interface InstanceOptions {
  /** At most 12 characters: it becomes part of the name of a network interface. */
  readonly name: string;
  readonly address: string;
  /** The kept root file system; only read. */
  readonly rootFileSystem: string;
  /** Folder for what the instance writes. */
  readonly folder: string;
  /** PEM of the authority that signed the certificate of the fake AWS side. */
  readonly authority: string;
  /** Size of a volume for the files of Slipway. @default - they are on the root volume */
  readonly volumeMiB?: number;
}

export class Instance {
  private readonly root: string;
  private readonly network: string;
  private container: ChildProcess;

  /** Makes the disk and the network, and switches on. */
  constructor(private readonly options: InstanceOptions) {
    const { name, folder } = options;
    this.root = join(folder, 'root');
    const [changes, work] = [join(folder, 'changes'), join(folder, 'work')];
    for (const path of [this.root, changes, work]) mkdirSync(path, { recursive: true });
    const layers = `lowerdir=${options.rootFileSystem},upperdir=${changes},workdir=${work}`;
    command('mount', ['-t', 'overlay', 'overlay', '-o', layers, this.root]);
    appendFileSync(join(this.root, AUTHORITIES), options.authority);
    writeFileSync(join(this.root, IMAGE_ID_FILE), IMAGE_ID); // Debian has none
    mkdirSync(join(this.root, NODE_AUTHORITIES, '..'), { recursive: true });
    appendFileSync(
      join(this.root, NODE_AUTHORITIES),
      `[Manager]\nDefaultEnvironment=NODE_EXTRA_CA_CERTS=/${AUTHORITIES}\n`,
    );
    if (options.volumeMiB !== undefined) {
      const home = join(this.root, HOME);
      mkdirSync(home, { recursive: true });
      command('mount', ['-t', 'tmpfs', '-o', `size=${options.volumeMiB}m`, 'tmpfs', home]);
    }
    this.network = attachInstance(name, options.address);
    this.container = this.start();
  }

  private start(): ChildProcess {
    const { name, folder } = this.options;
    const output = openSync(join(folder, 'console.log'), 'a');
    return spawn(
      'bash',
      [
        ...['-c', IN_CONTROL_GROUPS, 'bash', ...controlGroupsOf(name), '--', 'systemd-nspawn', '--quiet', '--boot'],
        // neither systemd nor D-Bus need to run outside
        ...['--register=no', '--keep-unit', '--console=pipe', '--resolv-conf=off', `--machine=${name}`],
        ...[`--network-namespace-path=${this.network}`, `--directory=${this.root}`],
      ],
      { stdio: ['ignore', output, output], env: { ...process.env, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: '1' } },
    );
  }

  /** Runs a program inside. Nothing here may block meanwhile: the fake AWS side runs in this process too. */
  run(...arguments_: string[]): Promise<Finished> {
    const entered = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
    return run(['nsenter', '--target', String(this.leader()), ...entered, '--', ...arguments_]);
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Text of a file inside; empty when there is none. */
  read(path: string): string {
    return this.has(path) ? readFileSync(join(this.root, path), 'utf8') : '';
  }

  /** What cloud-init and the boot script printed. */
  get bootLog(): string {
    return this.read(BOOT_LOG);
  }

  /** The end of the boot, for a person: what the boot script and the handler printed. */
  get lastWords(): string {
    const script = this.bootLog.split("running 'modules:final'").at(-1)!;
    return `boot log:${script.slice(-3000)}\nhandler log:\n${this.read(HANDLER_LOG).slice(-3000)}`;
  }

  /** Restarts the operating system, as the reboot action of an alarm does; the disk stays. */
  async reboot(): Promise<void> {
    const ended = once(this.container, 'exit');
    await this.run('systemctl', 'reboot', '--no-block');
    await ended;
    this.container = this.start();
  }

  /** Shuts the operating system down, as EC2 does when it stops an instance; the disk stays. */
  async stop(): Promise<void> {
    const ended = once(this.container, 'exit');
    await this.run('systemctl', 'poweroff', '--no-block');
    await ended;
  }

  /** Switches on again what was stopped. */
  startAgain(): void {
    this.container = this.start();
  }

  /** Cuts the power. */
  async destroy(): Promise<void> {
    if (this.container.exitCode === null && this.container.signalCode === null) {
      const ended = once(this.container, 'exit');
      process.kill(this.leader(), 'SIGKILL');
      await ended;
    }
    command('umount', ['--lazy', this.root]);
  }

  /** The first process of the container; what started it is its parent. */
  private leader(): number {
    return Number(command('pgrep', ['--parent', String(this.container.pid)]).trim());
  }
}
