/**
 * A double of GitHub, GitLab or Bitbucket with one pull request: it keeps comments, and answers in the form of that system.
 * `npm run proof:pull-requests` holds what it is asked, and what it answers, against their own descriptions.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FORMS, type Form, type SystemName } from './forms';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export interface KeptComment {
  readonly id: number;
  text: string;
  /** Id of who wrote it. */
  readonly user: number;
  /** Whether an app or an access token wrote it. */
  readonly bot: boolean;
}

/** An answer of its own to the next request. */
export interface Failure {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Only to what changes something. @default false */
  readonly ofWrites?: boolean;
}

/** Who has the token. */
export const OWN_USER = 7;

export class PullRequestDouble {
  readonly asked: Asked[] = [];
  comments: KeptComment[] = [];
  /** Comments that the reader may not see: a page has so many less. */
  hidden = new Set<number>();
  failures: Failure[] = [];
  /** Where clients reach it. @default - its own address */
  public?: string;
  private readonly form: Form;
  private readonly server: Server;

  constructor(system: SystemName) {
    this.form = FORMS[system];
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += String(part)));
      request.on('end', () => {
        const { method = 'GET', url: path = '/', headers } = request;
        this.asked.push({ method, path, body, headers });
        const { status, headers: further = {}, body: answer } = this.failure(method) ?? this.answer(method, path, body);
        response.writeHead(status, { 'content-type': 'application/json', ...further });
        response.end(JSON.stringify(answer));
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  stop = () => new Promise((resolve) => this.server.close(resolve));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get written(): readonly Asked[] {
    return this.asked.filter(({ method }) => method !== 'GET');
  }

  reset(): void {
    this.asked.length = 0;
    this.comments = [];
    this.hidden = new Set();
    this.failures = [];
  }

  private failure(method: string): Failure | undefined {
    const [next] = this.failures;
    if (next === undefined || (next.ofWrites && method === 'GET')) return undefined;
    return this.failures.shift();
  }

  private answer(method: string, path: string, body: string): Failure {
    const { form } = this;
    const root = this.public ?? this.url;
    if (path.endsWith('/user')) return { status: 200, body: form.me(root, OWN_USER) };
    const kept = (comment: KeptComment) => form.comment(root, comment);
    if (method === 'POST') {
      const made = { id: 42, text: form.text(JSON.parse(body)), user: OWN_USER, bot: true };
      this.comments.push(made);
      return { status: 201, body: kept(made) };
    }
    if (method !== 'GET') {
      const id = Number(path.split('/').at(-1));
      const found = this.comments.find((comment) => comment.id === id);
      if (!found) return { status: 404, body: form.problem('Not Found') };
      found.text = form.text(JSON.parse(body));
      return { status: 200, body: kept(found) };
    }
    const { pathname, searchParams } = new URL(path, root);
    const size = Number(searchParams.get(form.pageSize) ?? form.usualPage);
    const page = Number(searchParams.get('page') ?? 1);
    const shown = this.comments.slice(size * (page - 1), size * page).filter(({ id }) => !this.hidden.has(id));
    searchParams.set('page', String(page + 1));
    const next = this.comments.length > size * page ? `${root}${pathname}?${searchParams}` : undefined;
    return form.page(shown.map(kept), next);
  }
}
