/** EC2's instance metadata service, version 2, as far as notices of Spot need it: a real HTTP server that wants tokens. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const LATEST = '/latest/meta-data/';

export class MetadataService {
  /** What is told, by its path below `/latest/meta-data/`. */
  readonly told = new Map<string, string>();
  /** Paths that were asked for, those of tokens among them. */
  readonly asked: string[] = [];
  private readonly tokens = new Set<string>();
  private issued = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MetadataService> {
    const server = createServer();
    const service = new MetadataService(server);
    server.on('request', (request, response) => {
      const { method, url = '', headers } = request;
      service.asked.push(url);
      const answer = (status: number, body = '') =>
        response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
      if (url === '/latest/api/token') {
        const seconds = Number(headers['x-aws-ec2-metadata-token-ttl-seconds']);
        if (method !== 'PUT') return answer(405);
        if (!(seconds >= 1 && seconds <= 21_600)) return answer(400);
        const token = `token-${++service.issued}`;
        service.tokens.add(token);
        return answer(200, token);
      }
      if (!service.tokens.has(`${headers['x-aws-ec2-metadata-token']}`)) return answer(401);
      const text = url.startsWith(LATEST) ? service.told.get(url.slice(LATEST.length)) : undefined;
      return text === undefined ? answer(404) : answer(200, text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  /** For who is to ask it. */
  get environment(): { readonly AWS_EC2_METADATA_SERVICE_ENDPOINT: string } {
    const { port } = this.server.address() as AddressInfo;
    return { AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}` };
  }

  /** As if the time of all tokens were over. */
  forgetTokens(): void {
    this.tokens.clear();
  }

  /** The instance is taken back in two minutes. */
  interrupt(time = '2026-11-30T12:00:00Z'): void {
    this.told.set('spot/instance-action', JSON.stringify({ action: 'terminate', time }));
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
