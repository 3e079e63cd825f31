/** The text that `/metrics` answers (prometheus.io, "Text-based format"). */

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export type Samples = ReadonlyMap<string, readonly Sample[]>;

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };

/** Samples by the name of their series, of series whose name begins so. */
export function samplesOf(text: string, prefix = 'slipway_'): Samples {
  const series = new Map<string, Sample[]>();
  for (const line of text.split('\n')) {
    const [, name, labels = '', written] = LINE.exec(line) ?? [];
    if (name === undefined || !name.startsWith(prefix)) continue;
    const value = written === '+Inf' ? Number.POSITIVE_INFINITY : Number(written);
    const pairs = [...labels.matchAll(LABEL)].map(([, label, raw]) => [
      label,
      raw!.replace(/\\[\\"n]/g, (sequence) => ESCAPES[sequence]!),
    ]);
    const samples = series.get(name) ?? [];
    series.set(name, samples);
    samples.push({ labels: Object.fromEntries(pairs), value });
  }
  return series;
}
