/** The settings of the handler as environment variables: the template writes them, the handler reads them. */
import { delimiter } from 'node:path';
import { SlipwayError } from '../error';
import { isOrigin, ORIGIN } from '../stage/origins';
import { ANSWERED, isAnswered } from './answered-types';
import { readMembers } from './handler-members';
import {
  DEFAULT_HANDLER_SETTINGS,
  DEFAULT_SHADOW,
  ENGINE_CHOICES,
  type HandlerMember,
  type HandlerSettings,
  LONGEST_DEADLINE_MS,
  MOST_ROWS_PER_RUN,
} from './handler-settings';
import { type HandlerVersion, readVersions } from './handler-versions';

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings without groups: a value a variable. */
interface FlatSettings extends Omit<HandlerSettings, 'tls' | 'access' | 'shadow'> {
  readonly certificate?: string;
  readonly key?: string;
  readonly apiKeys?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly keySet?: string;
  readonly scope?: string;
  readonly shadowModel?: string;
  readonly shadowShare?: number;
  readonly shadowTolerance?: number;
  readonly shadowRowValues?: boolean;
  readonly shadowAddresses?: string;
}

/** How a value stands in a variable. One that is written as an empty text is not written. */
interface Kind<T> {
  write(value: T): string;
  /** @returns the value, or what the variable must be */
  read(text: string): { readonly value: T } | { readonly must: string };
}

const text: Kind<string> = { write: (value) => value, read: (value) => ({ value }) };

function wholeNumber(least: number, most?: number): Kind<number> {
  return {
    write: String,
    read: (written) => {
      const value = Number(written);
      if (Number.isSafeInteger(value) && value >= least && !(value > (most ?? value))) return { value };
      return { must: `must be a whole number from ${least}${most === undefined ? '' : ` to ${most}`}` };
    },
  };
}

/** @param least the first number that is no value; @param most the last that is one */
function numberAbove(least: number, most: number): Kind<number> {
  return {
    write: String,
    read: (written) => {
      const value = Number(written);
      return value > least && value <= most ? { value } : { must: `must be a number above ${least} to ${most}` };
    },
  };
}

const onOrOff: Kind<boolean> = {
  write: (value) => (value ? 'on' : 'off'),
  read: (written) =>
    written === 'on' || written === 'off' ? { value: written === 'on' } : { must: 'must be on or off' },
};

function oneOf<T extends string>(choices: readonly T[]): Kind<T> {
  return {
    write: (value) => value,
    read: (written) =>
      choices.includes(written as T) ? { value: written as T } : { must: `must be one of ${choices.join(', ')}` },
  };
}

const answeredType: Kind<string> = {
  write: (value) => value,
  read: (value) => (isAnswered(value) ? { value } : { must: ANSWERED }),
};

const folders: Kind<readonly string[]> = {
  write: folderList,
  read: (written) => {
    if (!written.startsWith('[')) return { value: written.split(delimiter).filter((folder) => folder !== '') };
    try {
      const value: unknown = JSON.parse(written);
      if (Array.isArray(value) && value.every((folder) => typeof folder === 'string')) return { value };
    } catch {
      // told as what is no list of names
    }
    return { must: `must be folders parted by "${delimiter}", or a JSON list of them` };
  },
};

const origins: Kind<readonly string[]> = {
  write: (value) => value.join(' '),
  read: (written) => {
    const value = written.split(/\s+/).filter((origin) => origin !== '');
    return value.every(isOrigin) ? { value } : { must: `each ${ORIGIN}` };
  },
};

const members: Kind<readonly HandlerMember[]> = {
  write: (value) => JSON.stringify(value),
  read: readMembers,
};

const versions: Kind<readonly HandlerVersion[]> = {
  write: (value) => JSON.stringify(value),
  read: readVersions,
};

/** Folders in one variable: parted as in PATH, or a JSON list where a name has that character itself. */
export function folderList(names: readonly string[]): string {
  const plain = names.every((folder) => !folder.includes(delimiter) && !folder.startsWith('['));
  return plain ? names.join(delimiter) : JSON.stringify(names);
}

/** More than any instance has virtual CPUs. */
const MOST_PROCESSES = 1024;

