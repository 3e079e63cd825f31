/**
 * Services by the names that have IPv6 addresses as well as IPv4, e.g. `logs.eu-west-1.api.aws`: the usual names have IPv4
 * addresses alone. SDKs and the command line of AWS know them, by partition (AWS SDKs and Tools reference, dual-stack endpoints).
 */
export const DUAL_STACK_ENDPOINTS = { AWS_USE_DUALSTACK_ENDPOINT: 'true' } as const;

/** The same before a command of a shell. */
export const dualStackPrefix = (dualStack: boolean): string =>
  dualStack
    ? Object.entries(DUAL_STACK_ENDPOINTS)
        .map(([name, value]) => `${name}=${value} `)
        .join('')
    : '';
