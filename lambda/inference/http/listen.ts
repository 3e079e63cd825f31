import { Server } from 'node:net';
import { SlipwayError } from '../../../lib/model/error';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; stop it, or choose another port',
  EACCES: 'this user may not; choose a port above 1023',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/**
 * Listen.
 *
 * @returns the port, which differs from the one that was asked for if that was 0
 * @throws SlipwayError E_PORT
 */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = REASONS[cause.code ?? ''] ?? cause.message;
      reject(new SlipwayError('E_PORT', `port ${port} of ${host} cannot be listened on: ${reason}`, { cause }));
    });
    server.listen({ port, host, backlog: 1024 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** A turn of the event loop is calm when it takes no longer, and there will be one among so many. */
const CALM = { milliseconds: 0.1, turns: 200 };

/**
 * Listen no more, without a word to the connections that are there (the server of `node:http` would close those that are
 * idle).
 *
 * Whoever has come is let in first, since the system resets what waits to be accepted: the event loop accepts until none is
 * left, and right after a turn in which it did little else nobody new has come.
 */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    let turnedAt = Number.NEGATIVE_INFINITY;
    let turns = 0;
    const turned = () => {
      const calm = performance.now() - turnedAt < CALM.milliseconds;
      if (calm || turns++ === CALM.turns) {
        if (server.listening) Server.prototype.close.call(server);
        resolve();
      } else {
        turnedAt = performance.now();
        setImmediate(turned);
      }
    };
    setImmediate(turned);
  });
}
