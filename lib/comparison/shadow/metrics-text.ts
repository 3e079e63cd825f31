/** What a handler's `/metrics` says of its shadow. */
import { SlipwayError } from '../../model/error';
import { samplesOf } from '../../model/formats/prometheus-text';
import { NO_COUNTS, type OutputCounts, type ShadowDifference } from '../../model/instance/shadow-counts';
import type { Method } from '../../model/rows/signature';
import type { ShadowObservation } from './verdict';

/**
 * @param source where the text is from, for the message
 * @throws SlipwayError E_UNREACHABLE when it has no shadow
 */
export function readMetrics(text: string, source: string): ShadowObservation {
  const series = samplesOf(text);
  const all = (name: string) => series.get(`slipway_shadow_${name}`) ?? [];
  const one = (name: string) => all(name)[0]?.value ?? 0;
  const [info] = all('info');
  if (info === undefined) {
    throw new SlipwayError(
      'E_UNREACHABLE',
      `${source}: there is no shadow; name one with shadow in slipway.yaml, or "slipway serve --shadow", or see in its log why it could not be one`,
    );
  }
  const outputs: Partial<Record<Method, OutputCounts>> = {};
  const largest: ShadowDifference[] = all('largest_difference')
    .map(({ labels, value }) => ({
      requestId: labels.request_id!,
      row: Number(labels.row),
      output: labels.output as Method,
      difference: Number.isFinite(value) ? value : null,
      served: labels.served!,
      shadow: labels.shadow!,
    }))
    .sort((a, b) => (b.difference ?? Number.POSITIVE_INFINITY) - (a.difference ?? Number.POSITIVE_INFINITY) || 0);
  for (const { labels, value } of all('output_rows_total')) {
    const method = labels.output as Method;
    const of = (name: string) => all(name).find((sample) => sample.labels.output === method)?.value ?? 0;
    outputs[method] = {
      rows: value,
      agreeing: of('output_agreeing_rows_total'),
      sumOfDifferences: of('output_difference_total'),
      largest: of('output_largest_difference'),
    };
  }
  const { model = '', version = '', served = '' } = info.labels;
  const [runs, rows] = ['slipway_run_duration_seconds_sum', 'slipway_batch_rows_sum'].map(
    (name) => series.get(name)?.[0]?.value ?? 0,
  );
  return {
    shadow: { model, version, served },
    ...(rows! > 0 && { servedMsPerRow: (1000 * runs!) / rows! }),
    counts: {
      ...NO_COUNTS,
      requests: one('requests_total'),
      droppedRows: one('dropped_rows_total'),
      rows: one('rows_total'),
      agreeingRows: one('agreeing_rows_total'),
      refusedRows: one('refused_rows_total'),
      failedRows: one('failed_rows_total'),
      restarts: one('restarts_total'),
      cpuMs: 1000 * one('cpu_seconds_total'),
      runMs: 1000 * one('run_seconds_total'),
      outputs,
      confusion: all('labels_total').map(({ labels, value }) => [labels.served!, labels.shadow!, value]),
      largest,
    },
  };
}