/** Every setting: its variable, and how it stands there. */
const VARIABLES: {
  readonly [K in keyof Required<FlatSettings>]: readonly [string, Kind<NonNullable<FlatSettings[K]>>];
} = {
  model: ['SLIPWAY_MODEL', text],
  host: ['SLIPWAY_HOST', text],
  port: ['SLIPWAY_PORT', wholeNumber(0, 65535)],
  workers: ['SLIPWAY_WORKERS', wholeNumber(1, MOST_PROCESSES)],
  threadsPerWorker: ['SLIPWAY_THREADS', wholeNumber(1, MOST_PROCESSES)],
  queueRows: ['SLIPWAY_QUEUE_ROWS', wholeNumber(1)],
  queueBytes: ['SLIPWAY_QUEUE_BYTES', wholeNumber(1)],
  deadlineMs: ['SLIPWAY_DEADLINE_MS', wholeNumber(1, LONGEST_DEADLINE_MS)],
  maximumBodyBytes: ['SLIPWAY_MAXIMUM_BODY_BYTES', wholeNumber(1)],
  otherModels: ['SLIPWAY_OTHER_MODELS', folders],
  engine: ['SLIPWAY_ENGINE', oneOf(ENGINE_CHOICES)],
  rowsPerRun: ['SLIPWAY_ROWS_PER_RUN', wholeNumber(1, MOST_ROWS_PER_RUN)],
  loadSeconds: ['SLIPWAY_LOAD_SECONDS', wholeNumber(1)],
  loadMiB: ['SLIPWAY_LOAD_MIB', wholeNumber(1)],
  adminPort: ['SLIPWAY_ADMIN_PORT', wholeNumber(0, 65535)],
  defaultAccept: ['SLIPWAY_DEFAULT_ACCEPT', answeredType],
  endpoint: ['SLIPWAY_ENDPOINT', text],
  basePath: ['SLIPWAY_BASE_PATH', text],
  release: ['SLIPWAY_RELEASE', text],
  certificate: ['SLIPWAY_TLS_CERTIFICATE', text],
  key: ['SLIPWAY_TLS_KEY', text],
  stages: ['SLIPWAY_STAGES', onOrOff],
  requestLog: ['SLIPWAY_REQUEST_LOG', onOrOff],
  publicMetrics: ['SLIPWAY_PUBLIC_METRICS', onOrOff],
  origins: ['SLIPWAY_ORIGINS', origins],
  spot: ['SLIPWAY_SPOT', onOrOff],
  apiKeys: ['SLIPWAY_KEYS_FILE', text],
  issuer: ['SLIPWAY_JWT_ISSUER', text],
  audience: ['SLIPWAY_JWT_AUDIENCE', text],
  keySet: ['SLIPWAY_JWT_KEY_SET_FILE', text],
  scope: ['SLIPWAY_JWT_SCOPE', text],
  shadowModel: ['SLIPWAY_SHADOW_MODEL', text],
  shadowShare: ['SLIPWAY_SHADOW_SHARE', numberAbove(0, 1)],
  shadowTolerance: ['SLIPWAY_SHADOW_TOLERANCE', numberAbove(0, 1)],
  shadowRowValues: ['SLIPWAY_SHADOW_ROW_VALUES', onOrOff],
  shadowAddresses: ['SLIPWAY_SHADOW_ADDRESSES_FILE', text],
  shadowPort: ['SLIPWAY_SHADOW_PORT', wholeNumber(0, 65535)],
  members: ['SLIPWAY_MEMBERS', members],
  versions: ['SLIPWAY_VERSIONS', versions],
};

type Name = keyof typeof VARIABLES;

/** Environment variables that make `fromEnvironment` give these settings. */
export function toEnvironment(settings: HandlerSettings): Record<string, string> {
  const { tls, access, requestLog, stages, shadow, ...rest } = settings;
  const flat: FlatSettings = {
    ...rest,
    ...tls,
    ...(settings.members && { model: '' }), // each has its own
    stages: stages === false ? false : undefined, // as they are without the variable
    requestLog: access ? (access.requestLog === false ? false : undefined) : requestLog || undefined,
    apiKeys: access?.apiKeys,
    ...access?.jwt,
    shadowModel: shadow?.model,
    shadowShare: shadow?.share,
    shadowTolerance: shadow?.tolerance,
    shadowRowValues: shadow?.rowValues || undefined,
    spot: settings.spot || undefined,
    shadowAddresses: shadow?.addresses,
  };
  const environment: Record<string, string> = {};
  for (const name of Object.keys(VARIABLES) as Name[]) {
    const [variable, kind] = VARIABLES[name] as [string, Kind<unknown>];
    const written = flat[name] === undefined ? '' : kind.write(flat[name]);
    if (written !== '') environment[variable] = written;
  }
  return environment;
}

