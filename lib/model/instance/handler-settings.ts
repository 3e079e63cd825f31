/**
 * What the template tells the handler. Both sides read this file, so that a number exists once:
 * the template writes the environment, the handler reads it.
 */
import { delimiter } from 'node:path';
import { SlipwayError } from '../error';
import type { HandlerAccess } from '../stage/access';
import { ANSWERED, isAnswered } from './answered-types';

/** Seconds the load balancer keeps an idle connection to a client or a target (ELB's own default). */
export const IDLE_TIMEOUT_SECONDS = 60;

/**
 * Seconds the handler keeps an idle connection. It must exceed the load balancer's idle timeout,
 * else the handler closes a connection that the load balancer is about to use, and the client gets a 502.
 */
export const KEEP_ALIVE_SECONDS = IDLE_TIMEOUT_SECONDS + 12;

/** Port on which the handler listens behind the load balancer. */
export const HANDLER_PORT = 8080;

/** Path of the load balancer's health check: ready means loaded, warm and golden rows hold. */
export const READY_PATH = '/readyz';

/**
 * Seconds in which a stopping handler finishes what it has begun. The target group's deregistration
 * delay is the same, and systemd waits a little longer before it kills.
 */
export const DRAIN_SECONDS = 30;

/**
 * Header by which a request asks to be given up after so many milliseconds, if that is sooner than `deadlineMs`. Envoy,
 * and so Istio and KServe, tell servers by it how long the request may take.
 */
export const DEADLINE_HEADER = 'x-envoy-expected-rq-timeout-ms';

/** No request may be waiting when a stopping handler has to be done. */
export const LONGEST_DEADLINE_MS = (DRAIN_SECONDS - 5) * 1000;

/** Most rows in one run: the fixed cost of a run (10 us) no longer counts, and its tensors are not too large. */
export const MOST_ROWS_PER_RUN = 1024;

/** Garbage that a worker lets gather in its heap before it searches all of it, MiB: four times what V8 would allow. */
export const GARBAGE_MIB = 32;

/** Most rows that may wait in a worker, and so that one request may have. */
export const MOST_QUEUE_ROWS = 65_536;

const MIB = 1024 * 1024;

/**
 * What evaluates a model: `auto` is the native engine where it can, else ONNX Runtime; `cuda` is ONNX Runtime on an NVIDIA
 * GPU. The other two are for comparisons.
 */
export const ENGINE_CHOICES = ['auto', 'native', 'onnxruntime', 'cuda'] as const;

export type EngineChoice = (typeof ENGINE_CHOICES)[number];

export interface HandlerSettings {
  /** Folder of the model package: the default model, which routes without a name mean. */
  readonly model: string;
  /** Folders of further models, which are asked by their names. @default - none */
  readonly otherModels?: readonly string[];
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
  /** Processes that share the port. */
  readonly workers: number;
  /** Threads of the engine in each worker. */
  readonly threadsPerWorker: number;
  /**
   * Rows that a run may have in any case, however slow they are: what a plan counts on that joins requests. The handler
   * gives a run as many as take 0.75 ms, and more of a model of which further rows cost little; this is never less.
   *
   * @default 1
   */
  readonly rowsPerRun?: number;
  /** Rows that may wait in one worker; beyond it requests are answered 503 with Retry-After. */
  readonly queueRows: number;
  /** Bytes of bodies that are being read in one worker, and as many of rows that wait; beyond it 503 with Retry-After. */
  readonly queueBytes: number;
  /** Milliseconds after which a request that still waits is answered 504; one that would, 503 before its body is read. */
  readonly deadlineMs: number;
  /** Largest request body in bytes; beyond it 413. */
  readonly maximumBodyBytes: number;
  /** @default auto */
  readonly engine?: EngineChoice;
  /** Seconds that loading a model may take, or one run of it while it is tried. @default - 60, and more for a large file */
  readonly loadSeconds?: number;
  /** MiB that a process may take until its models have been tried. @default - 2 GiB, and 24 times the file, and no more than 80 % of the machine */
  readonly loadMiB?: number;
  /** Port of the admin listener, which loads and unloads models and answers this machine alone. @default - none */
  readonly adminPort?: number;
  /** Media type that `POST /invocations` answers to who accepts anything. @default JSON */
  readonly defaultAccept?: string;
  /** Name of the endpoint that it serves; with it, metrics for CloudWatch are written to the log. */
  readonly endpoint?: string;
  /** PEM files; with both the handler serves HTTPS itself. The load balancer does so on AWS. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Whether the stages of each request are measured. @default true */
  readonly stages?: boolean;
  /** @default - anybody who reaches the endpoint may ask */
  readonly access?: HandlerAccess;
  /** Whether there is a line in the log for each request although anybody may ask. @default false */
  readonly requestLog?: boolean;
}

