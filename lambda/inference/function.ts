/** The handler as a function of AWS Lambda: an invocation is a request that has come by an HTTP API. */
import { join } from 'node:path';
import { SlipwayError } from '../../lib/model/error';
import { PARAMETERS_VARIABLE, WATCHED_VARIABLE } from '../../lib/model/instance/function-environment';
import { fromEnvironment } from '../../lib/model/instance/handler-environment';
import type { HandlerSettings } from '../../lib/model/instance/handler-settings';
import { answering } from './answering';
import { WatchedFunction } from './data-quality/watched-function';
import { endpointsOf } from './endpoint';
import { type HttpResult, isHttpEvent } from './invocations/http-event';
import { InvokedRequest } from './invocations/invoked-request';
import { ParameterFiles, parametersOf, type ReadParameter } from './invocations/parameter-files';
import { createLog, errorFields, type Log } from './log/log';
import { whatIsServed } from './served';
import { letGarbageGather } from './serving/garbage';
import { InvocationMetrics } from './telemetry/invocation-metrics';

/** Beside this file, and loaded where there are parameters: the SDK is in it. */
const PARAMETER_READER = 'parameter.cjs';

const readParameter: ReadParameter = (name) =>
  (require(join(__dirname, PARAMETER_READER)) as { readonly readParameter: ReadParameter }).readParameter(name);

export interface Invocation {
  readonly awsRequestId: string;
}

export type FunctionHandler = (event: unknown, invocation: Invocation) => Promise<HttpResult>;

export interface FunctionOptions {
  /** @default - those of the process */
  readonly environment?: NodeJS.ProcessEnv;
  /** @default - a line of the standard output */
  readonly write?: (line: string) => void;
  /** @default - the reader beside this file */
  readonly read?: ReadParameter;
}

/**
 * Load the model, warm it up, and replay its golden rows, while Lambda starts the environment: nothing is answered before.
 *
 * @throws SlipwayError E_PARITY when golden rows do not hold, so that no environment of the function starts
 */
export async function start(options: FunctionOptions = {}): Promise<FunctionHandler> {
  const { environment = process.env, write = (line) => process.stdout.write(line), read = readParameter } = options;
  const log = createLog(write);
  try {
    const settings = fromEnvironment({ SLIPWAY_MODEL: __dirname, ...environment });
    const parameters = new ParameterFiles(parametersOf(environment[PARAMETERS_VARIABLE]), log, read);
    await parameters.fetch();
    return await serve({ settings, parameters, log, environment });
  } catch (error) {
    log('error', 'failed', errorFields(error));
    throw error;
  }
}

interface Serving {
  readonly settings: HandlerSettings;
  readonly parameters: ParameterFiles;
  readonly log: Log;
  readonly environment: NodeJS.ProcessEnv;
}

async function serve({ settings, parameters, log, environment }: Serving): Promise<FunctionHandler> {
  // without what is told by the minute: there is no time between invocations
  const { endpoint, ...quiet } = settings;
  const served = whatIsServed({ ...quiet, engine: 'native' }, { file: __filename, log });
  const { models, access, telemetry, registry } = served;
  await models.load();
  const unfit = models.all.find(({ ready }) => !ready);
  if (unfit) {
    const { name, differences } = unfit;
    throw new SlipwayError('E_PARITY', `${name}: ${differences.length} golden answers do not hold; nothing is served`);
  }
  letGarbageGather();
  const metrics = { contentType: registry.contentType, read: () => registry.metrics() };
  const answer = answering(endpointsOf({ ...served, settings, log }, [], metrics, () => undefined));
  const told = endpoint === undefined ? undefined : new InvocationMetrics(endpoint, () => telemetry.totals(), log);
  const watchedAs = environment[WATCHED_VARIABLE];
  const watched =
    watchedAs === undefined
      ? undefined
      : new WatchedFunction({ endpoint: watchedAs, models: models.watched, log, environment });
  return async (event, { awsRequestId }) => {
    if (!isHttpEvent(event)) {
      throw new SlipwayError('E_USAGE', 'the event is none of an HTTP API with payload format 2.0');
    }
    if (await parameters.renew()) access?.look();
    const request = new InvokedRequest(event, awsRequestId, settings.maximumBodyBytes);
    const now = performance.now();
    await answer(request, now, now); // while the function stood still nothing waited
    told?.tell();
    watched?.answered(request.result!.statusCode);
    return request.result!;
  };
}
