/**
 * Prices of everything but instances: AWS public list prices for us-east-1 as published in 2026-07, typed in.
 * They are list prices without discounts or free tiers; verify them on your bill.
 */
import type { Prices } from '../file';

export const PRICES: Prices = {
  loadBalancerHour: 0.0225,
  loadBalancerCapacityUnitHour: 0.008,
  publicAddressHour: 0.005,
  interfaceEndpointHour: 0.01,
  volumeGiBMonth: 0.08, // gp3, with the 3,000 IOPS and 125 MiB/s that are included
  alarmMonth: 0.1, // standard resolution, one metric
  metricMonth: 0.3, // custom metric, first 10,000
  dashboardMonth: 3,
  logGiB: 0.5, // ingestion
  encryptionKeyMonth: 1, // KMS customer managed key
  storageGiBMonth: 0.023, // S3 standard, first 50 TB
  dataOutGB: 0.09, // to the internet, first 10 TB a month
};
