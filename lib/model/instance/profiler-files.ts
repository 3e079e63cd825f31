/** Files of the bundle that measures a model on another machine, by what they are. */
export const PROFILER = 'elsewhere.cjs';
export const MEASURE = 'measure.cjs';
export const HANDLER = 'handler.cjs';
