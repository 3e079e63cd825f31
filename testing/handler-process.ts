/** The bundled handler as a process of its own, as it runs on an instance. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

type Event = Record<string, unknown> & { readonly event: string };

export class HandlerProcess {
  private static readonly running = new Set<HandlerProcess>();

  /** Ends what a failed test left behind, which would keep the test process alive. */
  static killAll(): void {
    for (const handler of HandlerProcess.running) handler.kill();
  }

  readonly events: Event[] = [];
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;
  private readonly lines: Interface;
  private readonly watchers = new Set<() => void>();

  /** @param directory where the bundle is; the process also runs there */
  constructor(directory: string, environment: Record<string, string>, parameters: readonly string[] = []) {
    this.child = spawn(process.execPath, ['handler.cjs', ...parameters], {
      cwd: directory,
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    HandlerProcess.running.add(this);
    this.exited = new Promise((resolve) => {
      this.child.once('exit', (code) => {
        HandlerProcess.running.delete(this);
        resolve(code);
      });
    });
    this.lines = createInterface({ input: this.child.stdout! });
    this.lines.on('line', (line) => {
      this.events.push(JSON.parse(line));
      for (const look of this.watchers) look();
    });
  }

  /** From now on nobody reads its log, and the pipe stays open. */
  stopReading(): void {
    this.lines.pause();
  }

  /** The n-th event of this name, counted from 1; waits until it is logged, or fails when the process ends without. */
  event(name: string, n = 1): Promise<Event> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.events.filter((event) => event.event === name)[n - 1];
        if (!found) return;
        this.watchers.delete(look);
        resolve(found);
      };
      this.watchers.add(look);
      void this.exited.then((code) =>
        reject(new Error(`exit status ${code} before "${name}": ${JSON.stringify(this.events)}`)),
      );
      look();
    });
  }

  async base(): Promise<string> {
    const { scheme, port } = await this.event('listening');
    return `${scheme}://127.0.0.1:${port}`;
  }

  /** Its workers too: one that is stopped would not notice that it is alone. */
  private kill(): void {
    this.signal('SIGKILL');
    for (const pid of new Set(this.events.map((event) => event.pid as number))) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {} // it has ended
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}
