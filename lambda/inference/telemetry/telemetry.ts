/** What the handler measures of itself, for Prometheus. Names and units follow its conventions. */

import type * as client from 'prom-client';
import { LATENCY_BUCKETS, PROBES_METRIC } from '../../../lib/model/instance/handler-metrics';
import type { Refusal } from '../http/problems';
import type { Stages } from '../http/stages';
import { Counter, collectDefaultMetrics, Gauge, Registry } from './prometheus';
import { QuickHistogram, type Series, type Snapshot } from './quick-histogram';
import { VersionAnswers, type VersionTotals } from './version-answers';

const SECONDS = LATENCY_BUCKETS;

const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** Counted since the start of the process. */
export interface Totals {
  readonly rows: number;
  /** Refused for want of room or time. */
  readonly overloaded: number;
  readonly queue: Snapshot;
}

/** What was answered on one route. */
interface RouteMeasures {
  readonly latency: Series;
  /** Answers by status code. */
  readonly codes: Map<number, number>;
}

/** Of several endpoints together. */
export function allTotals(totals: readonly Totals[]): Totals {
  const sum = (of: 'rows' | 'overloaded') => totals.reduce((all, each) => all + each[of], 0);
  const [first, ...others] = totals.map(({ queue }) => queue) as [Snapshot, ...Snapshot[]];
  return { rows: sum('rows'), overloaded: sum('overloaded'), queue: others.reduce((all, one) => all.and(one), first) };
}

/** What is published of the models that are served, read at each scrape. */
export interface PublishedModels {
  readonly ready: boolean;
  readonly all: readonly {
    readonly name: string;
    readonly version: string;
    readonly package_: { readonly manifest: { readonly model: { readonly sha256: string } } };
    readonly scheduler?: { readonly queuedRows: number };
  }[];
}

/** Counts while requests are answered; labels and texts are made when it is read. */
export class Telemetry {
  readonly registry = new Registry();
  private readonly routes = new Map<string, RouteMeasures>();
  private readonly latency: QuickHistogram;
  private inFlight = 0;
  private readonly refusals = new Map<Refusal, number>();
  private readonly probes: client.Counter;
  private readonly parseTime: Series;
  private readonly serialiseTime: Series;
  private readonly queueTime: Series;
  private readonly runTime: Series;
  private readonly batchRows: Series;
  private versions?: ReturnType<Telemetry['versionCounters']>;
  private readonly answersOf = new Map<string, VersionAnswers>();

  /**
   * @param stages whether the stages of each request are measured; all else costs too little to be left out
   * @param endpoint that it is of, where a process has several: then what is of the process is measured elsewhere
   */
  constructor(
    readonly stages = true,
    endpoint?: string,
  ) {
    const registers = [this.registry];
    if (endpoint !== undefined) this.registry.setDefaultLabels({ endpoint });
    const { routes, registry } = this;
    new Counter({
      name: 'slipway_http_requests_total',
      help: 'Requests answered, by route and status code (499: the client went away)',
      labelNames: ['route', 'code'],
      registers,
      collect() {
        this.reset();
        for (const [route, { codes }] of routes) {
          for (const [code, count] of codes) this.inc({ route, code }, count);
        }
      },
    });
    this.latency = new QuickHistogram(
      {
        name: 'slipway_http_request_duration_seconds',
        help: 'Time from the head of a request to its answer',
        label: 'route',
        buckets: SECONDS,
      },
      registry,
    );
    const inFlight = () => this.inFlight;
    new Gauge({
      name: 'slipway_http_requests_in_flight',
      help: 'Requests that are being answered',
      registers,
      collect() {
        this.set(inFlight());
      },
    });
    const { refusals } = this;
    new Counter({
      name: 'slipway_refused_requests_total',
      help: 'Requests refused, by reason',
      labelNames: ['reason'],
      registers,
      collect() {
        this.reset();
        for (const [reason, count] of refusals) this.inc({ reason }, count);
      },
    });
    this.probes = new Counter({
      name: PROBES_METRIC,
      help: 'Health checks of a load balancer that were answered with 200',
      registers: endpoint === undefined ? registers : [],
    });
    const series = (name: string, help: string, buckets: readonly number[]) =>
      new QuickHistogram({ name, help, buckets }, registry).seriesOf();
    this.parseTime = series(
      'slipway_parse_duration_seconds',
      'Time from the end of a body to its rows as tensors',
      SECONDS,
    );
    this.serialiseTime = series(
      'slipway_serialise_duration_seconds',
      'Time from the end of the last run of a request to its answer as text, handed to the socket',
      SECONDS,
    );
    this.queueTime = series('slipway_queue_duration_seconds', 'Time that a request waits for its first run', SECONDS);
    this.runTime = series('slipway_run_duration_seconds', 'Time of one run of the engine', SECONDS);
    this.batchRows = series('slipway_batch_rows', 'Rows in one run of the engine', ROWS);
    if (endpoint === undefined) collectDefaultMetrics({ register: this.registry });
  }

