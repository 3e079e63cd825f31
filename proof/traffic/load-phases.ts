import type { Phase } from './load';

/** What three such instances and their clients do on two processors beside each other, without waiting. */
export const STEADY = { requestsPerSecond: 180, rows: 1 } as const satisfies Phase;
