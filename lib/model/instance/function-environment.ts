/** What a function of AWS Lambda is told in its environment, besides what every handler is told. */

/** Variable with the parameter of SSM that each file is made of, as a JSON object. */
export const PARAMETERS_VARIABLE = 'SLIPWAY_PARAMETERS';
