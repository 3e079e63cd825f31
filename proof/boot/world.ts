/** What all scenarios share: the fake AWS side and the instances on its network. */
import { join } from 'node:path';
import { READY_PATH } from '../../lib/model/instance/handler-settings';
import type { Report } from '../report';
import type { Machine } from './aws/account';
import type { Certificates } from './aws/certificates';
import { FakeAws } from './aws/fake-aws';
import { statusOf } from './client';
import type { Deployment } from './deployment';
import { Instance } from './instance';
import { makeNetwork } from './network';

export interface Booting {
  readonly name: string;
  readonly deployment: Deployment;
  readonly machine: Machine;
  readonly instance: Instance;
  /** Where the handler is reached, without a route. */
  readonly url: URL;
  /** Value of `performance.now()` at power on. */
  readonly startedAt: number;
}

/** What is other than the deployment left it. */
export type Changes = Partial<
  Pick<Machine, 'objects' | 'waiting' | 'parameters' | 's3' | 'clockAheadSeconds' | 'boundFor'>
> & {
  /** MiB of the volume for the files of Slipway. @default - as much as there is */
  readonly volumeMiB?: number;
  /** Whether a load balancer asks. @default true */
  readonly balanced?: boolean;
};

/** Real ones ask every ten seconds. */
const PROBE_MS = 2000;

export interface WorldOptions {
  readonly report: Report;
  readonly rootFileSystem: string;
  /** Folder for all that the run writes. */
  readonly folder: string;
  readonly certificates: Certificates;
}

export class World {
  readonly aws = new FakeAws();
  readonly report: Report;
  private launched = 0;

  constructor(private readonly options: WorldOptions) {
    this.report = options.report;
  }

  async start(): Promise<void> {
    makeNetwork();
    await this.aws.start(this.options.certificates);
  }

  /** Launches an instance, as CloudFormation or the autoscaling group would. */
  launch(name: string, deployment: Deployment, { volumeMiB, balanced = true, ...changes }: Changes = {}): Booting {
    const number = 10 + this.launched++;
    const address = `10.77.0.${number}`;
    const machine: Machine = {
      ...deployment.machine,
      address,
      instanceId: `i-0123456789abcde${number.toString(16).padStart(2, '0')}`,
      ...changes,
    };
    this.aws.launch(machine);
    const { rootFileSystem, folder, certificates } = this.options;
    const instance = new Instance({
      name,
      address,
      rootFileSystem,
      folder: join(folder, name),
      authority: certificates.authority,
      ...(volumeMiB !== undefined && { volumeMiB }),
    });
    const url = new URL(`${deployment.stage.endpoint.backendTls ? 'https' : 'http'}://${address}:8080/`);
    if (balanced) {
      const headers = { 'user-agent': 'ELB-HealthChecker/2.0' };
      setInterval(() => void statusOf(new URL(READY_PATH, url), headers), PROBE_MS).unref();
    }
    return { name, deployment, machine, instance, url, startedAt: performance.now() };
  }
}
