/** What the primary and its workers tell each other over the cluster's channel. */

/** Worker to primary: its models are ready; or never will be; or it wants the measurements of all workers. */
export type FromWorker =
  | { readonly slipway: 'ready' }
  | { readonly slipway: 'unfit'; readonly reason: string }
  | { readonly slipway: 'metrics'; readonly id: number };

/** Primary to worker: all workers are ready, so say so; or the measurements (or why there are none). */
export type FromPrimary =
  | { readonly slipway: 'serve' }
  | { readonly slipway: 'metrics'; readonly id: number; readonly text?: string; readonly error?: string };

/** Set for a worker that takes the place of another while others serve. */
export const REPLACEMENT_VARIABLE = 'SLIPWAY_REPLACEMENT';

/** The channel also carries messages of Node.js and of prom-client. */
export function isOurs(message: unknown): message is FromWorker | FromPrimary {
  return typeof message === 'object' && message !== null && 'slipway' in message;
}
