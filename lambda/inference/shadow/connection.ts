/** The way from a worker to a shadow that stands elsewhere. */
import { readFile } from 'node:fs/promises';
import { connect, isIPv4, type Socket } from 'node:net';
import type * as tls from 'node:tls';
import type { Log } from '../log/log';
import { frameOf } from './frames';
import { heard } from './heard';
import type { FromShadow, ToShadow } from './messages';
import type { ShadowProcess, StartShadow } from './shadow';

/** How often it is looked for one that can be reached, or for another. */
const LOOK_MS = 5000;

/** Time that a connection may take, until it is ready. */
const CONNECT_MS = 5000;

/** Characters of a line that it tells: counts of a second have some thousands. */
const LONGEST_LINE = 512 * 1024;

export interface ElsewhereOptions {
  /** File with a line `address:port` for each; it may not be there yet. */
  readonly addresses: string;
  /** Whether they listen by TLS. They have certificates of their own making: who may listen there is the network's to say. */
  readonly tls: boolean;
  readonly log: Log;
  /** @default 5000 */
  readonly lookMs?: number;
}

/** Any of the shadows that are there; it ends when that one does, or when another joins them, so that all have work. */
export function shadowElsewhere(options: ElsewhereOptions): StartShadow {
  return (hear, ended) => new Connection(options, hear, ended);
}

class Connection implements ShadowProcess {
  readonly pid = undefined;
  private readonly timer: NodeJS.Timeout;
  private socket?: Socket | undefined;
  private task?: ToShadow;
  private ready = false;
  private over = false;
  private known: readonly string[] = [];
  private told = '';

  constructor(
    private readonly options: ElsewhereOptions,
    private readonly hear: (message: FromShadow) => void,
    private readonly ended: (how: string) => void,
  ) {
    const { lookMs = LOOK_MS } = options;
    this.timer = setInterval(() => void this.look(), lookMs).unref();
  }

  send(message: ToShadow): void {
    if (!('task' in message)) {
      this.socket?.write(frameOf(message));
      return;
    }
    this.task = message;
    void this.look();
  }

  kill(): void {
    this.end('it was told to');
  }

  private async look(): Promise<void> {
    const there = await readFile(this.options.addresses, 'utf8').then(addressesOf, () => undefined);
    if (this.over || there === undefined) return;
    if (this.ready) {
      const joined = there.find((address) => !this.known.includes(address));
      if (joined !== undefined) this.end(`${joined} joined`);
    } else if (this.socket === undefined && there.length > 0) {
      this.known = there;
      this.connect(there[Math.floor(Math.random() * there.length)]!);
    }
  }

  private connect(address: string): void {
    const [host, port] = address.split(':') as [string, string];
    const to = { host, port: Number(port) };
    const socket = this.options.tls
      ? (require('node:tls') as typeof tls).connect({ ...to, rejectUnauthorized: false })
      : connect(to);
    this.socket = socket;
    socket.unref().setEncoding('utf8').setNoDelay(true);
    const patience = setTimeout(() => socket.destroy(new Error('it does not answer')), CONNECT_MS);
    socket.once(this.options.tls ? 'secureConnect' : 'connect', () => void socket.write(frameOf(this.task!)));
    let rest = '';
    let why = 'it closed the connection';
    socket.on('error', (error) => {
      why = error.message;
    });
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      if (rest.length > LONGEST_LINE) socket.destroy(new Error('its lines have no end'));
      for (const line of lines) {
        const message = heard(line);
        if (message === undefined) socket.destroy(new Error('it says what no shadow says'));
        else if ('other' in message) socket.destroy(new Error(`it has ${message.other}`));
        else this.pass(message, patience);
      }
    });
    socket.once('close', () => {
      clearTimeout(patience);
      if (this.socket !== socket) return;
      this.socket = undefined;
      if (this.ready) this.end(`${address}: ${why}`);
      else this.tellOnce(`${address}: ${why}`);
    });
  }

  private pass(message: FromShadow, patience: NodeJS.Timeout): void {
    if (this.over) return;
    if ('ready' in message) {
      clearTimeout(patience);
      this.ready = true;
    }
    this.hear(message);
  }

  /** It is tried again with each look; why it is in vain is told when it is another reason. */
  private tellOnce(why: string): void {
    if (why === this.told) return;
    this.told = why;
    this.options.log('warn', 'shadow not reached', { reason: why });
  }

  private end(how: string): void {
    if (this.over) return;
    this.over = true;
    clearInterval(this.timer);
    this.socket?.destroy();
    this.ended(how);
  }
}

function addressesOf(text: string): string[] {
  return text.split('\n').filter((line) => {
    const [host, port, more] = line.split(':');
    return more === undefined && isIPv4(host!) && /^\d{1,5}$/.test(port ?? '');
  });
}
