/** The models of a process that are endpoints of their own. */
import type { Registry } from 'prom-client';
import type { HandlerMember, HandlerSettings } from '../../lib/model/instance/handler-settings';
import { readModelPackage } from '../../lib/model/package/model-package';
import { Access } from './access/access';
import { AggregatorRegistry } from './cluster/aggregator-registry';
import type { MemberOptions } from './endpoint';
import type { Log } from './log/log';
import type { CommonModelOptions } from './served';
import { FairTurns } from './serving/fair-turns';
import { ServedModel } from './serving/served-model';
import { ServedModels } from './serving/served-models';
import { servedVersions } from './serving/served-versions';
import { Telemetry, type Totals } from './telemetry/telemetry';
import { tracerOptions } from './tracing/environment';
import { Tracer } from './tracing/tracer';

export interface Member extends MemberOptions {
  readonly endpoint: string;
  readonly totals: () => Totals;
}

/**
 * @param common how each model of the process is served
 * @throws SlipwayError E_PACKAGE when a package is damaged; E_FILE when keys cannot be read
 */
export function makeMembers(settings: HandlerSettings, common: CommonModelOptions, log: Log): readonly Member[] {
  const turns = new FairTurns();
  return (settings.members ?? []).map((member) => {
    const telemetry = new Telemetry(settings.stages, member.endpoint);
    const own: Log = (level, event, fields) => log(level, event, { endpoint: member.endpoint, ...fields });
    const { rowsPerRun, queueRows } = member;
    const { queueBytes = common.queue.bytes, deadlineMs = common.queue.deadlineMs } = member;
    const options = {
      ...common,
      ...(rowsPerRun !== undefined && { rowsPerRun }),
      queue: { rows: queueRows, bytes: queueBytes, deadlineMs },
      share: turns.share(member.weight), // all versions have it together
      log: own,
    };
    const models = member.versions
      ? servedVersions(member.model, member.versions, (package_, version) => {
          return new ServedModel(package_, { ...options, version, observer: telemetry.ofVersion(version) });
        })
      : new ServedModels([new ServedModel(readModelPackage(member.model), { ...options, observer: telemetry })]);
    const tracing = tracerOptions(process.env, models.default, own);
    return {
      settings: endpointSettings(member, settings),
      models,
      telemetry,
      log: own,
      endpoint: member.endpoint,
      host: member.host,
      totals: () => telemetry.totals(),
      ...(tracing && { tracer: new Tracer(tracing, own) }),
      ...(member.access && { access: new Access(member.access, own) }),
    };
  });
}

function endpointSettings(member: HandlerMember, settings: HandlerSettings): MemberOptions['settings'] {
  const { maximumBodyBytes, defaultAccept, requestLog } = settings;
  const { queueRows, deadlineMs = settings.deadlineMs, origins, publicMetrics, basePath } = member;
  return {
    ...{ maximumBodyBytes, queueRows, deadlineMs },
    ...(defaultAccept !== undefined && { defaultAccept }),
    ...(requestLog !== undefined && { requestLog }),
    ...(origins !== undefined && { origins }),
    ...(publicMetrics !== undefined && { publicMetrics }),
    ...(basePath !== undefined && { basePath }),
  };
}

/** The measurements of a process and of its members, as those of one registry. */
export class Registries implements Pick<Registry, 'contentType' | 'getMetricsAsJSON' | 'metrics'> {
  readonly contentType: Registry['contentType'];

  constructor(private readonly all: readonly Registry[]) {
    this.contentType = all[0]!.contentType;
  }

  async getMetricsAsJSON(): ReturnType<Registry['getMetricsAsJSON']> {
    return (await Promise.all(this.all.map((registry) => registry.getMetricsAsJSON()))).flat();
  }

  async metrics(): Promise<string> {
    return AggregatorRegistry.aggregate([await this.getMetricsAsJSON()]).metrics();
  }
}
