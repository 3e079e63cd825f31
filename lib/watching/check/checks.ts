/** All checks of `slipway check` by name, each with what it looks at. */

const OF_ENDPOINTS = {
  predictions: 'golden rows through the endpoint, and the digest that it serves against the package',
  latency: 'p99 of single golden rows, one after the other, milliseconds',
  certificate: 'days until the certificate ends, and whether it is trusted',
} as const;

const OF_INSTANCES = {
  ready: 'whether an instance predicts; restarts of its handler, and the release of the model',
  cpu: 'share of the processors of an instance that is busy, percent',
  memory: 'share of the memory of an instance that is in use, percent',
  disk: 'share of the root file system of an instance that is in use, percent',
  errors: 'share of the requests to an instance that are answered 5xx, percent',
  refused: 'requests that an instance refuses for want of room or time, a minute',
} as const;

export const CHECKS = { ...OF_ENDPOINTS, ...OF_INSTANCES };

export type EndpointCheckName = keyof typeof OF_ENDPOINTS;
export type InstanceCheckName = keyof typeof OF_INSTANCES;
export type CheckName = EndpointCheckName | InstanceCheckName;

export const isEndpointCheck = (name: CheckName): name is EndpointCheckName => name in OF_ENDPOINTS;

/** Thresholds where none is given; of the others the value alone is told. */
export const DEFAULT_THRESHOLDS: Partial<Record<CheckName, { readonly warning?: string; readonly critical: string }>> =
  {
    predictions: { critical: '0' },
    certificate: { warning: '30:', critical: '7:' },
  };
