/** What the primary and its workers tell each other over the cluster's channel. */
import type { MetricObjectWithValues, MetricValue } from 'prom-client';

/** What one worker measured, in the form that prom-client adds up. */
export type Measurements = readonly MetricObjectWithValues<MetricValue<string>>[];

/**
 * Worker to primary: it takes connections from now on; it has taken the one that it was handed; its event loop turns, and
 * for how many milliseconds its engine has been at the run that it is at; its models are ready, or never will be; it was
 * told to stop by somebody else; it wants the measurements of all workers; it has measured this.
 */
export type FromWorker =
  | { readonly slipway: 'open' }
  | { readonly slipway: 'taken' }
  | { readonly slipway: 'alive'; readonly runMs: number }
  | { readonly slipway: 'ready' }
  | { readonly slipway: 'unfit'; readonly reason: string }
  | { readonly slipway: 'leaving' }
  | { readonly slipway: 'metrics'; readonly id: number }
  | { readonly slipway: 'measured'; readonly id: number; readonly measurements: Measurements };

/**
 * Primary to worker: a connection, with the socket; no more of them will come, so finish and end; all workers are ready,
 * so say so; the instance is taken back, so say that you are not ready; the measurements of all; measure.
 */
export type FromPrimary =
  | { readonly slipway: 'connection' }
  | { readonly slipway: 'leave' }
  | { readonly slipway: 'serve' }
  | { readonly slipway: 'withdraw' }
  | { readonly slipway: 'metrics'; readonly id: number; readonly text: string }
  | { readonly slipway: 'measure'; readonly id: number };

/** Set for a worker that takes the place of another while others serve. */
export const REPLACEMENT_VARIABLE = 'SLIPWAY_REPLACEMENT';

/** The channel also carries messages of Node.js. */
export function isOurs(message: unknown): message is FromWorker | FromPrimary {
  return typeof message === 'object' && message !== null && 'slipway' in message;
}
