/** First segments of the routes of a handler: a model that stood there would hide them, where another has the rest of the name. */
export const HANDLER_PATHS = [
  'docs',
  'invocations',
  'livez',
  'metrics',
  'openapi.json',
  'ping',
  'predict',
  'probes',
  'problems',
  'readyz',
  'v2',
] as const;

/** @param path e.g. `/titanic` */
export function isHandlerPath(path: string): boolean {
  return (HANDLER_PATHS as readonly string[]).includes(path.split('/')[1] ?? '');
}
