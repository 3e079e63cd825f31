/** The clients of the proof: load in a process of its own, and those that take their time. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import type { LoadOptions, Outcome, Phase, ToLoad } from './load';

export class Clients {
  private readonly process: ChildProcess;

  constructor(private readonly options: LoadOptions) {
    this.process = fork(join(__dirname, 'load.ts'), [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] });
    this.process.once('exit', (code) => {
      if (code !== 0) throw new Error(`the load generator ended with status ${code}`);
    });
  }

  /** Sends requests while something happens, until it has happened. */
  async during(phase: Phase, happens: () => Promise<unknown>): Promise<Outcome> {
    this.tell({ begin: phase });
    await happens();
    const outcome = once(this.process, 'message');
    this.tell({ end: true });
    return (await outcome)[0] as Outcome;
  }

  /**
   * Opens connections that send a head and then one byte of a body every second.
   *
   * @returns what ends them
   */
  openSlowly(connections: number): () => void {
    const { address, name, authority } = this.options;
    const head = `POST /predict HTTP/1.1\r\nhost: ${name}\r\ncontent-type: application/json\r\ncontent-length: 4096\r\n\r\n`;
    const sockets: TLSSocket[] = Array.from({ length: connections }, () => {
      const socket = connect({ host: address, port: 443, servername: name, ca: authority });
      socket.on('error', () => {}); // that it is cut off is what it deserves
      socket.once('secureConnect', () => socket.write(head));
      return socket;
    });
    const timer = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write(' ');
    }, 1000);
    return () => {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    };
  }

  private tell(message: ToLoad): void {
    this.process.send(message);
  }
}

export function lostOf({ lost }: Outcome): number {
  return Object.values(lost).reduce((sum, count) => sum + count, 0);
}

/** @returns milliseconds; NaN when nothing was answered */
export function percentile(latencies: readonly number[], fraction: number): number {
  const sorted = [...latencies].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
}
