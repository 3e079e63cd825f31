/** Names of the metrics that instances publish: written by the programs on them, read by alarms and by `slipway compare`. */

/** Namespace. */
export const METRIC_NAMESPACE = 'Slipway';

/** Dimension by which the instances of one endpoint are found together. Its value is the endpoint's name. */
export const ENDPOINT_DIMENSION = 'Endpoint';

/** Of an instance, percent. */
export const MEMORY_METRIC = 'MemoryUtilization';
/** Of the root file system of an instance, percent. */
export const DISK_METRIC = 'DiskUtilization';

/** Days since the machine image of an instance was made; told when it starts to serve, and once a day. */
export const IMAGE_AGE_METRIC = 'ImageAge';

/** Dimension that tells the zones of one endpoint apart, by their names in the account, on one metric. */
export const ZONE_DIMENSION = 'AvailabilityZone';
/** What instances tell by zone: a datapoint of each every minute. */
export const ZONE_METRIC = MEMORY_METRIC;

/** Notices that EC2 takes a Spot instance back, one each. */
export const SPOT_INTERRUPTIONS_METRIC = 'SpotInterruptions';

/** Dimension that tells releases of one endpoint apart, on one metric. */
export const RELEASE_DIMENSION = 'Release';
/** What the handlers tell by release: the rows that they predict, with a datapoint of each process every minute. */
export const RELEASE_METRIC = 'Rows';

/** Dimension that tells versions of a model apart that are served side by side, beside that of the endpoint. */
export const VERSION_DIMENSION = 'Version';

/** Of the column that moved most from the training rows: population stability index, by the minute, of the last hour. */
export const DRIFT_METRIC = 'DataDrift';
/** Counts by the minute, in the rows that are looked at. */
export const MISSING_VALUES_METRIC = 'MissingValues';
export const OUT_OF_RANGE_METRIC = 'OutOfRangeValues';
export const UNSEEN_VALUES_METRIC = 'UnseenValues';

/** From here on the data is another than the model knows: the common convention for the population stability index. */
export const DRIFT_THRESHOLD = 0.25;
