import fc from 'fast-check';
import type { ServiceLevel } from '../../lib/sizing';

/** Service levels from a trickle to more than anything can do. */
export const arbitraryServiceLevel: fc.Arbitrary<ServiceLevel> = fc
  .record({
    requestsPerSecond: fc.constantFrom(1, 20, 90, 400, 2500, 20_000),
    meanShare: fc.option(fc.constantFrom(0.05, 0.3, 1), { nil: undefined }),
    rowsPerRequest: fc.constantFrom(1, 2, 7),
    p99Ms: fc.constantFrom(4, 12, 40, 250),
    availability: fc.constantFrom('single' as const, 'instance' as const, 'zone' as const),
    egress: fc.constantFrom(undefined, 'ipv6' as const, 'nat' as const),
  })
  .map(({ meanShare, ...level }) => ({
    ...level,
    ...(meanShare !== undefined && { meanRequestsPerSecond: level.requestsPerSecond * meanShare }),
  }));
