/** Measurements as OpenMetrics 1.0 has them, where Prometheus's own text has them otherwise. */

export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** Whether a client asks for it, as Prometheus does. */
export const wantsOpenMetrics = (accept: string | undefined) =>
  accept?.includes('application/openmetrics-text') ?? false;

/** @param text of Prometheus, version 0.0.4 */
export function openMetrics(text: string): string {
  const counters = new Set([...text.matchAll(/^# TYPE (\S+)_total counter$/gm)].map(([, name]) => name));
  const lines = text
    // a counter is named without its ending
    .replaceAll(/^(# (?:TYPE|HELP) )(\S+)_total(?= |$)/gm, (line, begin: string, name: string) =>
      counters.has(name) ? `${begin}${name}` : line,
    )
    // bounds are written as floats
    .replaceAll(/(?<=^[^#].*[{,]le=")(\d+)(?=")/gm, '$1.0')
    .split('\n')
    .filter((line) => line !== '');
  return `${lines.join('\n')}\n# EOF\n`;
}
