/**
 * Requests as fixed bytes over a kept connection, and no more of HTTP than finding the end of an answer: whoever sends them
 * costs little beside the server that is measured.
 */
import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';

/** One connection; opens itself again where the server closes it after an answer. */
export class Connection {
  private socket?: Socket;
  private received = '';
  private answered?: { readonly resolve: () => void; readonly reject: (error: Error) => void };

  constructor(private readonly port: number) {}

  /**
   * @param bytes of the whole request
   * @throws Error unless it is answered with 200
   */
  ask(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.answered = { resolve, reject };
      this.received = '';
      this.socket ??= this.open();
      this.socket.write(bytes);
    });
  }

  close(): void {
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.receive(socket, text as unknown as string));
    socket.on('error', (error) => {
      if (this.socket === socket) this.fail(error);
    });
    socket.on('close', () => {
      if (this.socket !== socket) return; // left behind
      delete this.socket;
      this.fail(new Error(`port ${this.port} closed the connection`));
    });
    return socket;
  }

  private receive(socket: Socket, text: string): void {
    this.received = this.received === '' ? text : this.received + text;
    const { received } = this;
    const head = received.indexOf(HEAD_END);
    if (head < 0) return;
    const length = /\r\ncontent-length: *(\d+)/i.exec(received);
    const whole = length
      ? received.length >= head + HEAD_END.length + Number(length[1])
      : received.endsWith('\r\n0\r\n\r\n'); // chunked
    if (!whole) return;
    if (!received.startsWith('200', 9)) {
      this.fail(new Error(`port ${this.port} answered ${received.slice(0, 400)}`));
      return;
    }
    if (/\r\nconnection: *close/i.test(received.slice(0, head)) || received.startsWith('HTTP/1.0')) {
      delete this.socket;
      socket.destroy();
    }
    const { answered } = this;
    delete this.answered;
    answered?.resolve();
  }

  private fail(error: Error): void {
    const { answered } = this;
    delete this.answered;
    answered?.reject(error);
  }
}

/** A request with a body of JSON. */
export function requestBytes(path: string, body: string): Buffer {
  const length = Buffer.byteLength(body);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`,
  );
}
