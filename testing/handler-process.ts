/** The bundled handler as a process of its own, with all that it logs. */
import { HANDLER_FILE } from '../lib/artifacts/handler-bundle';
import { HandlerProcess } from '../lib/artifacts/handler-process';

type Event = Readonly<Record<string, unknown>> & { readonly event: string };

export class LoggedHandler extends HandlerProcess {
  private static readonly running = new Set<LoggedHandler>();

  /** Ends what a failed test or proof left behind. */
  static killAll(): void {
    for (const handler of LoggedHandler.running) handler.kill();
  }

  /** What it has logged so far. */
  readonly events: Event[] = [];
  private readonly watchers = new Set<() => void>();

  /**
   * @param directory where the bundle is; the process also runs there
   * @param environment what it has beside PATH
   * @param leash whether it ends with this process even when that is killed
   */
  constructor(
    directory: string,
    environment: Readonly<Record<string, string>>,
    parameters: readonly string[] = [],
    leash = false,
  ) {
    super({ file: HANDLER_FILE, cwd: directory, env: { PATH: process.env.PATH, ...environment }, parameters, leash });
    LoggedHandler.running.add(this);
    void this.exited.then(() => LoggedHandler.running.delete(this));
    this.log.on('line', (line) => {
      this.events.push(JSON.parse(line));
      for (const look of this.watchers) look();
    });
  }

  /** From now on nobody reads its log, and the pipe stays open. */
  stopReading(): void {
    this.log.pause();
  }

  /** The n-th event of this name, counted from 1; waits until it is logged, or fails when the process ends without. */
  event(name: string, n = 1): Promise<Event> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.events.filter(({ event }) => event === name)[n - 1];
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

  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  async base(): Promise<string> {
    const { scheme, port } = await this.event('listening');
    return `${scheme}://127.0.0.1:${port}`;
  }

  /** Stop it as systemd would; gives the exit status. */
  stop(): Promise<number | null> {
    this.signal('SIGTERM');
    return this.exited;
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
}
