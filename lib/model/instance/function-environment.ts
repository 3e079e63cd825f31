/** What a function of AWS Lambda is told in its environment, besides what every handler is told. */

/** Variable with the parameter of SSM that each file is made of, as a JSON object. */
export const PARAMETERS_VARIABLE = 'SLIPWAY_PARAMETERS';

/**
 * Variable with the name under which a function tells what alarms and canaries watch, and nothing else: data quality by the minute
 * where the rows of training are known, and each answer 5xx by the version of the function.
 */
export const WATCHED_VARIABLE = 'SLIPWAY_WATCHED_AS';

/** Lambda's own: number of the version that runs. */
export const VERSION_VARIABLE = 'AWS_LAMBDA_FUNCTION_VERSION';
