/** prom-client in parts: its index also loads a push gateway, with HTTPS and compression, that nothing here uses. */
import type * as client from 'prom-client';

export const Counter = require('prom-client/lib/counter') as typeof client.Counter;
export const Gauge = require('prom-client/lib/gauge') as typeof client.Gauge;
export const Registry = require('prom-client/lib/registry') as typeof client.Registry;
export const collectDefaultMetrics = require('prom-client/lib/defaultMetrics') as typeof client.collectDefaultMetrics;
