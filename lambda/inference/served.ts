/** What a process serves, as its settings say: one endpoint, or one for each of several models. */
import type { HandlerSettings } from '../../lib/model/instance/handler-settings';
import { readModelPackages } from '../../lib/model/package/model-package';
import { Access } from './access/access';
import { reportDataQuality } from './data-quality/cloudwatch';
import { publishDataQuality } from './data-quality/metrics';
import { createEngine, LoadBound } from './engine';
import type { Log } from './log/log';
import type * as membersModule from './members';
import type { InferenceServerOptions } from './server';
import type { SchedulerObserver } from './serving/scheduler';
import { ServedModel, type ServedModelOptions } from './serving/served-model';
import { ServedModels } from './serving/served-models';
import { servedVersions } from './serving/served-versions';
import type * as shadowModule from './shadow';
import type * as evaluationModule from './shadow/evaluation';
import { describeInstance } from './telemetry/instance';
import { reportHandlerMetrics } from './telemetry/metric-lines';
import { allTotals, Telemetry } from './telemetry/telemetry';
import { reportVersions } from './telemetry/version-lines';
import { tracerOptions } from './tracing/environment';
import { Tracer } from './tracing/tracer';

export interface Served
  extends Pick<InferenceServerOptions, 'models' | 'members' | 'telemetry' | 'tracer' | 'access' | 'shadow'> {
  /** All that is measured. */
  readonly registry: Pick<Telemetry['registry'], 'contentType' | 'getMetricsAsJSON' | 'metrics'>;
  readonly tracers: readonly Tracer[];
  /** What it has taken, where it is the shadow of others. */
  readonly meter?: evaluationModule.Meter | undefined;
}

export interface ServedOptions {
  /** That is started again as a thread of an engine and as the process of a shadow. */
  readonly file: string;
  readonly log: Log;
}

/** How each model of a process is served. */
export type CommonModelOptions = Omit<ServedModelOptions, 'share' | 'observer'>;

/** @throws SlipwayError E_PACKAGE when a package is damaged; E_FILE when keys cannot be read */
export function whatIsServed(settings: HandlerSettings, options: ServedOptions): Served {
  const common: CommonModelOptions = {
    createEngine: (path, engineOptions) =>
      createEngine(path, {
        ...engineOptions,
        ...(settings.engine && { engine: settings.engine }),
        threadFile: options.file,
      }),
    threads: settings.threadsPerWorker,
    bound: (name) => new LoadBound({ descriptor: 1, name, settings }),
    ...(settings.rowsPerRun !== undefined && { rowsPerRun: settings.rowsPerRun }),
    queue: { rows: settings.queueRows, bytes: settings.queueBytes, deadlineMs: settings.deadlineMs },
    log: options.log,
  };
  return settings.members ? several(settings, common, options) : one(settings, common, options);
}

function one(settings: HandlerSettings, common: CommonModelOptions, { file, log }: ServedOptions): Served {
  const telemetry = new Telemetry(settings.stages);
  const { endpoint, release, shadowPort } = settings;
  const meter = shadowPort === undefined ? undefined : newMeter();
  const most = Number.MAX_SAFE_INTEGER; // bounded by who sends
  const watched = meter
    ? { observer: observing(telemetry, meter), queue: { rows: most, bytes: most, deadlineMs: most } }
    : { observer: telemetry };
  const models = settings.versions
    ? servedVersions(settings.model, settings.versions, (package_, version) => {
        return new ServedModel(package_, { ...common, version, observer: telemetry.ofVersion(version) });
      })
    : new ServedModels(
        readModelPackages([settings.model, ...(settings.otherModels ?? [])]).map(
          (package_) => new ServedModel(package_, { ...common, ...watched }),
        ),
      );
  tell(models, telemetry, endpoint, log);
  describeInstance(telemetry.registry);
  if (endpoint) reportHandlerMetrics({ endpoint, release, totals: () => telemetry.totals() }, log);
  const tracing = tracerOptions(process.env, models.default, log);
  const tracer = tracing && new Tracer(tracing, log);
  const { registry } = telemetry;
  const shadow =
    settings.shadow &&
    (require('./shadow') as typeof shadowModule).makeShadow(settings, models.default, { file, registry, log });
  return {
    ...{ models, telemetry, registry, tracer, shadow, meter },
    tracers: tracer ? [tracer] : [],
    ...(settings.access && { access: new Access(settings.access, log) }),
  };
}

function several(settings: HandlerSettings, common: CommonModelOptions, { log }: ServedOptions): Served {
  const { makeMembers, Registries } = require('./members') as typeof membersModule;
  const telemetry = new Telemetry(settings.stages);
  const members = makeMembers(settings, common, log);
  for (const member of members) tell(member.models, member.telemetry, member.endpoint, member.log);
  describeInstance(telemetry.registry);
  const { endpoint, release } = settings;
  if (endpoint) {
    const totals = () => allTotals(members.map((each) => each.totals()));
    reportHandlerMetrics({ endpoint, release, totals, each: members }, log);
  }
  return {
    members,
    models: new ServedModels(members.flatMap(({ models }) => models.all)),
    telemetry,
    registry: new Registries([telemetry.registry, ...members.map((each) => each.telemetry.registry)]),
    tracers: members.flatMap(({ tracer }) => tracer ?? []),
  };
}

function newMeter(): evaluationModule.Meter {
  const { Meter } = require('./shadow/evaluation') as typeof evaluationModule; // most handlers need none
  return new Meter();
}

function observing(telemetry: Telemetry, meter: evaluationModule.Meter): SchedulerObserver {
  return {
    waited: (seconds) => telemetry.waited(seconds),
    ran: (rows, seconds) => {
      telemetry.ran(rows, seconds);
      meter.ran(seconds);
    },
  };
}

/** @param endpoint by which CloudWatch is told, if it is */
function tell(models: ServedModels, telemetry: Telemetry, endpoint: string | undefined, log: Log): void {
  telemetry.describe(models);
  if (endpoint) reportVersions(endpoint, models.all, () => telemetry.versionTotals(), log);
  publishDataQuality(telemetry.registry, models.watched);
  for (const { name, quality } of models.watched) {
    // CloudWatch bills each metric: only what the stack watches is published there
    if (endpoint && quality.knowsTraining) reportDataQuality(quality, { endpoint, model: name }, log);
  }
}
