/** From a method and a path to a route. */
import { type Answer, HttpError } from './http-answer';
import type { InferenceRequest, RequestHead } from './request';
import type { Stages } from './stages';

export interface Exchange {
  readonly request: InferenceRequest;
  /** When the head of the request had been read, as of `performance.now()`. */
  readonly startedAt: number;
  /** When it can have come at the earliest: until the event loop looks at its socket, nobody sees it wait. */
  readonly cameAt: number;
  /** Segments of the path that the route left open, in order. */
  readonly parameters: readonly string[];
  /** Gets the times of the stages. @default - nobody asks for them */
  readonly stages?: Stages;
  /** By which the log names the request. @default - it does not */
  readonly id?: string | undefined;
  /** What follows the question mark, undecoded. */
  readonly query: string;
}

export type Handler = (exchange: Exchange) => Answer | Promise<Answer>;

export interface Route {
  /** With `{name}` for an open segment; also the label of the metrics, so that there are few. */
  readonly path: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly handle: Handler;
  /** Whether a request is taken, asked before anything else is done for it. @default - each is */
  readonly takes?: (parameters: readonly string[], cameAt: number, request: RequestHead) => boolean;
  /** What it does, in a few words, for `GET /`. */
  readonly purpose: string;
}

export interface Match<R extends Route> {
  readonly route: R;
  readonly parameters: readonly string[];
  readonly query: string;
}

interface Pattern<R> {
  readonly expression: RegExp;
  readonly routes: Map<string, R>;
}

const NO_PARAMETERS: readonly string[] = [];

/** What precedes the path where a client writes the whole address, as to a proxy (RFC 9112, section 3.2.2). */
const AUTHORITY = /^https?:\/\/[^/?#]*\/?/i;

export class Router<R extends Route> {
  private readonly exact = new Map<string, Map<string, R>>();
  private readonly patterns: Pattern<R>[] = [];

  constructor(readonly routes: readonly R[]) {
    for (const route of routes) this.methodsOf(route.path).set(route.method, route);
  }

  private methodsOf(path: string): Map<string, R> {
    if (!path.includes('{')) {
      const known = this.exact.get(path) ?? new Map<string, R>();
      this.exact.set(path, known);
      return known;
    }
    const expression = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`);
    const known = this.patterns.find((pattern) => pattern.expression.source === expression.source);
    if (known) return known.routes;
    const pattern = { expression, routes: new Map<string, R>() };
    this.patterns.push(pattern);
    return pattern.routes;
  }

  /** @throws HttpError 404 with the routes there are, 405 with `Allow` */
  match(method: string, target: string): Match<R> {
    const url = target.startsWith('/') ? target : target.replace(AUTHORITY, '/');
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    let methods = this.exact.get(path);
    let parameters = NO_PARAMETERS;
    if (methods === undefined) {
      for (const pattern of this.patterns) {
        const found = pattern.expression.exec(path);
        if (found === null) continue;
        methods = pattern.routes;
        parameters = found.slice(1);
        break;
      }
    }
    if (methods === undefined) {
      const known = this.routes.map((route) => `${route.method} ${route.path}`).join(', ');
      throw new HttpError(404, 'route', `there is no ${path.slice(0, 100)} here; there are ${known}`);
    }
    const route = methods.get(method === 'HEAD' ? 'GET' : method);
    if (route === undefined) {
      const allowed = [...methods.keys()].flatMap((known) => (known === 'GET' ? ['GET', 'HEAD'] : [known])).join(', ');
      throw new HttpError(405, 'method', `${method} is not allowed on ${path.slice(0, 100)}; allowed: ${allowed}`, {
        headers: { allow: allowed },
      });
    }
    return { route, parameters, query };
  }
}
