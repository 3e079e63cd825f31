/** A bucket of S3 for the time of a measurement: how files get to an instance that has no role, and its results back. */
import { openAsBlob } from 'node:fs';
import { SignatureV4 } from '@smithy/signature-v4';
import { s3Url } from '../aws/s3-url';
import { SlipwayError } from '../model/error';

type Signing = ConstructorParameters<typeof SignatureV4>[0];

export interface BucketOptions {
  readonly name: string;
  readonly region: string;
  readonly credentials: Signing['credentials'];
  readonly sha256: Signing['sha256'];
}

type Method = 'GET' | 'PUT' | 'DELETE';

/** What we ask ourselves is asked at once. */
const SOON_SECONDS = 300;
/** For a request without a body, and for each 10 MB of one. */
const TIMEOUT_MS = 60_000;
const TIMEOUT_MS_PER_BYTE = TIMEOUT_MS / 10e6;

const NEEDED =
  's3:CreateBucket, s3:PutLifecycleConfiguration, s3:PutObject, s3:GetObject, s3:DeleteObject and s3:DeleteBucket';

export class TemporaryBucket {
  private readonly signer: SignatureV4;
  private readonly keys = new Set<string>();

  constructor(private readonly options: BucketOptions) {
    const { region, credentials, sha256 } = options;
    this.signer = new SignatureV4({ service: 's3', region, credentials, sha256, uriEscapePath: false });
  }

  get name(): string {
    return this.options.name;
  }

  /** New buckets are closed to the public, and encrypted. What is forgotten in it goes after a day. */
  async create(): Promise<void> {
    const { region } = this.options;
    const place = region === 'us-east-1' ? '' : configuration('CreateBucketConfiguration', location(region));
    await this.ask('PUT', '', {}, place);
    const rule =
      '<Rule><ID>forgotten</ID><Filter/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>';
    await this.ask('PUT', '', { lifecycle: '' }, configuration('LifecycleConfiguration', rule));
  }

  async put(key: string, content: { readonly path: string } | Uint8Array | string): Promise<void> {
    this.keys.add(key);
    const body =
      typeof content === 'object' && 'path' in content ? await openAsBlob(content.path) : new Blob([content as string]);
    await this.ask('PUT', key, {}, body);
  }

  /** The content of an object, or undefined while it is not there. */
  async get(key: string): Promise<string | undefined> {
    const answer = await this.send('GET', key, {});
    if (answer.ok) return answer.text();
    // who may not list a bucket is told 403 of what is not there
    if (answer.status === 404 || answer.status === 403) return undefined;
    throw this.failed(`answered ${answer.status}`);
  }

  /** An address by which whoever has it may read or write the object until it expires. */
  async address(method: 'GET' | 'PUT', key: string, seconds: number): Promise<string> {
    if (method === 'PUT') this.keys.add(key);
    return (await this.presigned(method, key, {}, seconds)).href;
  }

  async remove(): Promise<void> {
    for (const key of this.keys) await this.ask('DELETE', key, {});
    await this.ask('DELETE', '', {});
  }

  private async ask(method: Method, key: string, query: Record<string, string>, body?: Blob | string): Promise<void> {
    const answer = await this.send(method, key, query, body);
    if (answer.ok) return;
    if (method === 'DELETE' && answer.status === 404) return;
    const code = /<Code>([^<]+)<\/Code>/.exec(await answer.text())?.[1];
    throw this.failed(`answered ${answer.status}${code === undefined ? '' : ` ${code}`}`);
  }

  private async send(method: Method, key: string, query: Record<string, string>, body?: Blob | string) {
    const url = await this.presigned(method, key, query, SOON_SECONDS);
    const bytes = body instanceof Blob ? body.size : 0;
    const signal = AbortSignal.timeout(Math.ceil(TIMEOUT_MS + bytes * TIMEOUT_MS_PER_BYTE));
    return fetch(url, { method, signal, ...(body && { body }) }).catch((cause: Error) => {
      throw this.failed(((cause.cause as Error | undefined) ?? cause).message, cause);
    });
  }

  private async presigned(method: Method, key: string, query: Record<string, string>, seconds: number): Promise<URL> {
    const url = s3Url(this.name, key, this.options.region);
    const signed = await this.signer
      .presign(
        {
          method,
          protocol: url.protocol,
          hostname: url.hostname,
          path: url.pathname,
          query,
          headers: { host: url.host, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
        },
        { expiresIn: seconds },
      )
      .catch((cause: Error) => {
        throw this.failed(cause.message, cause);
      });
    for (const [name, value] of Object.entries(signed.query ?? {})) url.searchParams.set(name, String(value));
    return url;
  }

  private failed(why: string, cause?: unknown): SlipwayError {
    return new SlipwayError('E_AWS', `the bucket ${this.name}: ${why}; it takes ${NEEDED}`, { cause });
  }
}

const configuration = (name: string, content: string) =>
  `<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${name}>`;

const location = (region: string) => `<LocationConstraint>${region}</LocationConstraint>`;
