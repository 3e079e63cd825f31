/** What EC2 tells an instance of itself: the instance metadata service, version 2, which wants a token (EC2 user guide, 2026-07). */
import { request } from 'node:http';

const ADDRESS = 'http://169.254.169.254';
/** As the SDKs of AWS name it. */
const ADDRESS_VARIABLE = 'AWS_EC2_METADATA_SERVICE_ENDPOINT';

/** Seconds that a token lasts, which is the most that there is. */
const TOKEN_SECONDS = 21_600;
const PATIENCE_MS = 1000;
/** What is read here has some hundred bytes. */
const MOST_BYTES = 16_384;

interface Reply {
  readonly status: number;
  readonly body: string;
}

export class InstanceMetadata {
  private readonly address: string;
  private token: string | undefined;

  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.address = environment[ADDRESS_VARIABLE] || ADDRESS;
  }

  /**
   * @param path below `/latest/meta-data/`
   * @returns undefined where there is nothing
   * @throws Error when it is not answered
   */
  async read(path: string): Promise<string | undefined> {
    const { status, body } = await this.ask(path);
    if (status === 200) return body;
    if (status === 404) return undefined;
    throw new Error(`the instance metadata service answers ${status} to ${path}`);
  }

  private async ask(path: string): Promise<Reply> {
    const asked = async () => {
      this.token ??= await this.newToken();
      return this.send('GET', `/latest/meta-data/${path}`, { 'x-aws-ec2-metadata-token': this.token });
    };
    const reply = await asked();
    if (reply.status !== 401) return reply;
    this.token = undefined; // it has run out
    return asked();
  }

  private async newToken(): Promise<string> {
    const { status, body } = await this.send('PUT', '/latest/api/token', {
      'x-aws-ec2-metadata-token-ttl-seconds': `${TOKEN_SECONDS}`,
    });
    if (status === 200 && body !== '') return body;
    throw new Error(`the instance metadata service gives no token: it answers ${status}`);
  }

  private send(method: string, path: string, headers: Readonly<Record<string, string>>): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const asked = request(`${this.address}${path}`, { method, headers, agent: false, timeout: PATIENCE_MS });
      asked.on('timeout', () => asked.destroy(new Error('the instance metadata service does not answer')));
      asked.on('error', reject);
      asked.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          body += part;
          if (body.length > MOST_BYTES) asked.destroy(new Error('the instance metadata service answers too much'));
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode!, body }));
      });
      asked.end();
    });
  }
}
