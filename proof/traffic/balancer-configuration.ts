/** The configuration of HAProxy: a load balancer as the template has it, and a line of log for each answer. */
import { VARIANT_HEADER } from '../../lib/model/stage/deployment';

/** Two target groups, which a listener gives weights. */
export const GROUPS = ['blue', 'green'] as const;
export type GroupName = (typeof GROUPS)[number];

export const SLOTS = 16;

/** Key of the weight in a map of HAProxy: what `green` gets of a hundred requests. */
export const WEIGHT_KEY = 'green';

/** As the template has them. */
export interface TargetGroup {
  readonly path: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthy: number;
  readonly unhealthy: number;
  readonly deregistrationSeconds: number;
}

/** What the load balancer has seen of a request. */
export interface Answered {
  /** Milliseconds of the epoch at its end. */
  readonly at: number;
  readonly group: GroupName;
  /** Name of the target in it. */
  readonly target: string;
  readonly status: number;
  /** HAProxy's word for how it ended: `--` well, `SC` without a connection to a target. */
  readonly ended: string;
  /** From the request to the head of the answer; negative where there was none. */
  readonly milliseconds: number;
}

const LINE = /^answered (\d+) (\w+) (\S+) (-?\d+) (\S\S) (-?\d+)/;
const LOG_FORMAT = 'answered %[date(0,ms)] %b %s %ST %ts %Tr';

/** @returns undefined for a line that tells of something else */
export function answeredOf(line: string): Answered | undefined {
  const [, at, group, target, status, ended, milliseconds] = LINE.exec(line) ?? [];
  if (!GROUPS.includes(group as GroupName)) return undefined;
  return {
    at: Number(at),
    group: group as GroupName,
    target: target!,
    status: Number(status),
    ended: ended!,
    milliseconds: Number(milliseconds),
  };
}

export interface Configuration {
  readonly address: string;
  readonly group: TargetGroup;
  /** Path of certificate and key. */
  readonly pem: string;
  /** Path of the socket by which it is told what to do. */
  readonly socket: string;
  /** Path of the map with the weight. */
  readonly weights: string;
  /** A request with this value of `VARIANT_HEADER` goes to `green`. */
  readonly variant: string;
}

export function configurationText({ address, group, pem, socket, weights, variant }: Configuration): string {
  return `global
  stats socket ${socket} mode 600 level admin
  nbthread 1
  log stdout format raw local0
  ssl-default-bind-options ssl-min-ver TLSv1.3
defaults
  mode http
  log global
  timeout connect ${group.timeoutSeconds}s
  timeout client 60s
  timeout server 60s
  timeout check ${group.timeoutSeconds}s
  retries 0
  http-reuse always
frontend https
  bind ${address}:443 ssl crt ${pem} alpn http/1.1
  log-format "${LOG_FORMAT}"
  http-request set-var(txn.weight) str(${WEIGHT_KEY}),map_str_int(${weights},0)
  use_backend green if { req.hdr(${VARIANT_HEADER}) -m str ${variant} }
  use_backend green if { rand(100),sub(txn.weight) lt 0 }
  default_backend blue
${GROUPS.map(
  (name) => `backend ${name}
  balance leastconn
  option httpchk
  http-check send meth GET uri ${group.path} ver HTTP/1.1 hdr host endpoint hdr user-agent ELB-HealthChecker/2.0
  http-check expect status 200
  default-server check inter ${group.intervalSeconds}s rise ${group.healthy} fall ${group.unhealthy}
  server-template target 1-${SLOTS} ${address}:8080 disabled
`,
).join('')}`;
}
