/**
 * OpenTelemetry's own variables. What is wrong in one is told in the log and left out, as its specification wants it
 * (Resource SDK, "error handling"): tracing is no reason not to serve.
 */
import type { Log } from '../log/log';
import type { TracerOptions } from './tracer';

type Environment = Readonly<Record<string, string | undefined>>;

/** Characters that a value of a header may have (RFC 9110, section 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]+$/;

/**
 * Read OTEL_EXPORTER_OTLP_(TRACES_)ENDPOINT, _HEADERS, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
 * OTEL_TRACES_SAMPLER_ARG, OTEL_SDK_DISABLED.
 *
 * @returns undefined where no endpoint is named, or none that can be asked
 */
export function tracerOptions(
  environment: Environment,
  model: { readonly name: string; readonly version: string },
  log: Log,
): TracerOptions | undefined {
  if (environment.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return undefined;
  // the value is not told: headers and URLs hold keys
  const leaveOut = (variable: string, reason: string) => log('warn', 'setting left out', { variable, reason });
  const endpoint = endpointOf(environment, leaveOut);
  if (!endpoint) return undefined;
  return {
    url: endpoint.url,
    headers: {
      ...endpoint.headers,
      ...headersOf('OTEL_EXPORTER_OTLP_HEADERS', environment, leaveOut),
      ...headersOf('OTEL_EXPORTER_OTLP_TRACES_HEADERS', environment, leaveOut),
    },
    resource: {
      'service.version': model.version,
      ...pairs('OTEL_RESOURCE_ATTRIBUTES', environment, leaveOut),
      'service.name': environment.OTEL_SERVICE_NAME || model.name,
    },
    ratio: ratioOf('OTEL_TRACES_SAMPLER_ARG', environment, leaveOut),
  };
}

type LeaveOut = (variable: string, reason: string) => void;

/** A user and password of the URL become a header: `fetch` refuses them, and an error would tell them. */
function endpointOf(
  environment: Environment,
  leaveOut: LeaveOut,
): { url: string; headers: Record<string, string> } | undefined {
  const own = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
  const variable = environment[own] ? own : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  const text = environment[variable];
  if (!text) return undefined;
  try {
    const url = new URL(text);
    if (variable !== own) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      leaveOut(variable, 'spans are sent over http or https; it begins with neither');
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