/**
 * The settings that variables have; a variable that is empty has none.
 *
 * @param problems gets what is wrong
 */
function read(environment: Environment, names: readonly Name[], problems: string[]): Partial<FlatSettings> {
  const found: Record<string, unknown> = {};
  for (const name of names) {
    const [variable, kind] = VARIABLES[name] as [string, Kind<unknown>];
    const written = environment[variable];
    if (written === undefined || written === '') continue;
    const result = kind.read(written);
    if ('value' in result) found[name] = result.value;
    else problems.push(`${variable} ${result.must}, got "${written}"`);
  }
  return found;
}

/**
 * The part of the settings that holds wherever a model is loaded, also by `pack` and `profile`.
 *
 * @throws SlipwayError E_USAGE
 */
export function loadSettings(environment: Environment): Pick<HandlerSettings, 'loadSeconds' | 'loadMiB'> {
  const problems: string[] = [];
  const settings = read(environment, ['loadSeconds', 'loadMiB'], problems);
  if (problems.length > 0) throw new SlipwayError('E_USAGE', problems.join('; '));
  return settings;
}

/** What each of several models has for itself, and what goes with one model alone. */
const OF_ONE_MODEL = [
  'model',
  'otherModels',
  'adminPort',
  'basePath',
  'apiKeys',
  'origins',
  'issuer',
  'shadowModel',
  'versions',
] as const satisfies readonly Name[];

function besideMembers(environment: Environment): string[] {
  return OF_ONE_MODEL.map((name) => VARIABLES[name][0])
    .filter((variable) => environment[variable])
    .map((variable) => `${variable} is of a handler with one endpoint: leave it out beside SLIPWAY_MEMBERS`);
}

/** What goes with one version of a model alone. */
const OF_ONE_VERSION = ['otherModels', 'adminPort', 'shadowPort'] as const satisfies readonly Name[];

function besideVersions(environment: Environment): string[] {
  return OF_ONE_VERSION.map((name) => VARIABLES[name][0])
    .filter((variable) => environment[variable])
    .map((variable) => `${variable} is of a model with one version: leave it out beside SLIPWAY_VERSIONS`);
}

/**
 * Read the settings from environment variables.
 *
 * @throws SlipwayError E_USAGE listing every variable that is wrong
 */
export function fromEnvironment(environment: Environment): HandlerSettings {
  const problems: string[] = [];
  const { certificate, key, apiKeys, issuer, audience, keySet, scope, requestLog, ...others } = read(
    environment,
    Object.keys(VARIABLES) as Name[],
    problems,
  );
  const { shadowModel, shadowShare, shadowTolerance, shadowRowValues, shadowAddresses, ...flat } = others;
  const { members } = flat;
  if (environment.SLIPWAY_MEMBERS) problems.push(...besideMembers(environment));
  else if (!flat.model) problems.push('SLIPWAY_MODEL is not set: the folder of the model package');
  if (environment.SLIPWAY_VERSIONS) problems.push(...besideVersions(environment));
  if (!certificate !== !key) problems.push('SLIPWAY_TLS_CERTIFICATE and SLIPWAY_TLS_KEY go together; one is missing');
  const jwt = issuer && audience && keySet ? { issuer, audience, keySet, scope } : undefined;
  if (!jwt && (issuer || audience || keySet || scope)) {
    problems.push('SLIPWAY_JWT_ISSUER, SLIPWAY_JWT_AUDIENCE and SLIPWAY_JWT_KEY_SET_FILE go together; one is missing');
  }
  if (!shadowModel && (shadowShare ?? shadowTolerance ?? shadowRowValues ?? shadowAddresses) !== undefined) {
    problems.push('SLIPWAY_SHADOW_MODEL is not set, and other settings of a shadow are');
  }
  const limited = apiKeys !== undefined || jwt !== undefined;
  const settings: HandlerSettings = {
    ...DEFAULT_HANDLER_SETTINGS,
    ...flat,
    model: members?.[0]?.model ?? flat.model ?? '',
    tls: certificate && key ? { certificate, key } : undefined,
    access: limited ? { apiKeys, jwt, requestLog } : undefined,
    requestLog: limited ? undefined : requestLog,
    shadow: shadowModel
      ? {
          model: shadowModel,
          share: shadowShare ?? DEFAULT_SHADOW.share,
          tolerance: shadowTolerance ?? DEFAULT_SHADOW.tolerance,
          rowValues: shadowRowValues,
          addresses: shadowAddresses,
        }
      : undefined,
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
