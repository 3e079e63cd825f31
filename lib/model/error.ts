/**
 * The one error class of Slipway, and the table of its codes.
 *
 * A message is lower case and says what was wrong, where, what is allowed and what to do next.
 * `docs/reference/errors.md` lists the same table; a test keeps the two equal.
 */

/** Exit status of the command line: 1 a check failed, 2 the input is wrong, 3 a fault of ours. */
export type ExitStatus = 1 | 2 | 3;

interface ErrorKind {
  readonly exit: ExitStatus;
  readonly meaning: string;
}

export const ERRORS = {
  E_USAGE: {
    exit: 2,
    meaning: 'the command line is wrong: an unknown option, a missing argument, a value out of range',
  },
  E_FILE: { exit: 2, meaning: 'a file or folder is missing, unreadable, not writable, or not what it should be' },
  E_CONFIG: { exit: 2, meaning: 'slipway.yaml has mistakes; all of them are listed with their lines' },
  E_FORMAT: { exit: 2, meaning: 'the model file is of a kind that is not read, or it is damaged' },
  E_UNSAFE: { exit: 2, meaning: 'the model file asks Python to import or call something that no model needs' },
  E_LIMIT: {
    exit: 2,
    meaning: 'a model file, or another file that is read, exceeds a limit (size, depth, memo, inflation, time)',
  },
  E_UNSUPPORTED: { exit: 2, meaning: 'an estimator, or an option of one, that cannot be converted' },
  E_PACKAGE: { exit: 2, meaning: 'a model package is incomplete, damaged, or was changed by hand' },
  E_GOLDEN: { exit: 2, meaning: 'the golden rows file is wrong in itself' },
  E_INPUT: { exit: 2, meaning: 'a row does not fit the signature of the model' },
  E_PARITY: { exit: 1, meaning: 'predictions differ from the golden rows' },
  E_INFEASIBLE: { exit: 1, meaning: 'no instance type in the catalogue meets the service level' },
  E_REFRESH: { exit: 1, meaning: 'the catalogue cannot be renewed; the one that is there stays as it is' },
  E_UNREACHABLE: { exit: 1, meaning: 'an endpoint does not answer, or answers something that is not a prediction' },
  E_AWS: {
    exit: 2,
    meaning: 'AWS refuses a request or does not answer: credentials, permissions, region, a stack that is not there',
  },
  E_RUNTIME_MISSING: { exit: 2, meaning: 'the pinned Node.js runtime for the instances has not been fetched yet' },
  E_PLATFORM: { exit: 2, meaning: 'this machine, or this bundle of the handler, has no engine for the model' },
  E_PORT: { exit: 2, meaning: 'a port cannot be listened on' },
  E_INTERNAL: { exit: 3, meaning: 'a fault of Slipway; please report it' },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export interface SlipwayErrorOptions {
  /** Single problems, when the input has several; each is a message of its own. */
  readonly problems?: readonly string[];
  readonly cause?: unknown;
}

const BRAND = Symbol.for('slipway.error');

/** An error that is meant to be read by a person; `code` is stable and may be relied on. */
export class SlipwayError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly string[];

  constructor(code: ErrorCode, message: string, options: SlipwayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SlipwayError';
    this.code = code;
    this.problems = options.problems ?? [];
    Object.defineProperty(this, BRAND, { value: true });
  }

  get exitStatus(): ExitStatus {
    return ERRORS[this.code].exit;
  }

  /** Recognises errors across bundles, where `instanceof` would compare two copies of the class. */
  static is(value: unknown): value is SlipwayError {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
