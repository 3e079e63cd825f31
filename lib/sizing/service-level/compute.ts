/** What answers the requests of a stage. */

/**
 * - `instances`: instances of EC2 behind a front door
 * - `lambda`: a function of AWS Lambda behind an HTTP API
 */
export type Compute = 'instances' | 'lambda';

export const COMPUTES: readonly Compute[] = ['instances', 'lambda'];
