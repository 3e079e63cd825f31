import type { Phase } from './load';

/** A tenth of what three such instances and their clients do on two processors beside each other: other work may go on there. */
export const STEADY = { requestsPerSecond: 100, rows: 1 } as const satisfies Phase;
