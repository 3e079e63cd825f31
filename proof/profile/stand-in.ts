/** What stands in for the instances that the emulator only writes down: their user data is run here, by the bash of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';

export interface StandInOptions {
  readonly ec2: EC2Client;
  /** For the programs that are not this machine's, and what they were told. */
  readonly folder: string;
  /** Whether the instances do anything at all. @default true */
  readonly boots?: boolean;
  /** Stands before the user data, e.g. to take a program away. @default - nothing */
  readonly before?: string;
}

export class StandIn {
  private readonly started = new Map<string, Instance>();
  private readonly children: ChildProcess[] = [];
  private stopped = false;
  private readonly watching: Promise<void>;

  constructor(private readonly options: StandInOptions) {
    this.watching = this.watch();
  }

  /** Instances that were seen running. */
  get instances(): readonly Instance[] {
    return [...this.started.values()];
  }

  /** What `shutdown` was told by the user data, in order. */
  shutdowns(id: string): string[] {
    const file = join(this.options.folder, `${id}.shutdown`);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  async userData(id: string): Promise<string> {
    const command = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' });
    const { UserData } = await this.options.ec2.send(command);
    return Buffer.from(UserData?.Value ?? '', 'base64').toString();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.watching;
    for (const child of this.children) if (child.exitCode === null) child.kill('SIGKILL');
  }

  private async watch(): Promise<void> {
    const { ec2, boots = true } = this.options;
    while (!this.stopped) {
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
      for (const instance of Reservations.flatMap(({ Instances = [] }) => Instances)) {
        const id = instance.InstanceId!;
        if (instance.State?.Name !== 'running' || this.started.has(id)) continue;
        this.started.set(id, instance);
        if (boots) await this.boot(id);
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  private async boot(id: string): Promise<void> {
    const { folder, before = '', ec2 } = this.options;
    const programs = join(folder, `${id}.bin`);
    mkdirSync(programs, { recursive: true });
    const shutdown = join(programs, 'shutdown');
    writeFileSync(shutdown, `#!/bin/bash\necho "$*" >> '${join(folder, `${id}.shutdown`)}'\n`);
    chmodSync(shutdown, 0o755);
    // its disk is gone with an instance
    const mktemp = join(programs, 'mktemp');
    writeFileSync(mktemp, `#!/bin/bash\nexec /usr/bin/mktemp -d '${join(folder, 'job.XXXXXX')}'\n`);
    chmodSync(mktemp, 0o755);
    const script = join(folder, `${id}.sh`);
    writeFileSync(script, `${before}\n${await this.userData(id)}`);
    const env = { PATH: `${programs}:${process.env.PATH}`, LANG: 'C', no_proxy: '127.0.0.1', NO_PROXY: '127.0.0.1' };
    const child = spawn('bash', [script], { env, stdio: 'ignore' });
    this.children.push(child);
    child.once('exit', () => {
      // as InstanceInitiatedShutdownBehavior has it
      if (this.shutdowns(id).includes('-h now')) void ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    });
  }
}
