/**
 * What a run of the engine may hold. `rows`: each row stands alone, so rows of several requests share a run. `whole`: the
 * answers to a request's rows depend on each other, so a request is one run, and shares it with no other.
 */
export const BATCHES = ['rows', 'whole'] as const;
export type Batch = (typeof BATCHES)[number];
