/** What a process of the handler tells a collector besides spans: its log, and the measurements of all workers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../../../lib/model/formats/json';
import { PACKAGE_FILES } from '../../../lib/model/package/manifest';
import type { Log } from '../log/log';
import { metricInterval, otlpTarget, type Service } from './environment';
import { LogExporter } from './logs';
import { type Measurement, MetricExporter } from './metrics';

/** The model by the name in its manifest: a process that loads no model has to say which one it is about, too. */
function serviceOf(folder: string | undefined): Service {
  if (folder === undefined) return { name: 'slipway' };
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, PACKAGE_FILES.manifest), 'utf8'));
    if (isRecord(manifest) && typeof manifest.name === 'string') return { name: manifest.name };
  } catch {
    // whoever loads it says what is wrong with it
  }
  return { name: 'slipway' };
}

/** @param folder of the model package; undefined where there are several @param log that is not exported itself */
export function logExporter(
  environment: NodeJS.ProcessEnv,
  folder: string | undefined,
  log: Log,
): LogExporter | undefined {
  const target = otlpTarget('LOGS', environment, serviceOf(folder), log);
  return target && new LogExporter(target, log);
}

/** @param read all measurements of the handler, as of now */
export function metricExporter(
  environment: NodeJS.ProcessEnv,
  folder: string | undefined,
  read: () => Promise<readonly Measurement[]>,
  log: Log,
): MetricExporter | undefined {
  const target = otlpTarget('METRICS', environment, serviceOf(folder), log);
  return target && new MetricExporter(target, read, metricInterval(environment, log), log);
}