export const DEFAULT_HANDLER_SETTINGS = {
  port: HANDLER_PORT,
  host: '0.0.0.0',
  workers: 1,
  threadsPerWorker: 1,
  queueRows: 4096,
  queueBytes: 24 * MIB,
  deadlineMs: 10_000,
  maximumBodyBytes: 6 * MIB, // SageMaker's real-time payload limit, which clients already respect
} as const;

const NUMBERS = {
  port: 'SLIPWAY_PORT',
  workers: 'SLIPWAY_WORKERS',
  threadsPerWorker: 'SLIPWAY_THREADS',
  queueRows: 'SLIPWAY_QUEUE_ROWS',
  queueBytes: 'SLIPWAY_QUEUE_BYTES',
  deadlineMs: 'SLIPWAY_DEADLINE_MS',
  maximumBodyBytes: 'SLIPWAY_MAXIMUM_BODY_BYTES',
} as const;

/** More than any instance has virtual CPUs. */
const MOST_PROCESSES = 1024;

const MOST: { readonly [key in keyof typeof NUMBERS]?: number } = {
  port: 65535,
  workers: MOST_PROCESSES,
  threadsPerWorker: MOST_PROCESSES,
  deadlineMs: LONGEST_DEADLINE_MS,
};

/** Environment variables that make `fromEnvironment` give these settings. */
export function toEnvironment(settings: HandlerSettings): Record<string, string> {
  const environment: Record<string, string> = { SLIPWAY_MODEL: settings.model, SLIPWAY_HOST: settings.host };
  for (const [key, variable] of Object.entries(NUMBERS)) {
    environment[variable] = String(settings[key as keyof typeof NUMBERS]);
  }
  if (settings.otherModels?.length) environment.SLIPWAY_OTHER_MODELS = folderList(settings.otherModels);
  if (settings.engine) environment.SLIPWAY_ENGINE = settings.engine;
  if (settings.rowsPerRun !== undefined) environment.SLIPWAY_ROWS_PER_RUN = String(settings.rowsPerRun);
  if (settings.loadSeconds !== undefined) environment.SLIPWAY_LOAD_SECONDS = String(settings.loadSeconds);
  if (settings.loadMiB !== undefined) environment.SLIPWAY_LOAD_MIB = String(settings.loadMiB);
  if (settings.adminPort !== undefined) environment.SLIPWAY_ADMIN_PORT = String(settings.adminPort);
  if (settings.defaultAccept) environment.SLIPWAY_DEFAULT_ACCEPT = settings.defaultAccept;
  if (settings.endpoint) environment.SLIPWAY_ENDPOINT = settings.endpoint;
  if (settings.tls) {
    environment.SLIPWAY_TLS_CERTIFICATE = settings.tls.certificate;
    environment.SLIPWAY_TLS_KEY = settings.tls.key;
  }
  if (settings.stages === false) environment.SLIPWAY_STAGES = 'off';
  const { apiKeys, jwt } = settings.access ?? {};
  if (settings.access?.requestLog === false) environment.SLIPWAY_REQUEST_LOG = 'off';
  if (!settings.access && settings.requestLog) environment.SLIPWAY_REQUEST_LOG = 'on';
  if (apiKeys !== undefined) environment.SLIPWAY_KEYS_FILE = apiKeys;
  if (jwt) {
    environment.SLIPWAY_JWT_ISSUER = jwt.issuer;
    environment.SLIPWAY_JWT_AUDIENCE = jwt.audience;
    environment.SLIPWAY_JWT_KEY_SET_FILE = jwt.keySet;
    if (jwt.scope !== undefined) environment.SLIPWAY_JWT_SCOPE = jwt.scope;
  }
  return environment;
}

