import type { RequestHead } from './request';

/** Segments of a path below which an endpoint stands, at the most (`MODEL_PATH` of slipway.yaml). */
const MOST_SEGMENTS = 3;

/** Where one of several endpoints stands: below a path, or behind a name of its own. */
export interface Address {
  readonly basePath?: string | undefined;
  readonly host?: string | undefined;
}

/** Several endpoints by their addresses. */
export class Addresses<E extends Address> {
  private readonly byHost: ReadonlyMap<string, E>;
  private readonly byPath: ReadonlyMap<string, E>;

  constructor(endpoints: readonly E[]) {
    this.byHost = new Map(endpoints.flatMap((each) => (each.host === undefined ? [] : [[each.host, each]])));
    this.byPath = new Map(endpoints.flatMap((each) => (each.basePath === undefined ? [] : [[each.basePath, each]])));
  }

  /** The one that a request is for, if any. */
  of({ url, headers }: RequestHead): E | undefined {
    const name = headers.host?.replace(/:\d+$/, '').toLowerCase() ?? '';
    return this.byHost.get(name) ?? this.below(url);
  }

  private below(url: string): E | undefined {
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    for (let i = 0, end = 0; i < MOST_SEGMENTS && end >= 0; i++) {
      end = path.indexOf('/', end + 1);
      const found = this.byPath.get(end < 0 ? path : path.slice(0, end));
      if (found) return found;
    }
    return undefined;
  }
}

/**
 * What a request asks for below the path of the endpoint. Without that path it is answered as well: health checks of a
 * load balancer, and callers on the instance, have none.
 *
 * @param base e.g. `/titanic`
 */
export function belowBase(url: string, base: string): string {
  if (!url.startsWith(base)) return url;
  const rest = url.slice(base.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
