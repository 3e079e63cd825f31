/** A real Prometheus that scrapes the fleet with the files of `slipway watch`, more often than these say. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grafanaFiles } from '../../lib/watching/grafana/grafana';
import { prometheusFiles } from '../../lib/watching/prometheus/prometheus';
import type { WatchedStage } from '../../lib/watching/stage/stage';
import { serve } from '../process';
import type { PrometheusPrograms } from './programs';

const PORT = 19_977;
const BASE = `http://127.0.0.1:${PORT}`;

/** Of scrapes and evaluations, s. What rules wait for stays as it is. */
const INTERVAL = '5s';

interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`${BASE}${path}`);
  return ((await answer.json()) as { data: T }).data;
}

export class Prometheus {
  /** @param stage whose instances are those of the fleet */
  constructor(
    private readonly stage: WatchedStage,
    { bin, pages }: PrometheusPrograms,
    folder: string,
  ) {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(prometheusFiles(stage))) {
      const often = text.replaceAll(/(evaluation_interval|scrape_interval|scrape_timeout): \S+/g, `$1: ${INTERVAL}`);
      writeFileSync(join(folder, name), name.startsWith('prometheus.') ? often : text);
    }
    serve(
      [
        join(bin, 'prometheus'),
        '--config.file=prometheus.static.yml', // its pages show the name
        '--storage.tsdb.path=data',
        `--web.listen-address=127.0.0.1:${PORT}`,
        `--web.local-assets=${pages}`,
      ],
      join(folder, 'prometheus.log'),
      { cwd: folder },
    );
  }

  readonly alertsPage = `${BASE}/classic/alerts`;

  /** Instances that answer. */
  async up(): Promise<number> {
    const found = await ask<{ activeTargets: { health: string }[] }>('/api/v1/targets').catch(() => ({
      activeTargets: [],
    }));
    return found.activeTargets.filter(({ health }) => health === 'up').length;
  }

  /** Alerts that fire, by name without `Slipway`. */
  async firing(): Promise<ReadonlyMap<string, Alert>> {
    const { alerts } = await ask<{ alerts: Alert[] }>('/api/v1/alerts');
    const firing = alerts.filter(({ state }) => state === 'firing');
    return new Map(firing.map((alert) => [alert.labels.alertname!.replace(/^Slipway/, ''), alert]));
  }

  /** Titles of panels of the dashboard of which a query has no value. */
  async emptyPanels(): Promise<string[]> {
    const [text] = Object.values(grafanaFiles(this.stage));
    const { panels } = JSON.parse(text!) as { panels: { title: string; targets: { expr: string }[] }[] };
    const empty: string[] = [];
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        const { result } = await ask<{ result: unknown[] }>(`/api/v1/query?query=${encodeURIComponent(expr)}`);
        if (result.length === 0) empty.push(title);
      }
    }
    return empty;
  }
}
