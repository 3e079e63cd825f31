import { METHODS } from '../rows/signature';

/** First segments of the routes of a handler, whatever its model: one that stood there could not be told from them. */
export const HANDLER_PATHS: readonly string[] = [
  ...METHODS,
  'docs',
  'invocations',
  'livez',
  'metrics',
  'openapi.json',
  'ping',
  'probes',
  'problems',
  'readyz',
  'v2',
];

/** @param path e.g. `/titanic` */
export function isHandlerPath(path: string): boolean {
  return HANDLER_PATHS.includes(path.split('/')[1] ?? '');
}
