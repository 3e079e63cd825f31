/** What alarms and canaries watch of a function, beside what Lambda measures by itself. */
import { VERSION_VARIABLE } from '../../../lib/model/instance/function-environment';
import { HANDLER_METRICS_PERIOD_SECONDS } from '../../../lib/model/instance/handler-metrics';
import { ENDPOINT_DIMENSION } from '../../../lib/model/instance/instance-metrics';
import { FAILED_ANSWERS_METRIC, FUNCTION_VERSION_DIMENSION } from '../../../lib/model/stage/deployment';
import { emfOf } from '../../reporting/emf';
import type { Log } from '../log/log';
import { dataQualityLines } from './cloudwatch';
import type { WatchedModel } from './metrics';

export interface WatchedFunctionOptions {
  /** Value of the dimension by which it is told. */
  readonly endpoint: string;
  readonly models: readonly WatchedModel[];
  readonly log: Log;
  readonly environment: NodeJS.ProcessEnv;
  /** Milliseconds of the epoch. @default - the clock */
  readonly now?: () => number;
}

/** Told at the end of an invocation: in between a function stands still. */
export class WatchedFunction {
  private readonly lines: readonly (() => void)[];
  private toldAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: WatchedFunctionOptions) {
    const { endpoint, models, log } = options;
    this.lines = models
      .filter(({ quality }) => quality.knowsTraining) // CloudWatch bills each metric
      .map(({ name: model, quality }) => dataQualityLines(quality, { endpoint, model }, log));
  }

  /** @param status of the answer */
  answered(status: number): void {
    const { now = Date.now } = this.options;
    if (status >= 500) this.failed(now());
    if (this.lines.length === 0 || now() - this.toldAt < HANDLER_METRICS_PERIOD_SECONDS * 1000) return;
    for (const tell of this.lines) tell();
    this.toldAt = now();
  }

  /** At once, since an environment may be gone before the minute is over. */
  private failed(at: number): void {
    const { endpoint, log, environment } = this.options;
    const dimensions = {
      [ENDPOINT_DIMENSION]: endpoint,
      [FUNCTION_VERSION_DIMENSION]: environment[VERSION_VARIABLE] ?? 'unknown',
    };
    log('info', 'answered 5xx', emfOf(dimensions, [{ name: FAILED_ANSWERS_METRIC, unit: 'Count', value: 1 }], at));
  }
}
