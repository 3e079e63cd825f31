/** What a function measures of itself, for CloudWatch. */
import { HANDLER_METRICS_PERIOD_SECONDS } from '../../../lib/model/instance/handler-metrics';
import { emfFields } from '../../reporting/emf';
import type { Log } from '../log/log';
import { counted, inUnits } from './metric-lines';
import type { Totals } from './telemetry';

/**
 * Written at the end of an invocation: of the first, and of each that ends a minute or more after one that wrote. A function
 * stands still in between. What came after the last line is lost with its environment; Lambda's own metrics count it.
 */
export class InvocationMetrics {
  private before: Totals;
  private toldAt = Number.NEGATIVE_INFINITY;

  /** @param endpoint value of the dimension by which they are told */
  constructor(
    private readonly endpoint: string,
    private readonly totals: () => Totals,
    private readonly log: Log,
    private readonly now: () => number = () => Date.now(),
  ) {
    this.before = totals();
  }

  tell(): void {
    const now = this.now();
    if (now - this.toldAt < HANDLER_METRICS_PERIOD_SECONDS * 1000) return;
    const after = this.totals();
    this.log('info', 'handler metrics', emfFields(this.endpoint, inUnits(counted(this.before, after)), now));
    this.before = after;
    this.toldAt = now;
  }
}