/** Folders in one variable: parted as in PATH, or a JSON list where a name has that character itself. */
export function folderList(folders: readonly string[]): string {
  const plain = folders.every((folder) => !folder.includes(delimiter) && !folder.startsWith('['));
  return plain ? folders.join(delimiter) : JSON.stringify(folders);
}

/** @param problems gets what is wrong */
function parseFolderList(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): string[] {
  const text = environment[variable] ?? '';
  if (!text.startsWith('[')) return text.split(delimiter).filter((folder) => folder !== '');
  try {
    const folders: unknown = JSON.parse(text);
    if (Array.isArray(folders) && folders.every((folder) => typeof folder === 'string')) return folders;
  } catch {
    // told with the others below
  }
  problems.push(`${variable} must be folders parted by "${delimiter}", or a JSON list of them, got "${text}"`);
  return [];
}

function readWholeNumber(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
  least: number,
  most?: number,
): number | undefined {
  const text = environment[variable];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || (most !== undefined && value > most)) {
    const upTo = most === undefined ? '' : ` to ${most}`;
    problems.push(`${variable} must be a whole number from ${least}${upTo}, got "${text}"`);
  }
  return value;
}

function onOrOff(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): boolean {
  const text = environment[variable] || 'on';
  if (text !== 'on' && text !== 'off') problems.push(`${variable} must be on or off, got "${text}"`);
  return text !== 'off';
}

/** @param problems gets what is wrong */
function accessFrom(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): HandlerAccess | undefined {
  const apiKeys = environment.SLIPWAY_KEYS_FILE || undefined;
  const issuer = environment.SLIPWAY_JWT_ISSUER || undefined;
  const audience = environment.SLIPWAY_JWT_AUDIENCE || undefined;
  const keySet = environment.SLIPWAY_JWT_KEY_SET_FILE || undefined;
  const scope = environment.SLIPWAY_JWT_SCOPE || undefined;
  const complete = issuer !== undefined && audience !== undefined && keySet !== undefined;
  if (!complete && [issuer, audience, keySet, scope].some((value) => value !== undefined)) {
    problems.push('SLIPWAY_JWT_ISSUER, SLIPWAY_JWT_AUDIENCE and SLIPWAY_JWT_KEY_SET_FILE go together; one is missing');
  }
  const requestLog = onOrOff('SLIPWAY_REQUEST_LOG', environment, problems);
  if (apiKeys === undefined && !complete) return undefined;
  return {
    ...(apiKeys !== undefined && { apiKeys }),
    ...(!requestLog && { requestLog }),
    ...(complete && { jwt: { issuer, audience, keySet, ...(scope !== undefined && { scope }) } }),
  };
}

