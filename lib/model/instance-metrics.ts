/** Names of the metrics that instances publish: written by the agent on them, read by alarms and by `slipway compare`. */

/** Namespace; instances may write to no other. */
export const METRIC_NAMESPACE = 'Slipway';

/** Dimension by which the instances of one endpoint are found together. Its value is the endpoint's name. */
export const ENDPOINT_DIMENSION = 'Endpoint';

export const MEMORY_METRIC = 'mem_used_percent';
/** The agent puts the name of the plug-in before the measurement `used_percent`. */
export const DISK_METRIC = 'disk_used_percent';
