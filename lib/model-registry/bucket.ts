/** Requests to a bucket of S3, signed, tried again where that may help, in whatever region the bucket is. */
import { setTimeout as wait } from 'node:timers/promises';
import { SignatureV4 } from '@smithy/signature-v4';
import { withRemedy } from '../aws/remedies';
import { s3Url } from '../aws/s3-url';
import { SlipwayError } from '../model/error';

type Signing = ConstructorParameters<typeof SignatureV4>[0];

/** What every client of the SDK knows: whose request it is, and where it goes. */
export interface SdkConfig {
  readonly region: () => Promise<string>;
  readonly credentials: Signing['credentials'];
  readonly sha256: Signing['sha256'];
}

export interface BucketRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob | string;
  /** Statuses that are an answer, beside those of success. */
  readonly expected?: readonly number[];
}

/** Any region says where a bucket is. */
const FIRST_REGION = 'us-east-1';

const TRIES = 4;
const FIRST_WAIT_MS = 250;
/** For a request without a body, and for each byte of one: 1 MB/s. */
const TIMEOUT_MS = 60_000;
const TIMEOUT_MS_PER_BYTE = 1e-3;

/** By methods, what IAM calls the permission. */
const PERMISSIONS: Readonly<Record<BucketRequest['method'], string>> = {
  GET: 's3:GetObject, or s3:ListBucket for a list',
  HEAD: 's3:GetObject and s3:ListBucket',
  PUT: 's3:PutObject, and of a KMS key kms:GenerateDataKey',
  POST: 's3:PutObject, and of a KMS key kms:GenerateDataKey and kms:Decrypt',
  DELETE: 's3:AbortMultipartUpload',
};

export class Bucket {
  private region: string | undefined;

  /** @param waitMs of the first wait before another try; each is twice as long as the one before */
  constructor(
    readonly name: string,
    private readonly config: SdkConfig,
    private readonly waitMs = FIRST_WAIT_MS,
  ) {}

  /** @throws SlipwayError E_AWS when there are no credentials, or S3 refuses or does not answer */
  async send(request: BucketRequest): Promise<Response> {
    for (let tried = 1; ; tried++) {
      const answer = await this.once(request).catch((cause: Error) => {
        if (SlipwayError.is(cause) || tried === TRIES) throw this.failed(request, reasonOf(cause), cause);
        return undefined;
      });
      if (answer?.ok || (answer && request.expected?.includes(answer.status))) return answer;
      if (answer && this.isElsewhere(answer)) {
        tried--;
        continue;
      }
      const again = !answer || answer.status >= 500 || answer.status === 429 || answer.status === 409;
      if (!again || tried === TRIES) throw await this.refused(request, answer!);
      await wait(this.waitMs * 2 ** (tried - 1));
    }
  }

  private async once({ method, key, query = {}, headers = {}, body }: BucketRequest): Promise<Response> {
    this.region ??= await this.config.region().catch(() => FIRST_REGION);
    const { credentials, sha256 } = this.config;
    const signer = new SignatureV4({ service: 's3', region: this.region, credentials, sha256, uriEscapePath: false });
    const url = s3Url(this.name, encoded(key), this.region);
    const port = url.port === '' ? {} : { port: Number(url.port) };
    const all = { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...headers };
    const signed = await signer
      .sign({
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        ...port,
        path: url.pathname,
        query,
        headers: all,
      })
      .catch((cause: Error) => {
        throw new SlipwayError('E_AWS', cause.message, { cause });
      });
    const { host: _, ...sent } = signed.headers; // fetch gives it by itself
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const bytes = body instanceof Blob ? body.size : 0;
    // of the request and the head of the answer: a large answer takes what it takes
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), Math.ceil(TIMEOUT_MS + bytes * TIMEOUT_MS_PER_BYTE));
    const options = { method, headers: sent, signal: late.signal, redirect: 'manual' } as const;
    return fetch(url, body === undefined ? options : { ...options, body }).finally(() => clearTimeout(timer));
  }

  /** The first answer from another region tells which one it is. */
  private isElsewhere(answer: Response): boolean {
    const region = answer.headers.get('x-amz-bucket-region');
    if (region === null || region === this.region || ![301, 307, 400, 403].includes(answer.status)) return false;
    this.region = region;
    return true;
  }

  private async refused(request: BucketRequest, answer: Response): Promise<SlipwayError> {
    const code = /<Code>([^<]+)<\/Code>/.exec(await answer.text().catch(() => ''))?.[1];
    const said = `answered ${answer.status}${code === undefined ? '' : ` ${code}`}`;
    // a HEAD that is refused has no code
    const denied = answer.status === 403 && (code === undefined || code === 'AccessDenied');
    return this.failed(request, denied ? `${said}; it takes ${PERMISSIONS[request.method]}` : withRemedy(said));
  }

  private failed({ method, key }: BucketRequest, why: string, cause?: unknown): SlipwayError {
    return new SlipwayError('E_AWS', `s3://${this.name}/${key}: ${method} ${why}`, { cause });
  }
}

function reasonOf(error: Error): string {
  if (SlipwayError.is(error)) return `was not sent: ${withRemedy(error.message)}`;
  return `was not answered: ${withRemedy(((error.cause as Error | undefined) ?? error).message)}`;
}

/** RFC 3986, as S3 signs it. */
function encoded(key: string): string {
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