function loadSettingsIn(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Pick<HandlerSettings, 'loadSeconds' | 'loadMiB'> {
  const loadSeconds = readWholeNumber('SLIPWAY_LOAD_SECONDS', environment, problems, 1);
  const loadMiB = readWholeNumber('SLIPWAY_LOAD_MIB', environment, problems, 1);
  return { ...(loadSeconds !== undefined && { loadSeconds }), ...(loadMiB !== undefined && { loadMiB }) };
}

/**
 * The part of the settings that holds wherever a model is loaded, also by `pack` and `profile`.
 *
 * @throws SlipwayError E_USAGE
 */
export function loadSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Pick<HandlerSettings, 'loadSeconds' | 'loadMiB'> {
  const problems: string[] = [];
  const settings = loadSettingsIn(environment, problems);
  if (problems.length > 0) throw new SlipwayError('E_USAGE', problems.join('; '));
  return settings;
}

/**
 * Read the settings from environment variables.
 *
 * @throws SlipwayError E_USAGE listing every variable that is wrong
 */
export function fromEnvironment(environment: Readonly<Record<string, string | undefined>>): HandlerSettings {
  const problems: string[] = [];
  const wholeNumber = (variable: string, least: number, most?: number) =>
    readWholeNumber(variable, environment, problems, least, most);
  const number = (key: keyof typeof NUMBERS): number =>
    wholeNumber(NUMBERS[key], key === 'port' ? 0 : 1, MOST[key]) ?? DEFAULT_HANDLER_SETTINGS[key];
  const model = environment.SLIPWAY_MODEL;
  if (!model) problems.push('SLIPWAY_MODEL is not set: the folder of the model package');
  const certificate = environment.SLIPWAY_TLS_CERTIFICATE;
  const key = environment.SLIPWAY_TLS_KEY;
  if (!certificate !== !key) problems.push('SLIPWAY_TLS_CERTIFICATE and SLIPWAY_TLS_KEY go together; one is missing');
  const otherModels = parseFolderList('SLIPWAY_OTHER_MODELS', environment, problems);
  const engine = environment.SLIPWAY_ENGINE as EngineChoice | undefined;
  if (engine && !ENGINE_CHOICES.includes(engine)) {
    problems.push(`SLIPWAY_ENGINE must be one of ${ENGINE_CHOICES.join(', ')}, got "${engine}"`);
  }
  const defaultAccept = environment.SLIPWAY_DEFAULT_ACCEPT || undefined;
  if (defaultAccept !== undefined && !isAnswered(defaultAccept)) {
    problems.push(`SLIPWAY_DEFAULT_ACCEPT ${ANSWERED}, got "${defaultAccept}"`);
  }
  const access = accessFrom(environment, problems);
  const stages = onOrOff('SLIPWAY_STAGES', environment, problems);
  const adminPort = wholeNumber('SLIPWAY_ADMIN_PORT', 0, 65535);
  const rowsPerRun = wholeNumber('SLIPWAY_ROWS_PER_RUN', 1, MOST_ROWS_PER_RUN);
  const load = loadSettingsIn(environment, problems);
  const settings: HandlerSettings = {
    model: model ?? '',
    ...(otherModels.length > 0 && { otherModels }),
    host: environment.SLIPWAY_HOST || DEFAULT_HANDLER_SETTINGS.host,
    port: number('port'),
    workers: number('workers'),
    threadsPerWorker: number('threadsPerWorker'),
    queueRows: number('queueRows'),
    queueBytes: number('queueBytes'),
    deadlineMs: number('deadlineMs'),
    maximumBodyBytes: number('maximumBodyBytes'),
    ...(engine && { engine }),
    ...(rowsPerRun !== undefined && { rowsPerRun }),
    ...load,
    ...(adminPort !== undefined && { adminPort }),
    ...(defaultAccept !== undefined && { defaultAccept }),
    ...(environment.SLIPWAY_ENDPOINT && { endpoint: environment.SLIPWAY_ENDPOINT }),
    ...(certificate && key && { tls: { certificate, key } }),
    ...(!stages && { stages }),
    ...(access && { access }),
    ...(!access && environment.SLIPWAY_REQUEST_LOG === 'on' && { requestLog: true }),
  };
  const { queueBytes, maximumBodyBytes } = settings;
  if (queueBytes < maximumBodyBytes) {
    problems.push(
      `SLIPWAY_QUEUE_BYTES must be at least SLIPWAY_MAXIMUM_BODY_BYTES, ${maximumBodyBytes}, got "${queueBytes}"`,
    );
  }
  if (problems.length > 0) throw new SlipwayError('E_USAGE', 'the environment of the handler is wrong', { problems });
  return settings;
}
