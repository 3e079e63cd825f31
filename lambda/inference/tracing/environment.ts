/**
 * OpenTelemetry's own variables. What is wrong in one is told in the log and left out, as its specification wants it
 * (Resource SDK, "error handling"): watching is no reason not to serve.
 */
import type { Log } from '../log/log';
import type { OtlpTarget } from './sender';
import type { TracerOptions } from './tracer';

type Environment = Readonly<Record<string, string | undefined>>;

/** Characters that a value of a header may have (RFC 9110, section 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

export type Signal = 'TRACES' | 'METRICS' | 'LOGS';

/** What the service is called where its environment does not say. */
export interface Service {
  readonly name: string;
  /** @default - not told */
  readonly version?: string | undefined;
}

/**
 * Read OTEL_EXPORTER_OTLP_(TRACES_|METRICS_|LOGS_)ENDPOINT, _HEADERS, OTEL_(TRACES|METRICS|LOGS)_EXPORTER,
 * OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_SDK_DISABLED.
 *
 * @returns undefined where no endpoint is named, or none that can be asked, or the signal is declined with `none`
 */
export function otlpTarget(
  signal: Signal,
  environment: Environment,
  { name, version }: Service,
  log: Log,
): OtlpTarget | undefined {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  if (environment[`OTEL_${signal}_EXPORTER`]?.toLowerCase() === 'none') return undefined;
  const leaveOut = leavingOut(log);
  const endpoint = endpointOf(signal, environment, leaveOut);
  if (!endpoint) return undefined;
  return {
    url: endpoint.url,
    headers: {
      ...endpoint.headers,
      ...headersOf('OTEL_EXPORTER_OTLP_HEADERS', environment, leaveOut),
      ...headersOf(`OTEL_EXPORTER_OTLP_${signal}_HEADERS`, environment, leaveOut),
    },
    resource: {
      ...(version !== undefined && { 'service.version': version }),
      ...pairs('OTEL_RESOURCE_ATTRIBUTES', environment, leaveOut),
      'service.name': environment.OTEL_SERVICE_NAME || name,
    },
  };
}

/** @returns undefined where nothing is to be traced */
export function tracerOptions(environment: Environment, service: Service, log: Log): TracerOptions | undefined {
  const target = otlpTarget('TRACES', environment, service, log);
  return target && { ...target, ratio: ratioOf('OTEL_TRACES_SAMPLER_ARG', environment, leavingOut(log)) };
}

/** OpenTelemetry's own default is a minute. */
const METRIC_INTERVAL_MS = 60_000;
/** A scrape of all workers may take two seconds. */
const LEAST_METRIC_INTERVAL_MS = 1000;

/** Milliseconds between two exports of metrics. */
export function metricInterval(environment: Environment, log: Log): number {
  const variable = 'OTEL_METRIC_EXPORT_INTERVAL';
  const text = environment[variable];
  const interval = Number(text || METRIC_INTERVAL_MS);
  if (interval >= LEAST_METRIC_INTERVAL_MS && interval <= 24 * 3_600_000) return interval;
  leavingOut(log)(variable, `it is milliseconds, from ${LEAST_METRIC_INTERVAL_MS} to a day`);
  return METRIC_INTERVAL_MS;
}

// the value is not told: headers and URLs hold keys
const leavingOut =
  (log: Log): LeaveOut =>
  (variable, reason) =>
    log('warn', 'setting left out', { variable, reason });

type LeaveOut = (variable: string, reason: string) => void;

/** A user and password of the URL become a header: `fetch` refuses them, and an error would tell them. */
function endpointOf(
  signal: Signal,
  environment: Environment,
  leaveOut: LeaveOut,
): { url: string; headers: Record<string, string> } | undefined {
  const own = `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`;
  const variable = environment[own] ? own : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const text = environment[variable];
  if (!text) return undefined;
  try {
    const url = new URL(text);
    if (variable !== own) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal.toLowerCase()}`;
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      leaveOut(variable, 'it is sent over http or https; it begins with neither');
      return undefined;
    }
    const { username, password } = url;
    const credentials = [username, password].map(decodeURIComponent).join(':');
    url.username = '';
    url.password = '';
    const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
    return { url: url.href, headers: username || password ? { authorization } : {} };
  } catch {
    leaveOut(variable, 'it is no URL, e.g. http://localhost:4318');
    return undefined;
  }
}

/** `a=1,b=2`, percent-encoded; a value that cannot be decoded takes the whole variable with it. */
function pairs(variable: string, environment: Environment, leaveOut: LeaveOut): Record<string, string> {
  try {
    return Object.fromEntries(
      (environment[variable] ?? '')
        .split(',')
        .map((pair) => pair.split('='))
        .filter(([key, value]) => key?.trim() && value !== undefined)
        .map(([key, ...value]) => [key!.trim(), decodeURIComponent(value.join('=').trim())]),
    );
  } catch {
    leaveOut(variable, 'it has a % that is not followed by two hexadecimal digits of UTF-8');
    return {};
  }
}

function headersOf(variable: string, environment: Environment, leaveOut: LeaveOut): Record<string, string> {
  const headers = pairs(variable, environment, leaveOut);
  if (Object.entries(headers).every(([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(value))) {
    return headers;
  }
  leaveOut(variable, 'it has a name or a value that no header can have');
  return {};
}

function ratioOf(variable: string, environment: Environment, leaveOut: LeaveOut): number {
  const text = environment[variable];
  const ratio = Number(text || 1);
  if (ratio >= 0 && ratio <= 1) return ratio;
  leaveOut(variable, 'it is the share of traces that are told, from 0 to 1');
  return 1;
}
