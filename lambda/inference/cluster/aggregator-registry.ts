/** The part of prom-client that adds up what workers measure; it loads `node:cluster`, so that it stands apart (prometheus.ts). */
import type * as client from 'prom-client';

export const AggregatorRegistry = require('prom-client/lib/cluster') as typeof client.AggregatorRegistry;
