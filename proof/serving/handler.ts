/** The handler as it is bundled for an instance, as a process on loopback. */
import { join } from 'node:path';
import { buildHandlerBundle, currentTarget } from '../../lib/artifacts/handler-bundle';
import { toEnvironment } from '../../lib/model/instance/handler-environment';
import { DEFAULT_HANDLER_SETTINGS, type HandlerSettings } from '../../lib/model/instance/handler-settings';
import { LoggedHandler } from '../../testing/handler-process';
import { ProofProblem } from '../problem';

/** A handler that is ready, and where: `http://127.0.0.1:PORT`. */
export type ServingHandler = LoggedHandler & { readonly url: string };

process.once('exit', LoggedHandler.killAll);

export function bundleHandler(folder: string): string {
  const bundle = join(folder, 'handler');
  buildHandlerBundle(bundle, currentTarget());
  return bundle;
}

/**
 * Start the handler and wait until it is ready.
 *
 * @throws ProofProblem when it ends before
 */
export async function startHandler(
  bundle: string,
  settings: Pick<HandlerSettings, 'model'> & Partial<HandlerSettings>,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServingHandler> {
  const handler = new LoggedHandler(bundle, {
    ...toEnvironment({ ...DEFAULT_HANDLER_SETTINGS, host: '127.0.0.1', port: 0, ...settings }),
    ...environment,
  });
  try {
    const url = await handler.base();
    await handler.untilReady(url);
    return Object.assign(handler, { url });
  } catch (error) {
    throw new ProofProblem((error as Error).message);
  }
}
