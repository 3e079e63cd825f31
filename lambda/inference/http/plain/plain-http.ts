/** Plain reading in front of a server of Node.js, which reads what is not plain. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { BodyReader } from '../body';
import { PlainConnection, type PlainHost, type PlainRequest } from './connection';

export interface PlainHttpOptions {
  readonly bodies: BodyReader;
  /** Whether an answer is the last one of its connection. */
  readonly draining: () => boolean;
  readonly serve: (request: PlainRequest) => void;
}

export class PlainHttp implements PlainHost {
  readonly bodies: BodyReader;
  readonly serve: PlainHttpOptions['serve'];
  private readonly isDraining: () => boolean;
  private readonly connections = new Set<PlainConnection>();
  /** How the server reads a connection without us. */
  private readonly read: (this: Server, socket: Socket) => void;

  /** @param server that has no listeners for connections but its own */
  constructor(
    private readonly server: Server,
    { bodies, draining, serve }: PlainHttpOptions,
  ) {
    const [read, ...others] = server.listeners('connection');
    if (read === undefined || others.length > 0) throw new Error('the server reads its connections in an unknown way');
    this.read = read as (socket: Socket) => void;
    this.bodies = bodies;
    this.serve = serve;
    this.isDraining = draining;
    server.removeListener('connection', this.read);
    server.on('connection', (socket: Socket) => this.connections.add(new PlainConnection(socket, this)));
  }

  get draining(): boolean {
    return this.isDraining();
  }

  handOver(connection: PlainConnection): void {
    this.connections.delete(connection);
    this.read.call(this.server, connection.socket);
  }

  closed(connection: PlainConnection): void {
    this.connections.delete(connection);
  }

  /** Those that were answered and ask nothing, as the method of the same name does for what Node.js reads. */
  closeIdleConnections(): void {
    for (const connection of this.connections) if (connection.used && connection.idle) connection.socket.destroySoon();
  }

  /** @returns whether there was one, of those that `closeIdleConnections` would close */
  closeIdleOne(): boolean {
    for (const connection of this.connections) {
      if (!connection.used || !connection.idle) continue;
      connection.socket.destroySoon();
      return true;
    }
    return false;
  }
}
