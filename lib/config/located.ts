/** Mistakes that show only when a value of slipway.yaml is used, with the line on which the value stands. */
import { SlipwayError } from '../model/error';
import type { SlipwayConfig } from './config';

/**
 * Run what uses a value.
 *
 * @param path of the value in the file, e.g. `['model']`
 * @throws SlipwayError of the same code, its message led by file, line and path
 */
export function located<T>(config: SlipwayConfig, path: readonly string[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!SlipwayError.is(error)) throw error;
    throw atPath(config, path, error);
  }
}

/** The same mistake, led by file, line and path; as it is where the configuration was not read from a file. */
export function atPath(config: SlipwayConfig, path: readonly string[], error: SlipwayError): SlipwayError {
  if (!config.where) return error;
  const { code, message, problems } = error;
  return new SlipwayError(code, `${config.where(path)}: ${path.join('.')}: ${message}`, { problems, cause: error });
}
