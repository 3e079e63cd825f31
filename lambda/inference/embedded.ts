/** The handler as a server in a process of somebody's own: `slipway/serving`. */
import type * as http from 'node:http';
import type * as https from 'node:https';
import { SlipwayError } from '../../lib/model/error';
import {
  DEFAULT_HANDLER_SETTINGS,
  DRAIN_SECONDS,
  type HandlerSettings,
} from '../../lib/model/instance/handler-settings';
import { readModelPackages } from '../../lib/model/package/model-package';
import { createEngine } from './engine';
import { createLog } from './log/log';
import { createInferenceServer } from './server';
import { ServedModel } from './serving/served-model';
import { ServedModels } from './serving/served-models';
import { Telemetry } from './telemetry/telemetry';

export interface ModelServerOptions
  extends Partial<
    Pick<HandlerSettings, 'queueRows' | 'queueBytes' | 'deadlineMs' | 'maximumBodyBytes' | 'tls' | 'engine'>
  > {
  /** Folders of model packages. The first is the default model, which `/predict` means. */
  readonly models: readonly [string, ...string[]];
  /** Told of each event as a line of JSON that ends in a line feed. @default - nobody is */
  readonly log?: (line: string) => void;
}

export interface ModelServer {
  /** To listen with: `server.listen(8080)`. */
  readonly server: http.Server | https.Server;
  /**
   * Takes no new connections, answers what has begun, and closes the engines.
   *
   * @param milliseconds after which connections are cut, answered or not. @default 28000
   * @returns whether all that had begun was answered
   */
  close(milliseconds?: number): Promise<boolean>;
}

/**
 * Loads models as the handler does: they are warmed up, and their golden rows hold, when this resolves. The server has the
 * routes of an endpoint: `/predict`, `/invocations`, `/v2`, `/healthz`, `/readyz`, `/metrics`, `/docs`.
 *
 * All runs in this thread: a run of a slow model holds up whatever else the process does.
 *
 * @throws SlipwayError E_PACKAGE when a package is damaged; E_PARITY when golden rows do not hold; E_PLATFORM when ONNX Runtime
 *   is needed and not installed
 */
export async function createModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { models: folders, log: write = () => {}, engine, ...given } = options;
  const settings = { ...DEFAULT_HANDLER_SETTINGS, ...given };
  const log = createLog(write);
  const telemetry = new Telemetry();
  const models = new ServedModels(
    readModelPackages([...folders]).map(
      (package_) =>
        new ServedModel(package_, {
          createEngine: (path, engineOptions) => createEngine(path, { ...engineOptions, ...(engine && { engine }) }),
          threads: settings.threadsPerWorker,
          queue: { rows: settings.queueRows, bytes: settings.queueBytes, deadlineMs: settings.deadlineMs },
          observer: telemetry,
          log,
        }),
    ),
  );
  telemetry.describe(models);
  await models.load();
  const unfit = models.all.find(({ ready }) => !ready);
  if (unfit) {
    await models.close();
    throw new SlipwayError(
      'E_PARITY',
      `${unfit.name}: ${unfit.differences.length} golden answers do not hold on this machine; nothing is served`,
    );
  }
  const { server, close } = createInferenceServer({ settings, models, telemetry, log });
  return {
    server,
    close: async (milliseconds = (DRAIN_SECONDS - 2) * 1000) => {
      const complete = await close(milliseconds);
      await models.close();
      return complete;
    },
  };
}
