/** What answers the requests of a stage. */

/**
 * - `instances`: instances of EC2 behind a front door
 * - `lambda`: a function of AWS Lambda behind an HTTP API
 * - `cheapest`: which of both keeps the service level for less, as the plan finds it
 */
export type Compute = 'instances' | 'lambda' | 'cheapest';

export const COMPUTES: readonly Compute[] = ['instances', 'lambda', 'cheapest'];