  /** Publish what is read from the models at each scrape. */
  describe(models: PublishedModels): void {
    const registers = [this.registry];
    const info = new Gauge({
      name: 'slipway_model_info',
      help: 'The models that are served; always 1',
      labelNames: ['model', 'version', 'model_sha256'],
      aggregator: 'max',
      registers,
    });
    for (const { name, version, package_ } of models.all) {
      info.set({ model: name, version, model_sha256: package_.manifest.model.sha256 }, 1);
    }
    new Gauge({
      name: 'slipway_model_ready',
      help: '1 when the models are loaded, warm, and their golden rows hold',
      aggregator: 'min',
      registers,
      collect() {
        this.set(models.ready ? 1 : 0);
      },
    });
    new Gauge({
      name: 'slipway_queue_rows',
      help: 'Rows that wait for a run',
      registers,
      collect() {
        this.set(models.all.reduce((rows, { scheduler }) => rows + (scheduler?.queuedRows ?? 0), 0));
      },
    });
  }

  /** What the runs of one of several versions tell: counted for all of them, and for itself. */
  ofVersion(version: string): { waited(seconds: number): void; ran(rows: number, seconds: number): void } {
    const counters = (this.versions ??= this.versionCounters());
    const label = { version };
    for (const counter of [counters.requests, counters.rows, counters.seconds, counters.errors]) {
      counter.inc(label, 0); // there before the first request
    }
    this.answersOf.set(version, new VersionAnswers(counters.latency.seriesOf(version)));
    return {
      waited: (seconds) => {
        counters.requests.inc(label);
        this.waited(seconds);
      },
      ran: (rows, seconds) => {
        counters.rows.inc(label, rows);
        counters.seconds.inc(label, seconds);
        this.ran(rows, seconds);
      },
    };
  }

  private versionCounters() {
    const counter = (name: string, help: string) =>
      new Counter({ name, help, labelNames: ['version'], registers: [this.registry] });
    return {
      requests: counter('slipway_version_requests_total', 'Requests that came to a run, by version of the model'),
      rows: counter('slipway_version_rows_total', 'Rows predicted, by version of the model'),
      seconds: counter('slipway_version_run_seconds_total', 'Time of runs of the engine, by version of the model'),
      errors: counter('slipway_version_errors_total', 'Requests for predictions answered 5xx, by version of the model'),
      latency: new QuickHistogram(
        {
          name: 'slipway_version_request_duration_seconds',
          help: 'Time from the head of a request for predictions to its answer, by version of the model',
          label: 'version',
          buckets: SECONDS,
        },
        this.registry,
      ),
    };
  }

  /** A request for predictions was answered or refused that one of several versions was asked for. */
  versionAnswered(version: string, code: number, seconds: number): void {
    this.answersOf.get(version)!.answered(code, seconds);
    if (code >= 500) this.versions!.errors.inc({ version });
  }

  /** Counted since the start of the process, by version; none where a model is served alone. */
  versionTotals(): ReadonlyMap<string, VersionTotals> {
    return new Map([...this.answersOf].map(([version, answers]) => [version, answers.totals()]));
  }

  began(): void {
    this.inFlight++;
  }

  /** @param seconds since the head of the request was read */
  answered(route: string, code: number, seconds: number): void {
    this.inFlight--;
    const { codes, latency } = this.routes.get(route) ?? this.measure(route);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    latency.observe(seconds);
  }

  private measure(route: string): RouteMeasures {
    const measures = { latency: this.latency.seriesOf(route), codes: new Map<number, number>() };
    this.routes.set(route, measures);
    return measures;
  }

  /** @param endedAt as of `performance.now()` */
  passed({ readAt, submittedAt, computedAt }: Stages, endedAt: number): void {
    if (submittedAt > 0) this.parseTime.observe((submittedAt - readAt) / 1000);
    if (computedAt > 0) this.serialiseTime.observe((endedAt - computedAt) / 1000);
  }

  totals(): Totals {
    const overloaded = (this.refusals.get('queue_full') ?? 0) + (this.refusals.get('deadline') ?? 0);
    return { rows: this.batchRows.snapshot().sum, overloaded, queue: this.queueTime.snapshot() };
  }

  /** A load balancer was told that the handler predicts. */
  probed(): void {
    this.probes.inc();
  }

  refusedFor(reason: Refusal): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  waited(seconds: number): void {
    this.queueTime.observe(seconds);
  }

  ran(rows: number, seconds: number): void {
    this.batchRows.observe(rows);
    this.runTime.observe(seconds);
  }
}
