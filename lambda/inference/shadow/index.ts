/** The door of the shadow, loaded by handlers that have one. */
import type { Registry } from 'prom-client';
import { SlipwayError } from '../../../lib/model/error';
import type { HandlerSettings } from '../../../lib/model/instance/handler-settings';
import { readDescribed, readModelPackage } from '../../../lib/model/package/model-package';
import { shadowProblems } from '../../../lib/model/package/shadow-fit';
import { emfFields } from '../../reporting/emf';
import { errorFields, type Log } from '../log/log';
import type { ServedModel } from '../serving/served-model';
import { shadowProcess } from './child-process';
import { shadowElsewhere } from './connection';
import { publishShadow, shadowMetrics } from './metrics';
import { Shadow } from './shadow';

/**
 * The shadow of a model, not started yet. What cannot be one is told, and the model is served without.
 *
 * @param file that is started again as the process of the shadow
 */
export function makeShadow(
  { shadow: settings, engine, endpoint, tls }: HandlerSettings,
  served: ServedModel,
  { file, registry, log }: { readonly file: string; readonly registry: Registry; readonly log: Log },
): Shadow | undefined {
  if (settings === undefined) return undefined;
  try {
    const { addresses } = settings;
    const package_ = (addresses === undefined ? readModelPackage : readDescribed)(settings.model);
    const problems = shadowProblems(served.package_.manifest, package_.manifest);
    if (problems.length > 0) {
      throw new SlipwayError('E_PACKAGE', `${settings.model}: cannot run beside ${served.name}`, { problems });
    }
    const shadow = new Shadow({
      settings,
      package_,
      served,
      engine: engine === 'cuda' ? 'auto' : engine, // the GPU is the served model's
      start:
        addresses === undefined ? shadowProcess(file) : shadowElsewhere({ addresses, tls: tls !== undefined, log }),
      log,
      ...(endpoint !== undefined && {
        fields: (counts) => emfFields(endpoint, shadowMetrics(counts), Date.now()),
      }),
    });
    publishShadow(registry, shadow);
    return shadow;
  } catch (error) {
    const { stack: _stack, error: reason, ...fields } = errorFields(error);
    log('error', 'shadow unfit', { reason, ...fields });
    return undefined;
  }
}
