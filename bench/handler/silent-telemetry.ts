/** The handler's telemetry that measures nothing: what the real one costs is the difference. */
import { Registry } from 'prom-client';
import type * as real from '../../lambda/inference/telemetry/telemetry';

const NOTHING: real.Totals = { rows: 0, overloaded: 0, queue: {} as real.Totals['queue'] };

export const allTotals: typeof real.allTotals = () => NOTHING;

export class Telemetry implements Pick<real.Telemetry, keyof real.Telemetry> {
  readonly registry = new Registry();
  readonly stages = false;
  describe(): void {}
  ofVersion(): this {
    return this;
  }
  versionAnswered(): void {}
  versionTotals(): ReadonlyMap<string, never> {
    return new Map<string, never>();
  }
  began(): void {}
  answered(): void {}
  passed(): void {}
  totals(): real.Totals {
    return NOTHING;
  }
  probed(): void {}
  refusedFor(): void {}
  waited(): void {}
  ran(): void {}
}
