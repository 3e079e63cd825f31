/** The AWS that the instances see: names, metadata and S3, on this machine. */
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { NAMESERVER } from '../root-file-system';
import { type Machine, METADATA_ADDRESS, SERVICES_ADDRESS } from './account';
import type { Certificates } from './certificates';
import { metadataService } from './metadata';
import { awsServices, type Logged } from './services';
import type { Signal } from './signals';

export class FakeAws {
  readonly signals: Signal[] = [];
  /** Lines in the log streams, in the order in which they came. */
  readonly logged: Logged[] = [];
  /** What was refused, by instance id. */
  readonly refusals = new Map<string, string[]>();
  private readonly machines = new Map<string, Machine>();
  private readonly taken = new EventEmitter().setMaxListeners(0);

  /** From now on the machine is known by its address. */
  launch(machine: Machine): void {
    this.machines.set(machine.address, machine);
  }

  /** Starts to answer. The addresses must exist in this network namespace. */
  async start(certificates: Certificates): Promise<void> {
    spawn(
      'dnsmasq',
      [
        ...['--keep-in-foreground', '--conf-file=/dev/null', '--no-resolv', '--no-hosts', '--pid-file=', '--user=root'],
        ...['--bind-interfaces', `--listen-address=${NAMESERVER}`, `--address=/amazonaws.com/${SERVICES_ADDRESS}`],
      ],
      { stdio: 'ignore' },
    ).unref();
    const machineOf = ({ socket }: IncomingMessage) => this.machines.get(socket.remoteAddress ?? '');
    const metadata = http.createServer(metadataService(machineOf)).listen(80, METADATA_ADDRESS);
    const services = https.createServer(
      { key: certificates.key, cert: certificates.certificate },
      awsServices(machineOf, {
        signalled: (signal) => {
          this.signals.push(signal);
          this.taken.emit('signal');
        },
        logged: (line) => this.logged.push(line),
        refused: ({ instanceId }, reason) => {
          this.refusals.set(instanceId, [...(this.refusals.get(instanceId) ?? []), reason]);
        },
      }),
    );
    services.listen(443, SERVICES_ADDRESS);
    await Promise.all([once(metadata, 'listening'), once(services, 'listening')]);
  }

  /** What is in a log stream of an instance. */
  linesOf(instanceId: string, stream: string): Logged[] {
    return this.logged.filter((line) => line.instanceId === instanceId && line.stream === stream);
  }

  /** The first signal of an instance, or undefined when none came in time. */
  async signalOf(instanceId: string, seconds: number): Promise<Signal | undefined> {
    const deadline = AbortSignal.timeout(seconds * 1000);
    for (;;) {
      const signal = this.signals.find((candidate) => candidate.instanceId === instanceId);
      if (signal || deadline.aborted) return signal;
      await once(this.taken, 'signal', { signal: deadline }).catch(() => undefined);
    }
  }
}
