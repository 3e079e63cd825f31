import type { Server } from 'node:net';
import { SlipwayError } from '../../lib/model/error';

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
